package pubtator_test

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/pubtator"
)

func read(t testing.TB, content string) (docs []corpora.Document, bad []string) {
	t.Helper()
	for doc, err := range pubtator.Read(corpora.Source{Name: "x.txt", Base: "x", R: strings.NewReader(content)}) {
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

func write(t testing.TB, docs ...corpora.Document) (string, corpora.Loss) {
	t.Helper()
	var b bytes.Buffer
	w := pubtator.NewWriter(&b, corpora.WriteOptions{})
	for _, doc := range docs {
		if err := w.Write(doc); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.Lost()
}

func show(doc corpora.Document) string {
	lines := []string{doc.ID}
	for _, e := range doc.Entities {
		lines = append(lines, strings.TrimSpace(e.Label+" "+e.Surface(doc.Text)+" "+strings.Join(e.Concepts, "|")))
	}
	return strings.Join(lines, "; ")
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    []string
		leftOut string // of the first document
	}{
		"offsets count one between the passages": {
			"1|t|Cyst \n1|a|A tumour.\n1\t0\t4\tCyst\tD\tD003560\n1\t8\t14\ttumour\tD\tD009369\n",
			[]string{"1; D Cyst MESH:D003560; D tumour MESH:D009369"},
			"",
		},
		"blank first lines, no blank line between documents, no final line end": {
			"\n\n1|t|Cyst\n1|a|\n1\t0\t4\tCyst\tD\n2|t|Cyst\n2\t0\t4\tCyst\tE\n2|t|Cyst\n2\t0\t4\tCyst\tF",
			[]string{"1; D Cyst", "2; E Cyst", "2; F Cyst"},
			"",
		},
		"a repeated id is a document of its own": {
			"1|t|Cyst\n1|a|x\n\n1|t|Cyst\n1|a|x\n1\t0\t4\tCyst\tD\t-1\n", []string{"1", "1; D Cyst"}, "",
		},
		"repeated passages": {
			"1|t|Cyst\n1|t|Two\n1|a|Three\n1|a|Cyst\n1\t15\t19\tCyst\tD\n", []string{"1; D Cyst"}, "",
		},
		"relations and parts are counted": {
			"1|t|breast and ovarian cancer\n1|a|\n1\t0\t25\tbreast and ovarian cancer\tD\tD001943|D010051\tbreast cancer|ovarian cancer\n1\tCID\tD1\tD2\n1\tAssociation\tc|DEL||32\tD2\tNovel\n",
			[]string{"1; D breast and ovarian cancer MESH:D001943|MESH:D010051"},
			"1 names of composite mentions' parts, 2 relations",
		},
		"ids as they come": {
			"1|t|abcd\n1\t0\t1\ta\tD\t D008661\n1\t1\t2\tb\tD\tD007153+D040181\n1\t2\t3\tc\tV\tc|DEL|1314_1328|\n1\t3\t4\td\tG\t6528\n",
			[]string{"1; D a MESH:D008661; D b MESH:D007153+D040181; V c c|DEL|1314_1328|; G d 6528"},
			"",
		},
		"CRLF, padding and a spreadsheet's quotes": {
			"1|t|a \"b\" c\r\n1|a|\r\n 1\t2\t5\t\"\"\"b\"\"\"\t D \t-1\r\n", []string{`1; D "b"`}, "",
		},
		"nested, crossing, astral": {
			"1|t|𝒳 upper lobe cyst\n1|a|\n1\t2\t12\tupper lobe\tS\n1\t8\t17\tlobe cyst\tD\n1\t8\t12\tlobe\tS\n",
			[]string{"1; S upper lobe; S lobe; D lobe cyst"},
			"",
		},
		"a bar in the title": {"1|t|a|t|b|\n", []string{"1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			docs, bad := read(t, c.content)
			var got []string
			for _, doc := range docs {
				got = append(got, show(doc))
				if err := corpora.Validate(doc); err != nil {
					t.Error(err)
				}
			}
			if !slices.Equal(got, c.want) || len(bad) > 0 {
				t.Errorf("got %q, bad %q, want %q", got, bad, c.want)
			}
			if leftOut := docs[0].Meta["left_out"]; leftOut != c.leftOut {
				t.Errorf("left out %q, want %q", leftOut, c.leftOut)
			}
		})
	}
}

func TestPassagesAreKept(t *testing.T) {
	docs, _ := read(t, "1|t|Tïtle \n1|a|Body\n")
	if docs[0].Text != "Tïtle \nBody" || docs[0].Meta["passages"] != "title:0-6 abstract:7-11" {
		t.Errorf("%q %v", docs[0].Text, docs[0].Meta)
	}
}

func TestBadLinesAreNamedAndTheRestKept(t *testing.T) {
	for line, want := range map[string]string{
		"1\t0\t4\tcyst\tD":        "annotation number 2: its surface differs from the text at its offsets",
		"1\t0\t40\tCyst\tD":       "annotation number 2: its offsets lie outside the text: 0 to 40 of 4 (codepoint)",
		"1\t0\tx\tCyst\tD":        "its offsets are not numbers",
		"1\t0\t4\tCyst":           "annotation number 2: it has no label; give one with ,label=NAME",
		"1\t0\t4":                 "an annotation has the columns id, start, end, text, label and optionally concepts",
		"2\t0\t4\tCyst\tD":        "it is neither a text line (id|t|…) nor an annotation of the document above",
		"more text of the title?": "it is neither a text line (id|t|…) nor an annotation of the document above",
	} {
		docs, bad := read(t, "1|t|Cyst\n1\t0\t4\tCyst\tD\n"+line+"\n\n2|t|Next\n")
		if len(docs) != 2 || len(docs[0].Entities) != 1 {
			t.Errorf("%q: the rest was not kept: %v", line, docs)
		}
		if want = "read x.txt: line 3: document 1: " + want; len(bad) != 1 || bad[0] != want {
			t.Errorf("%q: %q, want %q", line, bad, want)
		}
	}
	docs, bad := read(t, "1\t0\t4\tCyst\tD\n\n1|t|Cyst\n")
	if len(docs) != 1 || len(bad) != 1 || !strings.Contains(bad[0], "line 1: it is neither") {
		t.Errorf("an annotation before any text: %v %q", docs, bad)
	}
}

func TestNCBI(t *testing.T) {
	content, err := os.ReadFile("testdata/ncbi.pubtator")
	if err != nil {
		t.Fatal(err)
	}
	docs, bad := read(t, string(content))
	entities := 0
	for _, doc := range docs {
		entities += len(doc.Entities)
	}
	if len(docs) != 3 || len(bad) > 0 || entities != strings.Count(string(content), "\t")/5 {
		t.Errorf("%d documents with %d entities, bad %q", len(docs), entities, bad)
	}
	written, lost := write(t, docs...)
	back, _ := read(t, written)
	if !reflect.DeepEqual(back, docs) || len(lost) > 0 {
		t.Errorf("came back different; lost %v", lost)
	}
}

func TestWrite(t *testing.T) {
	f := func(start, end int) corpora.Fragment { return corpora.Fragment{Start: start, End: end} }
	for name, c := range map[string]struct {
		doc  corpora.Document
		want string
		lost string
	}{
		"the first line is the title": {
			corpora.Document{ID: "1", Text: "𝒳\ncyst\tin\nlung", Entities: []corpora.Entity{
				{Label: "D", Fragments: []corpora.Fragment{f(5, 12)}, Concepts: []string{"MESH:D003560", "OMIM:1"}},
				{Label: "S", Fragments: []corpora.Fragment{f(10, 17)}},
			}},
			"1|t|𝒳\n1|a|cyst\tin lung\n1\t2\t9\tcyst in\tD\tD003560|OMIM:1\n1\t7\t14\tin lung\tS\t-1\n\n", "1 line ends",
		},
		"one line": {corpora.Document{ID: "1", Text: "cyst"}, "1|t|cyst\n1|a|\n\n", ""},
		"what does not fit is counted": {
			corpora.Document{ID: "a|b\n", Text: "breast and ovarian cancer", Meta: map[string]string{"source": "x"}, Entities: []corpora.Entity{
				{Label: "D", Fragments: []corpora.Fragment{f(0, 6), f(19, 25)}},
				{Label: "D", Fragments: []corpora.Fragment{f(11, 25)}, Score: 0.5, Status: corpora.StatusExact},
			}},
			"a_b|t|breast and ovarian cancer\na_b|a|\na_b\t11\t25\tovarian cancer\tD\t-1\n\n",
			"1 characters of document ids, 1 discontinuous entities, 1 metadata values, 1 scores and evidence",
		},
		"a failed document is not written as if it had no entities": {
			corpora.Document{ID: "1", Text: "cyst", Err: &corpora.Failure{Code: "timeout"}}, "", "1 failed documents",
		},
		"a full text's passages": {
			corpora.Document{ID: "1", Text: "T\nA\nB", Meta: map[string]string{"passages": "front:0-1 paragraph:2-3 paragraph:4-5"}},
			"1|t|T\n1|a|A B\n\n", "1 line ends",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, lost := write(t, c.doc)
			if got != c.want || lost.String() != c.lost {
				t.Errorf("got %q, lost %q\nwant %q, lost %q", got, lost, c.want, c.lost)
			}
		})
	}
}

// TestDocumentsThatAreTooLarge refuses a long line and a document of many lines by their ids; the others are read.
func TestDocumentsThatAreTooLarge(t *testing.T) {
	long := strings.Repeat("x", 3<<19)
	content := "1|t|one\n\n2|t|" + long + "\n2|a|more\n2\t0\t3\txxx\tD\n\n3|t|three\n\n" +
		strings.Repeat("4|a|"+long[:1<<18]+"\n", 5) + "\n" + long + "\n5|t|five\n5\t0\t4\t" + long + "\tD\n\n6|t|six\n"
	src := corpora.Source{Name: "x", R: strings.NewReader(content)}
	src.Spec.Limits.DocumentMB = 1
	var got []string
	for doc, err := range pubtator.Read(src) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, doc.ID)
	}
	large := " is larger than 1 MiB, the limit that input.max_document_mb sets"
	want := []string{
		"1", "read x: line 3: document 2: the document" + large, "3", "read x: line 12: document 4: the document" + large,
		"read x: line 15: the line" + large, "read x: line 17: document 5: the document" + large, "6",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("\n1|t|Cyst \n1|a|A tumour.\n1\t0\t4\tCyst\tD\tD003560|OMIM:1\tx|y\n1\tCID\tD1\tD2\n\n1|t|x\n1|t|y\n1|k|𝒳\n")
	f.Add("1|t|\"a\"\r\n1|a|\r\n1\t0\t3\t\"a\"\tD\t-1")
	f.Fuzz(func(t *testing.T, content string) {
		docs, _ := read(t, content)
		if _, _, valid := corpora.ValidUTF8([]byte(content)); !valid {
			return // corpora.OpenText refuses such files before
		}
		for _, doc := range docs {
			if err := corpora.Validate(doc); err != nil {
				t.Fatal(err)
			}
			delete(doc.Meta, "left_out")
			delete(doc.Meta, "offset_unit")
			written, lost := write(t, doc)
			back, bad := read(t, written)
			if len(bad) > 0 || len(back) != 1 {
				t.Fatalf("%q became %d documents, bad %q", written, len(back), bad)
			}
			if len(lost) == 0 && known(doc) && !reflect.DeepEqual(back[0], doc) {
				t.Fatalf("came back different: %q\n%#v\n%#v", written, doc, back[0])
			}
		}
	})
}

// known reports passages that PubTator has letters for: others come back as abstracts.
func known(doc corpora.Document) bool {
	for p := range strings.FieldsSeq(doc.Meta["passages"]) {
		if kind, _, _ := strings.Cut(p, ":"); kind != "title" && kind != "abstract" {
			return false
		}
	}
	return true
}
