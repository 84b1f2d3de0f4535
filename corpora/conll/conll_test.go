package conll

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ragner/ragner/corpora"
)

// readString reads content as a file named corpus.conll.
func readString(t testing.TB, content string, options map[string]string) ([]corpora.Document, []error, error) {
	t.Helper()
	var docs []corpora.Document
	var bad []error
	src := corpora.Source{Name: "corpus.conll", Base: "corpus", R: strings.NewReader(content), Spec: corpora.Spec{Options: options}}
	for doc, err := range read(src) {
		var one *corpora.BadDocument
		switch {
		case err == nil:
			if err := corpora.Validate(doc); err != nil {
				t.Fatalf("%q: document %s: %v", content, doc.ID, err)
			}
			docs = append(docs, doc)
		case errors.As(err, &one):
			bad = append(bad, err)
		default:
			return docs, bad, err
		}
	}
	return docs, bad, nil
}

func writeString(t testing.TB, docs []corpora.Document, o corpora.WriteOptions) (string, corpora.Loss) {
	t.Helper()
	var b bytes.Buffer
	w := newWriter(&b, o)
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

// TestRead reads testdata/read.txt. In it "→" is a tab, "␍" a carriage return, "·" a blank at a line's end; "␤" an
// empty line, which would end the input; "⌀" at the end takes the last line end away.
func TestRead(t *testing.T) {
	unescape := strings.NewReplacer("→", "\t", "␍", "\r", "·", " ", "␤", "", "⌀\n", "")
	datadriven.RunTest(t, "testdata/read.txt", func(t *testing.T, d *datadriven.TestData) string {
		options := map[string]string{}
		for _, a := range d.CmdArgs {
			options[a.Key] = strings.Join(a.Vals, ",")
		}
		docs, bad, err := readString(t, unescape.Replace(d.Input+"\n"), options)
		return show(docs, bad, err)
	})
}

func show(docs []corpora.Document, bad []error, err error) string {
	var b strings.Builder
	for _, doc := range docs {
		fmt.Fprintf(&b, "%s\n", doc.ID)
		for _, s := range doc.Sentences {
			fmt.Fprintf(&b, "  %d: %s (%d)\n", s.Index, strings.ReplaceAll(s.Text, "\u00a0", "⍽"), len(s.Tokens))
		}
		for _, e := range doc.Entities {
			fmt.Fprintf(&b, "  %s %d-%d %s\n", e.Label, e.Start(), e.End(), e.Surface(doc.Text))
		}
	}
	for _, err := range bad {
		fmt.Fprintf(&b, "bad: %v\n", err)
	}
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	return b.String()
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		head string
		want bool
	}{
		{"a\tO\nb\tB-X\n\n", true},
		{"a O\nb B-X\n", true},
		{"# newdoc id = 1\n1\ta\tO\t-\t-\n", true},
		{"-DOCSTART- -X- O O\n\na DT B-NP O\n", true},
		{"a\tO", true},
		{"", false},
		{"\n\n", false},
		{"Plain text.\nOf two lines.\n", false},
		{"id\tname\nDOID:1\tO\n", false},
		{"12|t|A title\n12|a|An abstract\n", false},
		{"12\t0\t5\tword\tDisease\tD1\n", false},
		{"{\"text\": \"a\"}\n", false},
		{"T1\tDisease 0 5\tword\n", false},
		{"I saw blood group O\nand blood group B\n", false},
		{"O\nO\n", false},
	} {
		if got := detect([]byte(c.head)); got != c.want {
			t.Errorf("%q: %v", c.head, got)
		}
	}
}

func TestTagsBeyondTheSampleAreChecked(t *testing.T) {
	content := strings.Repeat("word\tO\n\n", sampleSize/8) + "odd\tNN\n\nlast\tB-X"
	docs, bad, err := readString(t, content, nil)
	if err != nil || len(docs) != sampleSize/8+1 || len(bad) != 1 {
		t.Fatalf("%d documents, %v, %v", len(docs), bad, err)
	}
	want := fmt.Sprintf("read corpus.conll: line %d: document corpus-%d: the tag is no IOB tag", sampleSize/4+1, sampleSize/8+1)
	if bad[0].Error() != want {
		t.Errorf("%v, want %s", bad[0], want)
	}
}

func TestRoundTripOfFiles(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.conll")
	if err != nil || len(paths) < 3 {
		t.Fatalf("%v, %v", paths, err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		docs, bad, err := readString(t, string(content), nil)
		if err != nil || len(bad) > 0 || len(docs) == 0 {
			t.Fatalf("%s: %v, %v", path, bad, err)
		}
		for _, scheme := range corpora.Schemes {
			checkRoundTrip(t, path, docs, scheme)
		}
		if text, _ := writeString(t, docs, corpora.WriteOptions{}); text != string(content) {
			t.Errorf("%s is written otherwise:\n%s", path, text)
		}
	}
}

// checkRoundTrip states that reading what was written gives the same documents, when nothing was lost.
func checkRoundTrip(t *testing.T, name string, docs []corpora.Document, scheme string) {
	t.Helper()
	text, lost := writeString(t, docs, corpora.WriteOptions{Scheme: scheme})
	if len(lost) > 0 {
		t.Errorf("%s: lost %v", name, lost)
	}
	again, bad, err := readString(t, text, nil)
	if err != nil || len(bad) > 0 || len(again) != len(docs) {
		t.Fatalf("%s: %d documents of %d, %v, %v\n%s", name, len(again), len(docs), bad, err, text)
	}
	for i, doc := range docs {
		if show([]corpora.Document{doc}, nil, nil) != show(again[i:i+1], nil, nil) || doc.Text != again[i].Text {
			t.Errorf("%s: %+v\nread back %+v", name, doc, again[i])
		}
		for j, s := range doc.Sentences {
			if !slices.Equal(s.Tokens, again[i].Sentences[j].Tokens) {
				t.Errorf("%s: sentence %d: tokens %v, read back %v", name, j, s.Tokens, again[i].Sentences[j].Tokens)
			}
		}
	}
}

func TestWriteDocumentsFromElsewhere(t *testing.T) {
	entity := func(label string, start, end int) corpora.Entity {
		return corpora.Entity{Label: label, Fragments: []corpora.Fragment{{Start: start, End: end}}}
	}
	docs := []corpora.Document{
		{ID: "10192393", Text: "He has A-T. It is rare.", Entities: []corpora.Entity{entity("Disease", 7, 10), entity("Gene", 7, 8)}},
		{ID: "empty"},
		{ID: "x 1", Text: "#1 (one)", Entities: []corpora.Entity{entity("Rare Disease", 0, 2)}},
		{ID: "scored", Text: "flu", Meta: map[string]string{"a": "b"}, Entities: []corpora.Entity{
			{Label: "D", Fragments: []corpora.Fragment{{Start: 0, End: 3}}, Score: .5, Concepts: []string{"DOID:8469"}},
		}},
	}
	text, lost := writeString(t, docs, corpora.WriteOptions{})
	want := `# newdoc id = 10192393
# text = He has A-T.
He	O
has	O
A	B-Disease
-	I-Disease
T	I-Disease
.	O

It	O
is	O
rare	O
.	O

# newdoc id = empty

# newdoc id = x 1
# text = #1 (one)
#	B-Rare Disease
1	I-Rare Disease
(	O
one	O
)	O

# newdoc id = scored
flu	B-D

`
	want = strings.Replace(want, "\nIt\tO", "\n# text = It is rare.\nIt\tO", 1)
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	wantLost := "1 concept ids of entities, 1 documents with other white space, 1 metadata of documents, 1 nested entities, 1 scores of predictions"
	if lost.String() != wantLost {
		t.Errorf("lost %v, want %s", lost, wantLost)
	}
	again, bad, err := readString(t, text, nil)
	if err != nil || len(bad) > 0 || len(again) != 4 {
		t.Fatalf("%v, %v, %v", again, bad, err)
	}
	for i, doc := range again {
		if doc.ID != docs[i].ID || i > 0 && doc.Text != docs[i].Text {
			t.Errorf("%+v, want %+v", doc, docs[i])
		}
	}
	if e := again[2].Entities; len(e) != 1 || e[0].Label != "Rare Disease" || e[0].Surface(again[2].Text) != "#1" {
		t.Errorf("%+v", e)
	}
}

func TestWriteKeepsStatedSentences(t *testing.T) {
	doc := corpora.Document{ID: "d-1", Text: "a b\nc", Sentences: []corpora.Sentence{
		{Text: "a b", Tokens: []corpora.Token{{Start: 0, End: 1}, {Start: 2, End: 3}}}, {Text: "c", Offset: 4},
	}, Entities: []corpora.Entity{{Label: "X", Fragments: []corpora.Fragment{{Start: 2, End: 5}}}, {Label: "Y", Fragments: []corpora.Fragment{{Start: 4, End: 5}}}}}
	text, lost := writeString(t, []corpora.Document{doc}, corpora.WriteOptions{Scheme: "iobes"})
	if text != "-DOCSTART-\tO\n\na\tO\nb\tO\n\nc\tS-Y\n\n" || lost.String() != "1 entities across sentences" {
		t.Errorf("%q, %v", text, lost)
	}
}

func TestWriteUnknownScheme(t *testing.T) {
	w := newWriter(&bytes.Buffer{}, corpora.WriteOptions{Scheme: "iob3"})
	if err := w.Write(corpora.Document{ID: "a", Text: "b"}); err == nil {
		t.Error("no error")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("-DOCSTART- -X- O O\n\na DT B-NP I-PER\n# O\n\n", "")
	f.Add("# newdoc id = x\n# text = a b\n1\ta\tB-X\t-\n2\tb\n", "")
	f.Add("a\tB\n\t\nb\tI\r\n\u00a0\tO", "1:-1")
	f.Fuzz(func(t *testing.T, content, columns string) {
		options := map[string]string{}
		if columns != "" {
			options["columns"] = columns
		}
		docs, _, err := readString(t, strings.ToValidUTF8(content, "?"), options)
		if err != nil {
			return
		}
		text, lost := writeString(t, docs, corpora.WriteOptions{})
		if len(lost) > 0 || !unambiguous(docs) {
			return
		}
		again, bad, err := readString(t, text, map[string]string{"columns": "1:2"})
		if err != nil || len(bad) > 0 || len(again) != len(docs) {
			t.Fatalf("%q: wrote %q: %d documents of %d, %v, %v", content, text, len(again), len(docs), bad, err)
		}
		for i := range docs {
			if a, b := show(docs[i:i+1], nil, nil), show(again[i:i+1], nil, nil); a != b {
				t.Fatalf("%q: wrote %q:\n%s\nread back\n%s", content, text, a, b)
			}
		}
	})
}

// unambiguous reports ids that a comment can hold as they are.
func unambiguous(docs []corpora.Document) bool {
	for _, doc := range docs {
		if doc.ID == "" || doc.ID != strings.TrimSpace(doc.ID) {
			return false
		}
	}
	return true
}
