package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/internal/score"
)

var update = flag.Bool("update", false, "rewrite testdata/golden")

// TestGolden holds the quality of retrieval and of the tagger without a model on the sample, so that a change of
// either is a reviewed change of a text file.
func TestGolden(t *testing.T) {
	e, err := ragner.Open(context.Background(), filepath.Join(keptSample(t), "index"), ragner.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	defer release(e)
	gold, _, err := readHeldOut()
	if err != nil {
		t.Fatal(err)
	}
	got := neighboursQuality(t, e, gold) + retrievalQuality(t, e, gold)
	path := filepath.Join("testdata", "golden", "sample.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (-update rewrites it), error %v\ngot\n%s\nwant\n%s", path, err, got, want)
	}
}

// readHeldOut gives the sample's held-out documents and their sentences, each as a document of its own.
func readHeldOut() (docs, sentences []corpora.Document, err error) {
	for doc, err := range sample.HeldOut() {
		if err != nil {
			return nil, nil, err
		}
		docs = append(docs, doc)
		parts, _ := corpora.Annotate(doc)
		for _, s := range parts {
			sentences = append(sentences, corpora.Document{ID: fmt.Sprintf("%s#%d", doc.ID, s.Index), Text: s.Text, Entities: s.Entities})
		}
	}
	return docs, sentences, nil
}

func neighboursQuality(t *testing.T, e *ragner.Engine, gold []corpora.Document) string {
	job, err := newEvalJob(tagJob{streams: streams{err: t.Output()}, engine: e, config: ragner.Defaults()}, score.InMemory(gold))
	if err != nil {
		t.Fatal(err)
	}
	defer release(job.pred)
	x, _, err := job.evaluate(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	m, seen, unseen := x.Criteria.Strict.Micro, x.Seen.Strict.Micro, x.Unseen.Strict.Micro
	return fmt.Sprintf("%d documents, %.0f mentions\nneighbours, strict: precision %.3f, recall %.3f, F1 %.3f\n"+
		"mentions that stand in the index: recall %.3f; others: recall %.3f\n",
		x.Documents, m.TP+m.FN, m.Precision, m.Recall, m.F1, seen.Recall, unseen.Recall)
}

// retrievalQuality is the share of gold mentions whose surface stands annotated in the sentences shown, and of those
// that a term hit covers exactly.
func retrievalQuality(t *testing.T, e *ragner.Engine, gold []corpora.Document) string {
	mentions, shown, hit := 0, 0, 0
	for _, doc := range gold {
		sentences, _ := corpora.Annotate(doc)
		for _, s := range sentences {
			found, err := e.Search(context.Background(), s.Text)
			if err != nil {
				t.Fatal(err)
			}
			var surfaces []string
			for _, d := range found.Demonstrations {
				for _, x := range d.Entities {
					surfaces = append(surfaces, strings.ToLower(x.Surface(d.Sentence.Text)))
				}
			}
			for _, x := range s.Entities {
				mentions++
				if slices.Contains(surfaces, strings.ToLower(x.Surface(s.Text))) {
					shown++
				}
				for _, h := range found.Terms {
					if h.Fragment.Start == x.Start() && h.Fragment.End == x.End() {
						hit++
						break
					}
				}
			}
		}
	}
	share := func(n int) float64 { return float64(n) / float64(max(mentions, 1)) }
	return fmt.Sprintf("retrieval, 5 demonstrations: %.3f of mentions stand annotated in them; %.3f are a term hit\n", share(shown), share(hit))
}
