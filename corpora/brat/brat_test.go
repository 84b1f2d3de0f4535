package brat_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/brat"
	"github.com/ragner/ragner/corpora/pubtator"
)

// source is a pair in memory.
func source(text, ann string) corpora.Source {
	return corpora.Source{Name: "d.ann", Base: "d", R: strings.NewReader(ann), Sibling: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

// readPair gives the document and the messages of what was bad.
func readPair(t testing.TB, src corpora.Source) (docs []corpora.Document, bad []string) {
	t.Helper()
	for doc, err := range brat.Read(src) {
		var one *corpora.BadDocument
		switch {
		case err == nil:
			docs = append(docs, doc)
		case errors.As(err, &one):
			bad = append(bad, err.Error())
		default:
			t.Fatal(err)
		}
	}
	return docs, bad
}

func show(doc corpora.Document) (lines []string) {
	for _, e := range doc.Entities {
		lines = append(lines, strings.TrimSpace(e.ID+" "+e.Label+" "+e.Surface(doc.Text)+" "+strings.Join(e.Concepts, "|")))
	}
	return lines
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		text, ann string
		want      []string
		leftOut   string
	}{
		"nested, crossing, two labels": {
			"left upper lobe pneumonia",
			"T1\tSite 0 15\tleft upper lobe\nT2\tDisease 5 25\tupper lobe pneumonia\nT3\tSite 11 15\tlobe\nT4\tSign 5 25\tupper lobe pneumonia\n",
			[]string{"T1 Site left upper lobe", "T2 Disease upper lobe pneumonia", "T4 Sign upper lobe pneumonia", "T3 Site lobe"},
			"",
		},
		"discontinuous": {"breast and ovarian cancer", "T1\tDisease 0 6;19 25\tbreast cancer\n", []string{"T1 Disease breast cancer"}, ""},
		"everything else is counted": {
			"a cyst",
			"*\tEquiv T1 T2\nE1\tGrowth:T1 Theme:T1\nT1\tSign 2 6\tcyst\nA1\tNegation E1\nM1\tNegation E1\nR1\tIs Arg1:T1 Arg2:E1\t\n#1\tAnnotatorNotes T1\tsure?\nN1\tReference E1 DOID:1\tx\n",
			[]string{"T1 Sign cyst"},
			"2 attributes, 1 equivalences, 1 events, 1 normalizations, 1 notes, 1 relations",
		},
		"normalizations, one before its mention": {
			"cystic fibrosis",
			"N1\tReference T1 DOID:1485\tcystic fibrosis\nT1\tDisease 0 15\tcystic fibrosis\nN2\tReference T1 MeSH:D003550\n",
			[]string{"T1 Disease cystic fibrosis DOID:1485|MESH:D003550"},
			"",
		},
		"CRLF counts in the text, not in the lines": {"a\r\ncyst", "T1\tSign 3 7\tcyst\r\n", []string{"T1 Sign cyst"}, ""},
		"no final line end":                         {"a cyst", "T1\tSign 2 6\tcyst", []string{"T1 Sign cyst"}, ""},
		"empty .ann":                                {"a cyst", "", nil, ""},
		"blank lines":                               {"a cyst", "\n \nT1\tSign 2 6\tcyst\n\n", []string{"T1 Sign cyst"}, ""},
		"no surface column":                         {"a cyst", "T1\tSign 2 6\n", []string{"T1 Sign cyst"}, ""},
		"a line end as a space":                     {"renal\ncyst", "T1\tSign 0 10\trenal cyst\n", []string{"T1 Sign renal\ncyst"}, ""},
		"spreadsheet quoting":                       {`so "odd" cyst`, "T1\tSign 3 13\t\"\"\"odd\"\" cyst\"\n", []string{`T1 Sign "odd" cyst`}, ""},
		"U+2005 and a tab in the surface":           {"8\u2005mg daily", "T145\tDose 0 4\t8\u2005mg\t\u2005\n", []string{"T145 Dose 8\u2005mg"}, ""},
		"astral, no-break space and zero width":     {"𝒳\u00a0\u200bcyst", "T1\tSign 3 7\tcyst\n", []string{"T1 Sign cyst"}, ""},
		"odd labels":                                {"a cyst", "T1\tSign-of:x/y.é<b> 2 6\tcyst\n", []string{"T1 Sign-of:x/y.é<b> cyst"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			docs, bad := readPair(t, source(c.text, c.ann))
			if len(docs) != 1 || len(bad) > 0 {
				t.Fatalf("%d documents, bad %q", len(docs), bad)
			}
			if got := show(docs[0]); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := docs[0].Meta["left_out"]; got != c.leftOut {
				t.Errorf("left out %q, want %q", got, c.leftOut)
			}
			if docs[0].Text != c.text || corpora.Validate(docs[0]) != nil {
				t.Errorf("not sound: %v", corpora.Validate(docs[0]))
			}
		})
	}
}

func TestBadLinesAreNamedAndTheRestKept(t *testing.T) {
	for line, want := range map[string]string{
		"T7\tSign 2 6\tcysts":                  "annotation T7: its surface differs from the text at its offsets",
		"T7\tSign 2 60\tcyst":                  "annotation T7: its offsets lie outside the text: 2 to 60 of 6 (codepoint)",
		"T7\tSign 6 2\tcyst":                   "annotation T7: it covers no text",
		"T7\tSign 2 x\tcyst":                   "annotation T7: its offsets are not pairs of numbers",
		"T7\tSign 2 6 8\tcyst":                 "annotation T7: its offsets are not pairs of numbers",
		"T7\tSign\tcyst":                       "annotation T7: it is not \"id, tab, type and offsets, tab, text\"",
		"T7 Sign 2 6 cyst":                     "annotation: it is not \"id, tab, type and offsets, tab, text\"",
		"N7\tReference T1":                     "normalization N7: it is not \"Reference, target, id\"",
		"cyst":                                 "it begins with none of brat's kinds: T, R, E, A, M, N, # and *",
		"T7\tSi\x01gn 2 6\tcyst":               "annotation T7: its label has control characters",
		"T7\tSign 9999999999999999999 2\tcyst": "annotation T7: its offsets are not pairs of numbers",
	} {
		docs, bad := readPair(t, source("a cyst", "T1\tSign 2 6\tcyst\n"+line+"\n"))
		if len(docs) != 1 || len(docs[0].Entities) != 1 {
			t.Errorf("%q: the rest was not kept: %v", line, docs)
		}
		if want = "read d.ann: line 2: document d: " + want; len(bad) != 1 || bad[0] != want {
			t.Errorf("%q: %q, want %q", line, bad, want)
		}
	}
}

func TestEitherFileOfAPair(t *testing.T) {
	none := func(string) (io.ReadCloser, error) { return nil, fs.ErrNotExist }
	docs, bad := readPair(t, corpora.Source{Name: "x/d.txt.gz", Base: "d", R: strings.NewReader("a cyst"), Sibling: none})
	if len(docs) != 1 || docs[0].Text != "a cyst" || len(bad) > 0 {
		t.Errorf("a text alone: %v, %q", docs, bad)
	}
	_, bad = readPair(t, corpora.Source{Name: "d.ann", Base: "d", R: strings.NewReader("T1\tSign 2 6\tcyst\n"), Sibling: none})
	if len(bad) != 1 || !strings.Contains(bad[0], "there is no d.txt") {
		t.Errorf("annotations alone: %q", bad)
	}
	src := source("T1\tSign 2 6\tcyst\n", "a cyst")
	src.Name = "d.txt"
	if docs, _ = readPair(t, src); len(docs) != 1 || len(docs[0].Entities) != 1 {
		t.Errorf("the text first: %v", docs)
	}
}

func TestUnitAndLabelOptions(t *testing.T) {
	src := source("naïve cyst", "T1\tSign 7 11\tcyst\n")
	src.Spec.Options = map[string]string{"unit": "byte", "label": "Finding"}
	docs, bad := readPair(t, src)
	if len(bad) > 0 || show(docs[0])[0] != "T1 Finding cyst" || docs[0].Meta["offset_unit"] != "byte" {
		t.Errorf("%v %q", docs, bad)
	}
	src.Spec.Options["unit"] = "furlong"
	for _, err := range brat.Read(src) {
		if err == nil || !strings.Contains(err.Error(), `unknown unit "furlong"`) {
			t.Errorf("%v", err)
		}
	}
}

// sameConcepts and offsets as PubTator's form of the same documents, read by the other reader.
func TestNCBIEqualsItsPubTatorForm(t *testing.T) {
	docs, bad, err := corpora.ReadAll(corpora.Spec{Path: "testdata/ncbi"})
	if err != nil || len(bad) > 0 || len(docs) != 3 {
		t.Fatalf("%d documents, %v, %v", len(docs), bad, err)
	}
	f, err := os.Open("../pubtator/testdata/ncbi.pubtator")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var others []corpora.Document
	for doc, err := range pubtator.Read(corpora.Source{Name: f.Name(), R: f}) {
		if err != nil {
			t.Fatal(err)
		}
		others = append(others, doc)
	}
	for _, other := range others {
		same := slices.IndexFunc(docs, func(d corpora.Document) bool {
			return strings.HasPrefix(d.ID, other.ID) && strings.TrimSpace(d.Text) == strings.TrimSpace(other.Text)
		})
		if same < 0 {
			t.Fatalf("document %s is missing", other.ID)
		}
		for i, e := range docs[same].Entities {
			e.ID = ""
			if !reflect.DeepEqual(e, other.Entities[i]) {
				t.Errorf("document %s: %v, in PubTator %v", other.ID, e, other.Entities[i])
			}
		}
	}
	if total := len(others); total != 3 {
		t.Errorf("%d documents in PubTator, want 3 (one id stands twice)", total)
	}
}

func TestRoundTrip(t *testing.T) {
	docs := []corpora.Document{
		{ID: "a/b: ../c", Text: "breast and\novarian cancer 𝒳\n", Meta: map[string]string{"source": "x\ty"}, Entities: []corpora.Entity{
			{ID: "T3", Label: "D", Fragments: []corpora.Fragment{{Start: 0, End: 6}, {Start: 19, End: 25}}, Concepts: []string{"DOID:1612"}},
			{
				Label: "D", Fragments: []corpora.Fragment{{Start: 0, End: 18}}, Score: 0.75, Status: corpora.StatusFuzzy,
				From:  corpora.Provenance{Demonstrations: []string{"p#1"}, Terms: []string{"DOID:1"}, Steps: []corpora.Step{{By: corpora.ByModel, Score: 0.25}}},
				Links: []corpora.Link{{ID: "DOID:1", Score: 0.5, Name: "a, b", Source: "name"}, {ID: "DOID:2", Score: 0.25}},
			},
			{ID: "T3", Label: "E", Fragments: []corpora.Fragment{{Start: 11, End: 25}}},
		}},
		{ID: "A", Text: "one"},
		{ID: "a", Text: "two"},
		{ID: "A", Text: "three"},
		{ID: "", Text: ""},
		{ID: "con", Text: "x"},
		{ID: ".hidden", Text: "x"},
		{ID: strings.Repeat("é", 200), Text: "x"},
		{ID: "failed", Text: "x", Err: &corpora.Failure{Code: "timeout", Message: "too slow"}},
	}
	dir := filepath.Join(t.TempDir(), "new")
	w, err := brat.NewDirWriter(dir, corpora.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range docs {
		if err := w.Write(doc); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || len(w.Lost()) > 0 {
		t.Fatalf("%v, lost %v", err, w.Lost())
	}
	back, bad, err := corpora.ReadAll(corpora.Spec{Path: dir, Options: map[string]string{"format": "brat"}})
	if err != nil || len(bad) > 0 || len(back) != len(docs) {
		t.Fatalf("%d documents, bad %v, %v", len(back), bad, err)
	}
	for _, doc := range docs {
		if doc.ID == "" {
			doc.ID = "_" // the file's name is all there is
		}
		slices.SortFunc(doc.Entities, corpora.CompareEntities)
		if !slices.ContainsFunc(back, func(b corpora.Document) bool { return sameButIDs(doc, b) }) {
			t.Errorf("document %q did not come back", doc.ID)
		}
	}
}

func sameButIDs(a, b corpora.Document) bool {
	return reflect.DeepEqual(withoutIDs(a), withoutIDs(b))
}

func withoutIDs(doc corpora.Document) corpora.Document {
	doc.Entities = slices.Clone(doc.Entities)
	for i := range doc.Entities {
		doc.Entities[i].ID = ""
	}
	return doc
}

func TestWriteKeepsNumbersAndCountsLabelsWithSpaces(t *testing.T) {
	dir := t.TempDir()
	w, err := brat.NewDirWriter(dir, corpora.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	doc := corpora.Document{ID: "d", Text: "ab cd", Entities: []corpora.Entity{
		{Label: "two words", Fragments: []corpora.Fragment{{Start: 3, End: 5}}},
		{ID: "T1", Label: "L", Fragments: []corpora.Fragment{{Start: 0, End: 2}}, Concepts: []string{"DOID:1", "DOID:2"}},
	}}
	if err := w.Write(doc); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "d.ann"))
	want := "T1\tL 0 2\tab\nN1\tReference T1 DOID:1\nN2\tReference T1 DOID:2\nT2\ttwo_words 3 5\tcd\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if w.Lost().String() != "1 labels with white space" {
		t.Errorf("lost %v", w.Lost())
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a cyst", "T1\tSign 2 6\tcyst\nN1\tReference T1 DOID:1\tx\n#1\tRagnerPrediction T1\t{\"score\":0.5}\n")
	f.Add("𝒳 breast\r\ncancer", "T1\tD 2 8;10 16\tbreast cancer\n*\tEquiv T1 T2\n#1\tRagnerDocument document\t{\"id\":\"x\"}")
	f.Fuzz(func(t *testing.T, text, ann string) {
		docs, _ := readPair(t, source(text, ann))
		if len(docs) != 1 {
			t.Fatalf("%d documents", len(docs))
		}
		if !utf8.ValidString(text) || !utf8.ValidString(ann) {
			return // corpora.OpenText refuses such files before
		}
		if err := corpora.Validate(docs[0]); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		w, err := brat.NewDirWriter(dir, corpora.WriteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(docs[0]); err != nil {
			t.Fatal(err)
		}
		names, _ := filepath.Glob(filepath.Join(dir, "*.ann"))
		written, err := os.ReadFile(names[0])
		if err != nil || len(names) != 1 {
			t.Fatal(err, names)
		}
		again := source(text, string(written))
		again.Base = strings.TrimSuffix(filepath.Base(names[0]), ".ann")
		back, bad := readPair(t, again)
		if len(bad) > 0 || len(w.Lost()) == 0 && !sameButIDs(docs[0], back[0]) {
			t.Fatalf("came back different: %q\n%#v\n%#v", bad, docs[0], back[0])
		}
	})
}
