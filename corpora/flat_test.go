package corpora

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// at makes an entity of the byte ranges given in pairs.
func at(label string, ends ...int) Entity {
	e := Entity{Label: label}
	for i := 0; i < len(ends); i += 2 {
		e.Fragments = append(e.Fragments, Fragment{ends[i], ends[i+1]})
	}
	return e
}

func TestFlatten(t *testing.T) {
	const text = "left and right breast\ncancer cells" // tokens at 0 5 9 15 22 29
	for name, c := range map[string]struct {
		entities []Entity
		want     []TokenSpan
		lost     Loss
	}{
		"two apart":        {[]Entity{at("A", 15, 21), at("B", 0, 4)}, []TokenSpan{{0, 1, "B", 1}, {3, 4, "A", 0}}, Loss{}},
		"nested":           {[]Entity{at("In", 15, 21), at("Out", 15, 28)}, []TokenSpan{{3, 5, "Out", 1}}, Loss{LostNested: 1}},
		"crossing":         {[]Entity{at("A", 9, 21), at("B", 15, 34)}, []TokenSpan{{3, 6, "B", 1}}, Loss{LostCrossing: 1}},
		"equally long":     {[]Entity{at("B", 15, 28), at("A", 9, 21)}, []TokenSpan{{2, 4, "A", 1}}, Loss{LostCrossing: 1}},
		"two labels":       {[]Entity{at("B", 15, 21), at("A", 15, 21)}, []TokenSpan{{3, 4, "A", 1}}, Loss{LostSameSpan: 1}},
		"discontinuous":    {[]Entity{at("A", 0, 4, 15, 21), at("B", 5, 8)}, []TokenSpan{{1, 2, "B", 1}}, Loss{LostDiscontinuous: 1}},
		"cut at line end":  {[]Entity{at("A", 15, 21, 22, 28)}, []TokenSpan{{3, 5, "A", 0}}, Loss{}},
		"inside a token":   {[]Entity{at("A", 16, 25)}, []TokenSpan{{3, 5, "A", 0}}, Loss{LostBorders: 1}},
		"with white space": {[]Entity{at("A", 14, 22)}, []TokenSpan{{3, 4, "A", 0}}, Loss{}},
		"only white space": {[]Entity{at("A", 21, 22), {Label: "B"}}, nil, Loss{LostBlank: 2}},
	} {
		got, lost := Flatten(Annotated{Sentence{Text: text, Tokens: Tokenize(text)}, c.entities})
		if !slices.Equal(got, c.want) || !reflect.DeepEqual(lost, c.lost) {
			t.Errorf("%s: %v, %v, want %v, %v", name, got, lost, c.want, c.lost)
		}
	}
}

func TestTagsInEveryScheme(t *testing.T) {
	spans := []TokenSpan{{0, 1, "A", -1}, {1, 4, "A", -1}, {4, 5, "B", -1}, {6, 8, "B", -1}}
	for scheme, want := range map[string]string{
		"":      "B-A B-A I-A I-A B-B O B-B I-B",
		"iob2":  "B-A B-A I-A I-A B-B O B-B I-B",
		"iob1":  "I-A B-A I-A I-A I-B O I-B I-B",
		"iobes": "S-A B-A I-A E-A S-B O B-B E-B",
		"bilou": "U-A B-A I-A L-A U-B O B-B L-B",
	} {
		tags, err := EncodeTags(8, spans, scheme)
		if got := strings.Join(tags, " "); err != nil || got != want {
			t.Errorf("%q: %s, %v, want %s", scheme, got, err, want)
		}
		if again, err := DecodeTags(tags, ""); err != nil || !slices.Equal(again, spans) {
			t.Errorf("%q: read back %v, %v", scheme, again, err)
		}
	}
	if _, err := EncodeTags(1, nil, "iob3"); err == nil || !strings.Contains(err.Error(), "iob2, iob1") {
		t.Errorf("unknown scheme: %v", err)
	}
}

// What conlleval and seqeval make of tags out of order.
func TestDecodeStrayTags(t *testing.T) {
	for tags, want := range map[string][]TokenSpan{
		"O I-A I-A O":       {{1, 3, "A", -1}},
		"B-A I-B I-B":       {{0, 1, "A", -1}, {1, 3, "B", -1}},
		"I-A B-A":           {{0, 1, "A", -1}, {1, 2, "A", -1}},
		"B-A E-A I-A":       {{0, 2, "A", -1}, {2, 3, "A", -1}},
		"E-A E-A":           {{0, 1, "A", -1}, {1, 2, "A", -1}},
		"S-A I-A":           {{0, 1, "A", -1}, {1, 2, "A", -1}},
		"B-A S-A":           {{0, 1, "A", -1}, {1, 2, "A", -1}},
		"B-A O L-A":         {{0, 1, "A", -1}, {2, 3, "A", -1}},
		"B I O B":           {{0, 2, "X", -1}, {3, 4, "X", -1}},
		"B-a-b I-a-b B_c o": {{0, 2, "a-b", -1}, {2, 3, "c", -1}},
		"W-A B-A M-A E-A":   {{0, 1, "A", -1}, {1, 4, "A", -1}},
	} {
		if got, err := DecodeTags(strings.Fields(tags), "X"); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", tags, got, err, want)
		}
	}
	for _, bad := range []string{"", "X-A", "B-", "BA", "NN", "-", "O-A"} {
		if _, err := DecodeTags([]string{"O", bad}, "X"); err == nil || !strings.Contains(err.Error(), "token 1") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAnnotateKeepsEntitiesWhole(t *testing.T) {
	text := "One is here. Two is there.  Three. Four."
	doc := Document{ID: "d", Text: text, Entities: []Entity{
		at("cross", 7, 16), at("blank", 26, 27), at("before", 27, 33), at("far", 35, 39),
	}}
	got, merged := Annotate(doc)
	var texts []string
	for _, s := range got {
		texts = append(texts, s.Text)
	}
	want := []string{"One is here. Two is there. ", " Three.", "Four."}
	if !slices.Equal(texts, want) || merged != 1 {
		t.Fatalf("%q, %d merged, want %q, 1", texts, merged, want)
	}
	if s := surfaces(got[1].Text, got[1].Tokens); !slices.Equal(s, []string{"Three", "."}) || got[1].Entities[0].Surface(got[1].Text) != " Three" {
		t.Errorf("%q, %v", s, got[1].Entities)
	}
	checkAnnotated(t, doc)
}

func TestAnnotateWhiteSpaceText(t *testing.T) {
	doc := Document{Text: " \n\n ", Entities: []Entity{at("A", 0, 1), at("B", 2, 4)}}
	checkAnnotated(t, doc)
	if got, _ := Annotate(Document{Text: " \n"}); got != nil {
		t.Errorf("%v", got)
	}
}
