package standoff

import (
	"errors"
	"reflect"
	"testing"

	"github.com/ragner/ragner/corpora"
)

func TestConcepts(t *testing.T) {
	for _, c := range []struct {
		column string
		want   []string
		back   string // as PubTator writes it
	}{
		{"D003550", []string{"MESH:D003550"}, "D003550"},
		{" D008661", []string{"MESH:D008661"}, "D008661"},
		{"MeSH:D012175", []string{"MESH:D012175"}, "D012175"},
		{"C537849", []string{"MESH:C537849"}, "C537849"},
		{"C000657245", []string{"MESH:C000657245"}, "C000657245"},
		{"C0012345", []string{"C0012345"}, "C0012345"}, // UMLS
		{"D001943|D010051", []string{"MESH:D001943", "MESH:D010051"}, "D001943|D010051"},
		{"D006509,D015658", []string{"MESH:D006509", "MESH:D015658"}, "D006509|D015658"},
		{"D007153+D040181", []string{"MESH:D007153+D040181"}, "D007153+D040181"},
		{"OMIM:312080+OMIM:312920", []string{"OMIM:312080+OMIM:312920"}, "OMIM:312080+OMIM:312920"},
		{"OMIM:217000", []string{"OMIM:217000"}, "OMIM:217000"},
		{"6528", []string{"6528"}, "6528"},
		{"CVCL_0022", []string{"CVCL_0022"}, "CVCL_0022"},
		{"c|DEL|1314_1328|", []string{"c|DEL|1314_1328|"}, "c|DEL|1314_1328|"},
		{"p|SUB|V|1763|M", []string{"p|SUB|V|1763|M"}, "p|SUB|V|1763|M"},
		{"D003550|D003550", []string{"MESH:D003550"}, "D003550"},
		{"-1", nil, ""},
		{"-", nil, ""},
		{"", nil, ""},
	} {
		got := Concepts(c.column)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("Concepts(%q) = %q, want %q", c.column, got, c.want)
		}
		lost := corpora.Loss{}
		if back := JoinConcepts(got, "|", BareConcept, lost); back != c.back || len(lost) > 0 {
			t.Errorf("JoinConcepts(%q) = %q, lost %v, want %q", got, back, lost, c.back)
		}
	}
}

func TestJoinConceptsCountsWhatCannotBeReadBack(t *testing.T) {
	lost := corpora.Loss{}
	JoinConcepts([]string{"c|DEL|1314_1328|", "MESH:D003550"}, "|", BareConcept, lost)
	if lost["concept ids"] != 2 {
		t.Errorf("lost %v, want 2 concept ids", lost)
	}
}

func TestSameSurface(t *testing.T) {
	for _, c := range []struct {
		stated, covered string
		want            bool
	}{
		{"cystic fibrosis", "cystic fibrosis", true},
		{"cystic fibrosis", "cystic\nfibrosis", true},
		{"8\u2005mg\t\u2005", "8\u2005mg", true},
		{"a\u00a0b", "a b", true},
		{"a\u200bb", "ab", true},
		{`"so-called ""type 2"" form"`, `so-called "type 2" form`, true},
		{`"quoted"`, "quoted", true},
		{`"quoted"`, `"quoted"`, true},
		{"cystic fibrosi", "cystic fibrosis", false},
		{"Cystic fibrosis", "cystic fibrosis", false},
	} {
		if got := SameSurface(c.stated, c.covered); got != c.want {
			t.Errorf("SameSurface(%q, %q) = %v", c.stated, c.covered, got)
		}
	}
}

func TestEntity(t *testing.T) {
	ruler := NewRuler("left and right lung", CodePoint)
	e, err := ruler.Entity(Mention{Label: "L", Spans: []Span{{15, 19}, {0, 4}}, Surface: "lung left"})
	if err != nil || e.Surface(ruler.Text) != "left lung" {
		t.Errorf("fragments out of order: %v, %v", e.Fragments, err)
	}
	e, err = ruler.Entity(Mention{Label: "L", Spans: []Span{{0, 8}, {5, 14}}})
	if err != nil || !reflect.DeepEqual(e.Fragments, []corpora.Fragment{{Start: 0, End: 14}}) {
		t.Errorf("overlapping fragments: %v, %v", e.Fragments, err)
	}
	for name, c := range map[string]struct {
		m    Mention
		want error
	}{
		"outside":   {Mention{Label: "L", Spans: []Span{{15, 20}}}, errOutside},
		"negative":  {Mention{Label: "L", Spans: []Span{{-1, 4}}}, errOutside},
		"backwards": {Mention{Label: "L", Spans: []Span{{4, 0}}}, errEmpty},
		"empty":     {Mention{Label: "L", Spans: []Span{{4, 4}}}, errEmpty},
		"no place":  {Mention{Label: "L"}, errEmpty},
		"surface":   {Mention{Label: "L", Spans: []Span{{0, 4}}, Surface: "right"}, errSurface},
		"no label":  {Mention{Spans: []Span{{0, 4}}}, errNoLabel},
		"control":   {Mention{Label: "a\x01", Spans: []Span{{0, 4}}}, errBadLabel},
	} {
		if _, err := ruler.Entity(c.m); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestPlaceRecognisesTheUnit(t *testing.T) {
	text := "naïve 𝒳 tumour" // the last word: code point 8, UTF-16 unit 9, byte 12
	for unit, start := range map[Unit]int{CodePoint: 8, UTF16: 9, Byte: 12} {
		m := []Mention{{ID: "T1", Label: "L", Spans: []Span{{start, start + 6}}, Surface: "tumour"}}
		p := Place(text, m, []Unit{CodePoint, UTF16, Byte})
		if p.Unit != unit || len(p.Problems) > 0 || p.Entities[0].Surface(text) != "tumour" {
			t.Errorf("%s: took it for %s, problems %v", unit, p.Unit, p.Problems)
		}
		if fixed := Place(text, m, []Unit{unit}); len(fixed.Problems) > 0 {
			t.Errorf("%s given: %v", unit, fixed.Problems)
		}
	}
}

func TestPassagesAreCheckedAgainstTheText(t *testing.T) {
	doc := corpora.Document{Text: "Tïtle\nBody"}
	stated := []Passage{{"a b:c", corpora.Fragment{Start: 0, End: 6}}, {"", corpora.Fragment{Start: 7, End: 11}}}
	SetMeta(&doc, MetaPassages, FormatPassages(doc.Text, stated))
	if got, ok := Passages(doc); !ok || !reflect.DeepEqual(got, stated) {
		t.Errorf("Passages = %v, %v", got, ok)
	}
	for _, bad := range []string{"", "x", "a:0-99", "a:0-3", "a:5-0 b:6-10", "a:6-10 b:0-5", "a:0-2 b:4-10", "a%zz:0-10"} {
		doc.Meta[MetaPassages] = bad
		if got, ok := Passages(doc); ok {
			t.Errorf("%q was taken: %v", bad, got)
		}
	}
}

func TestYieldNamesTenProblemsAndCountsTheRest(t *testing.T) {
	problems := make([]Problem, 25)
	for i := range problems {
		problems[i] = Problem{Line: i + 1, Err: errEmpty}
	}
	var seen []string
	Yield(corpora.Source{Name: "x.ann"}, corpora.Document{ID: "x"}, problems, func(_ corpora.Document, err error) bool {
		var bad *corpora.BadDocument
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("%v is no BadDocument", err)
		}
		if err != nil {
			seen = append(seen, err.Error())
		}
		return true
	})
	if len(seen) != 11 || seen[10] != "read x.ann: line 11: document x: 15 more annotations could not be taken" {
		t.Errorf("%q", seen)
	}
}
