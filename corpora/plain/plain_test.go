package plain

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ragner/ragner/corpora"
)

func entity(label string, ends ...int) corpora.Entity {
	e := corpora.Entity{Label: label}
	for i := 0; i < len(ends); i += 2 {
		e.Fragments = append(e.Fragments, corpora.Fragment{Start: ends[i], End: ends[i+1]})
	}
	return e
}

func write(t *testing.T, o corpora.WriteOptions, docs ...corpora.Document) string {
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
	return b.String()
}

func TestRead(t *testing.T) {
	for doc, err := range read(corpora.Source{Name: "n.txt", Base: "n", R: strings.NewReader("a\r\n b\n")}) {
		if err != nil || doc.ID != "n" || doc.Text != "a\r\n b\n" {
			t.Errorf("%+v, %v", doc, err)
		}
	}
	for _, err := range read(corpora.Source{Name: "n.txt", R: iotest.ErrReader(io.ErrClosedPipe)}) {
		if !errors.Is(err, io.ErrClosedPipe) || !strings.HasPrefix(err.Error(), "read n.txt: ") {
			t.Errorf("%v", err)
		}
	}
}

func TestBrackets(t *testing.T) {
	const text = "left and right breast cancer"
	scored := entity("Disease", 15, 28)
	scored.Score, scored.Concepts = 0.912, []string{"DOID:1612", "X:1"}
	for want, entities := range map[string][]corpora.Entity{
		"left and right breast cancer":                         nil,
		"left and right [breast cancer|Disease DOID:1612 .91]": {scored},
		"left and right [[breast|Part] cancer|Disease]":        {entity("Disease", 15, 28), entity("Part", 15, 21)},
		"left and right [breast [cancer|Part]|Disease]":        {entity("Disease", 15, 28), entity("Part", 22, 28)},
		"left and right [[breast|B]|A] cancer":                 {entity("A", 15, 21), entity("B", 15, 21)},
		"left and [right [breast…|B]|A][… cancer|B]":           {entity("A", 9, 21), entity("B", 15, 28)},
		"[left|S+1] and right [breast|S+1] cancer":             {entity("S", 0, 4, 15, 21)},
		"[left|S+1] and [right|S+2] [[breast|S+2]|S+1] cancer": {entity("S", 0, 4, 15, 21), entity("S", 9, 14, 15, 21)},
		"[left [and [right…|C]…|B]|A][…[… breast|B] cancer|C]": {entity("A", 0, 14), entity("B", 5, 21), entity("C", 9, 28)},
	} {
		got := write(t, corpora.WriteOptions{}, corpora.Document{ID: "d", Text: text, Entities: entities})
		if got != "# d\n"+want+"\n\n" {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestColours(t *testing.T) {
	doc := corpora.Document{ID: "d", Text: "breast cancer\n", Entities: []corpora.Entity{entity("Disease", 0, 13), entity("Part", 0, 6)}}
	got := write(t, corpora.WriteOptions{Colour: true}, doc)
	want := "\x1b[2m# d\x1b[0m\n" +
		"\x1b[0m\x1b[30;48;5;117m\x1b[0m\x1b[30;48;5;157mbreast\x1b[1m Part \x1b[0m\x1b[0m\x1b[30;48;5;117m cancer\x1b[1m Disease \x1b[0m\n\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTextCannotSteerTheTerminal(t *testing.T) {
	bad := corpora.Document{ID: "a\x1b\nb", Text: "x\x1b[31m\r\ny\x7f\u009b\r", Entities: []corpora.Entity{entity("L\x1b", 0, 1)}}
	failed := corpora.Document{ID: "f", Err: &corpora.Failure{Code: "timeout", Message: "no answer\x07"}}
	got := write(t, corpora.WriteOptions{}, bad, failed)
	want := "# a␛ b\n[x|L␛]␛[31m\ny␡\ufffd␍\n\n# f\nerror: timeout: no answer␇\n\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func FuzzMarksNest(f *testing.F) {
	f.Add([]byte{0, 5, 3, 9, 4, 7, 0, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		const size = 256
		doc := corpora.Document{ID: "d", Text: strings.Repeat("x", size)}
		for i := 0; i+1 < len(data) && i < 40; i += 2 {
			if start, end := int(data[i]), int(data[i+1]); start < end {
				doc.Entities = append(doc.Entities, entity("L", start, end))
			}
		}
		got := write(t, corpora.WriteOptions{}, doc)
		plain := strings.NewReplacer("[", "", "|L]", "", "…", "").Replace(got)
		if plain != "# d\n"+doc.Text+"\n\n" {
			t.Fatalf("%v: the text is not whole: %q", data, got)
		}
		if open := strings.Count(got, "["); open != strings.Count(got, "]") || open < len(doc.Entities) {
			t.Fatalf("%v: %q", data, got)
		}
	})
}
