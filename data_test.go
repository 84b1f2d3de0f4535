//go:build data

package ragner_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/ontology"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/score"
)

// dataFile is a file of the folder of public corpora that RAGNER_DATA names; `make test-data` runs these tests.
func dataFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("RAGNER_DATA")
	if dir == "" {
		t.Fatal("RAGNER_DATA names no folder of corpora")
	}
	return filepath.Join(dir, name)
}

// TestPublicCorpora reads whole public corpora and counts what their authors counted.
func TestPublicCorpora(t *testing.T) {
	for _, c := range []struct {
		path                string
		documents, entities int
	}{
		{"ncbi_disease/original-data/train", 593, 5145},
		{"ncbi_disease/original-data/devel", 100, 787},
		{"ncbi_disease/original-data/test", 100, 960},
		{"ncbi_disease/standoff/train", 593, 5145},
		{"ncbi_disease/conll/train.tsv", 5432, 5145},
		{"ncbi_disease/conll/test.tsv", 940, 960},
		{"bc5cdr_pubtator/CDR_TestSet.PubTator.txt", 500, 9809},
		{"maccrobat2020", 200, 25189},
		{"biored/Dev.PubTator", 100, 3533},
		{"biored/Dev.BioC.XML", 100, 3533},
		{"biored/Test.BioC.JSON", 100, 3535},
		{"genia_nested/dev.jsonlines", 1765, 4714},
	} {
		t.Run(c.path, func(t *testing.T) {
			docs, bad, err := corpora.ReadAll(corpora.Spec{Path: dataFile(t, c.path), Options: map[string]string{}})
			if err != nil || len(bad) > 0 {
				t.Fatalf("%d bad documents, error %v", len(bad), err)
			}
			entities := 0
			for _, d := range docs {
				entities += len(d.Entities)
			}
			if len(docs) != c.documents || entities != c.entities {
				t.Errorf("%d documents, %d entities; want %d, %d", len(docs), entities, c.documents, c.entities)
			}
		})
	}
}

// TestNeighboursOnPublicCorpora holds strict F1 above a floor, on development data.
func TestNeighboursOnPublicCorpora(t *testing.T) {
	for _, c := range []struct {
		train, gold string
		floor       float64
	}{
		{"ncbi_disease/conll/train.tsv", "ncbi_disease/conll/devel.tsv", 0.76},
		{"bc5cdr_pubtator/CDR_TrainingSet.PubTator.txt", "bc5cdr_pubtator/CDR_DevelopmentSet.PubTator.txt", 0.77},
	} {
		t.Run(c.gold, func(t *testing.T) {
			e := openData(t, c.train)
			gold, _, err := corpora.ReadAll(corpora.Spec{Path: dataFile(t, c.gold), Options: map[string]string{}})
			if err != nil {
				t.Fatal(err)
			}
			var pred []corpora.Document
			for _, d := range gold {
				tagged, _, err := e.Tag(context.Background(), d)
				if err != nil {
					t.Fatal(err)
				}
				pred = append(pred, tagged)
			}
			pairs, _ := score.Pairs(gold, pred)
			if f1 := score.Evaluate(pairs).Criteria.Strict.Micro.F1; f1 < c.floor {
				t.Errorf("strict F1 %.4f, floor %.2f", f1, c.floor)
			}
		})
	}
}

func openData(t *testing.T, train string) *ragner.Engine {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	doid := corpora.Spec{Path: dataFile(t, "doid/DO_rare_slim.obo"), Options: map[string]string{"label": "Disease"}}
	terms, _, err := ontology.Read(doid)
	if err != nil {
		t.Fatal(err)
	}
	embedder, err := ragner.NewEmbedder(ctx, "static", ragner.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	spec := corpora.Spec{Path: dataFile(t, train), Options: map[string]string{}}
	_, err = index.Build(ctx, dir, index.Input{
		Corpora:    []index.Corpus{{Spec: spec, Documents: corpora.Read(spec)}},
		Ontologies: []index.Ontology{{Spec: doid, Terms: terms}},
	}, index.Options{Embedder: embedder, EmbedderID: "static"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := ragner.Open(ctx, dir, ragner.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}
