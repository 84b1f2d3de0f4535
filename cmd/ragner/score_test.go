package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/internal/score"
)

// Files in different orders and formats, with documents that are missing, too many, double, failed and of another text,
// get the figures that the same documents get in memory, and no copy of a text stays behind.
func TestScoreFilesAsInMemory(t *testing.T) {
	gold := heldOutDocuments(t)
	pred := mistaken(gold)
	dir, aside := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", aside)
	goldPath, predPath := filepath.Join(dir, "gold.pubtator"), filepath.Join(dir, "pred.jsonl")
	writeDocuments(t, goldPath, "pubtator", gold)
	writeDocuments(t, predPath, "jsonl", pred)

	var out, messages bytes.Buffer
	code := run(t.Context(), []string{"score", goldPath, predPath, "--json", "--examples", "4"}, streams{strings.NewReader(""), &out, &messages})
	if code != exitPartial {
		t.Errorf("exit code %d: %s", code, messages.String())
	}
	pairs, how := score.Pairs(readDocuments(t, goldPath), readDocuments(t, predPath))
	var want bytes.Buffer
	if err := writeJSON(&want, scored{score.Evaluate(pairs), findIn(t, pairs, how.Duplicate, 4)}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), out.String()); diff != "" {
		t.Errorf("in memory and from files (-want +got):\n%s", diff)
	}
	var said bytes.Buffer
	reportPairing(&said, how)
	if !strings.HasPrefix(messages.String(), said.String()) || strings.Count(said.String(), "\n") != 5 {
		t.Errorf("said\n%s\nwant\n%s", messages.String(), said.String())
	}
	nothingIn(t, aside)
}

// An interrupted run stops, says so and leaves nothing.
func TestScoreStops(t *testing.T) {
	dir, aside := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", aside)
	path := filepath.Join(dir, "gold.jsonl")
	writeDocuments(t, path, "jsonl", heldOutDocuments(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, messages bytes.Buffer
	code := run(ctx, []string{"score", path, path}, streams{strings.NewReader(""), &out, &messages})
	if code != exitFailed || out.Len() > 0 || !strings.Contains(messages.String(), "stopped") {
		t.Errorf("exit code %d, printed %d bytes, said %s", code, out.Len(), messages.String())
	}
	nothingIn(t, aside)
}

func heldOutDocuments(t *testing.T) (docs []corpora.Document) {
	t.Helper()
	for doc, err := range sample.HeldOut() {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	return docs[:40]
}

// mistaken are predictions with errors of each kind, and with everything that can be wrong with a collection.
func mistaken(gold []corpora.Document) []corpora.Document {
	pred := slices.Clone(gold)
	for i, doc := range pred {
		var found []corpora.Entity
		for k, e := range doc.Entities {
			switch e = e.Shift(0); (i + k) % 5 {
			case 0:
				e.Label = "Other"
			case 1:
				e.Fragments[0].Start++
			case 2:
				continue
			}
			e.Status, e.Score = corpora.StatusExact, .5
			found = append(found, e)
		}
		pred[i].Entities = found
	}
	pred[7].Text = "Z" + pred[7].Text[1:]
	pred[9].Entities, pred[9].Err = nil, &corpora.Failure{Code: "timeout", Message: "no answer"}
	surplus := corpora.Document{ID: "new", Text: pred[3].Text}
	pred = append(pred, pred[5], pred[12], surplus)
	pred = slices.Delete(pred, 20, 22)
	slices.Reverse(pred[10:])
	return pred
}

func writeDocuments(t *testing.T, path, format string, docs []corpora.Document) {
	t.Helper()
	f, _ := corpora.FormatByName(format)
	w, err := corpora.Create(path, f, corpora.WriteOptions{})
	for _, doc := range docs {
		if err == nil {
			err = w.Write(doc)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func readDocuments(t *testing.T, path string) (docs []corpora.Document) {
	t.Helper()
	o, err := corpora.Open(corpora.Spec{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	for doc, err := range o.Documents() {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	return docs
}

func findIn(t *testing.T, pairs []score.Pair, repeated []string, perKind int) *score.Findings {
	t.Helper()
	finder := score.NewFinder(repeated)
	for _, p := range pairs {
		finder.Add(p)
	}
	found, err := finder.Find(func(yield func(score.Pair, error) bool) {
		for _, p := range pairs {
			if !yield(p, nil) {
				return
			}
		}
	}, perKind)
	if err != nil || len(found.Examples) < 5 {
		t.Fatalf("%d examples, %v", len(found.Examples), err)
	}
	return &found
}

func nothingIn(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
