package sample

import (
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// count reads all documents, checks each entity against the text and gives the ids.
func count(t *testing.T, docs iter.Seq2[corpora.Document, error]) (ids map[string]bool, documents, entities int) {
	t.Helper()
	ids = map[string]bool{}
	for doc, err := range docs {
		if err != nil {
			t.Fatal(err)
		}
		if err := corpora.Validate(doc); err != nil {
			t.Fatalf("document %s: %v", doc.ID, err)
		}
		for _, e := range doc.Entities {
			if e.Label != Label || len(e.Concepts) == 0 {
				t.Fatalf("document %s: an entity with label %q and %d concepts", doc.ID, e.Label, len(e.Concepts))
			}
		}
		ids[doc.ID] = true
		documents++
		entities += len(doc.Entities)
	}
	return ids, documents, entities
}

func TestPartsHaveKnownSizesAndDoNotMeet(t *testing.T) {
	train, documents, entities := count(t, Train())
	if documents != 593 || entities != 5145 {
		t.Errorf("train: %d documents with %d entities", documents, entities)
	}
	held, documents, entities := count(t, HeldOut())
	if documents != 40 || entities < 300 {
		t.Errorf("held out: %d documents with %d entities", documents, entities)
	}
	for id := range held {
		if train[id] {
			t.Errorf("document %s is in both parts", id)
		}
	}
}

func TestUnseenSentencesAreUnseen(t *testing.T) {
	var seen strings.Builder
	for _, part := range []iter.Seq2[corpora.Document, error]{Train(), HeldOut()} {
		for doc, err := range part {
			if err != nil {
				t.Fatal(err)
			}
			seen.WriteString(doc.Text)
		}
	}
	sentences := Unseen()
	if len(sentences) < 5 {
		t.Fatalf("only %d sentences", len(sentences))
	}
	for i, s := range sentences {
		if strings.Contains(seen.String(), s) || !strings.HasSuffix(s, ".") {
			t.Errorf("sentence %d stands in the corpus, or is cut", i+1)
		}
	}
}

func TestOntologyHoldsWhatTheDemoNeeds(t *testing.T) {
	terms, err := Ontology()
	if err != nil {
		t.Fatal(err)
	}
	byID, synonyms := map[string]corpora.Term{}, 0
	for _, term := range terms {
		byID[term.ID] = term
		synonyms += len(term.Synonyms)
		if term.Label != Label {
			t.Fatalf("%s has label %q", term.ID, term.Label)
		}
	}
	if len(terms) < 12000 || synonyms < 8000 {
		t.Errorf("%d terms with %d synonyms", len(terms), synonyms)
	}
	if got := byID["DOID:1485"].Name; got != "cystic fibrosis" {
		t.Errorf("DOID:1485 is %q", got)
	}
	for _, term := range terms {
		for _, p := range term.Parents {
			if _, ok := byID[p]; !ok {
				t.Fatalf("%s has the unknown parent %s", term.ID, p)
			}
		}
	}
}

func TestWriteToGivesFilesThatReadTheSame(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	if err := WriteTo(dir); err != nil {
		t.Fatal(err)
	}
	docs, bad, err := corpora.ReadAll(corpora.Spec{Path: filepath.Join(dir, TrainFile), Options: map[string]string{"label": Label}})
	if err != nil || len(bad) > 0 || len(docs) != 593 {
		t.Errorf("%d documents, %d bad, error %v", len(docs), len(bad), err)
	}
	notice, err := os.ReadFile(filepath.Join(dir, NoticeFile))
	if err != nil || !strings.Contains(string(notice), "CC0") {
		t.Errorf("notice: %v", err)
	}
}

func TestWriteToNamesAFolderThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteTo(filepath.Join(file, "below")); err == nil {
		t.Error("no error")
	}
}

func TestEmbeddedSizeStaysSmall(t *testing.T) {
	entries, err := data.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > 700_000 {
		t.Errorf("%d bytes are embedded", total)
	}
}
