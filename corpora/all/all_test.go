package all

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// writeOnly are the formats for people, which are not read back.
var writeOnly = []string{"html", "text"}

func documents() []corpora.Document {
	entity := func(label string, start, end int) corpora.Entity {
		return corpora.Entity{Label: label, Fragments: []corpora.Fragment{{Start: start, End: end}}}
	}
	return []corpora.Document{
		{ID: "1001", Text: "Sjögren syndrome is rare.", Entities: []corpora.Entity{entity("Disease", 0, 17)}},
		{ID: "1002", Text: "No 😀 mutation in BRCA1 here.", Entities: []corpora.Entity{entity("Gene", 20, 25)}},
	}
}

// Every format's own output is recognised without its name, by extension and by content, and read back.
func TestFormatsRecogniseTheirOutput(t *testing.T) {
	for _, format := range corpora.Formats() {
		if slices.Contains(writeOnly, format.Name) || format.NewWriter == nil && format.NewDirWriter == nil {
			continue
		}
		t.Run(format.Name, func(t *testing.T) {
			names := []string{"out" + format.Extensions[0], "out" + format.Extensions[0] + ".gz", "unnamed"}
			if format.NewWriter == nil {
				names = []string{"folder"}
			}
			for _, name := range names {
				path := filepath.Join(t.TempDir(), name)
				write(t, path, format)
				checkRead(t, path, format)
			}
		})
	}
}

func write(t *testing.T, path string, format corpora.Format) {
	t.Helper()
	w, err := corpora.Create(path, format, corpora.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range documents() {
		if err := w.Write(doc); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func checkRead(t *testing.T, path string, format corpora.Format) {
	t.Helper()
	o, err := corpora.Open(corpora.Spec{Path: path})
	if err != nil {
		t.Error(err)
		return
	}
	if got := o.Files[0].Format.Name; got != format.Name {
		t.Errorf("%s taken for %s", filepath.Base(path), got)
	}
	i := 0
	for doc, err := range o.Documents() {
		if err != nil {
			t.Fatal(err)
		}
		if i >= len(documents()) {
			t.Fatal("more documents than were written")
		}
		want := documents()[i]
		i++
		if len(doc.Entities) != 1 {
			t.Fatalf("document %d has %d entities", i, len(doc.Entities))
		}
		got := doc.Entities[0].Surface(doc.Text)
		if got != want.Entities[0].Surface(want.Text) || doc.Entities[0].Label != want.Entities[0].Label {
			t.Errorf("document %d: %q", i, got)
		}
	}
	if i != len(documents()) {
		t.Errorf("%d documents", i)
	}
}

// Text that belongs to no format is text when its name says so, and else an error that says what to do.
func TestProseIsTakenForNoOtherFormat(t *testing.T) {
	for _, prose := range []string{
		"A patient with cystic fibrosis.\nShe was well.\n", "O\nO\n", "word\tword\nword\tword\n", "<p>It is</p>", "[1] A note", "a|b|c\n",
	} {
		dir := t.TempDir()
		named, unnamed := filepath.Join(dir, "a.txt"), filepath.Join(dir, "a.xyz")
		if err := errors.Join(os.WriteFile(named, []byte(prose), 0o600), os.WriteFile(unnamed, []byte(prose), 0o600)); err != nil {
			t.Fatal(err)
		}
		if docs, bad, err := corpora.ReadAll(corpora.Spec{Path: named}); err != nil || len(bad) > 0 || len(docs) != 1 || docs[0].Text != prose {
			t.Errorf("%q: %v, %v, %v", prose, docs, bad, err)
		}
		if _, err := corpora.Open(corpora.Spec{Path: unnamed}); err == nil {
			t.Errorf("%q: recognised under an unknown name", prose)
		}
	}
}
