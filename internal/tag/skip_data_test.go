//go:build data

package tag

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/all"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/learn"
)

// TestSkipOnPublicCorpora measures what skipping costs: of development sentences the share below a chance, and the share
// of gold mentions that stand in them. It holds that a chance of .1 loses at most one mention in twenty-five.
// RAGNER_SKIP_INDEX, a folder, has indexes that were built before.
func TestSkipOnPublicCorpora(t *testing.T) {
	for _, c := range []struct{ name, train, dev string }{
		{"ncbi", "ncbi_disease/conll/train.tsv", "ncbi_disease/conll/devel.tsv"},
		{"bc5cdr", "bc5cdr_pubtator/CDR_TrainingSet.PubTator.txt", "bc5cdr_pubtator/CDR_DevelopmentSet.PubTator.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := os.Getenv("RAGNER_DATA")
			l := learnedFrom(t, c.name, filepath.Join(data, c.train))
			docs, _, err := corpora.ReadAll(corpora.Spec{Path: filepath.Join(data, c.dev), Options: map[string]string{}})
			if err != nil {
				t.Fatal(err)
			}
			for _, tagger := range []*LLM{{Searcher: l.Searcher, Learned: l}, {Searcher: l.Searcher}} {
				measureSkips(t, tagger, docs)
			}
		})
	}
}

func measureSkips(t *testing.T, l *LLM, docs []corpora.Document) {
	thresholds := []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.3}
	sentences, mentions := 0, 0
	skipped, lost := make([]int, len(thresholds)), make([]int, len(thresholds))
	for _, doc := range docs {
		for _, in := range Inputs(doc, 0) {
			known, err := l.index(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			gold := 0
			for _, e := range doc.Entities {
				if e.Start() >= in.Sentence.Offset && e.Start() < in.Sentence.Offset+len(in.Sentence.Text) {
					gold++
				}
			}
			sentences, mentions = sentences+1, mentions+gold
			for i, threshold := range thresholds {
				if known.any < threshold {
					skipped[i], lost[i] = skipped[i]+1, lost[i]+gold
				}
			}
		}
	}
	for i, threshold := range thresholds {
		share := float64(lost[i]) / float64(mentions)
		t.Logf("learned %v, skip %g: %.3f of %d sentences, %.4f of %d mentions", l.Learned != nil, threshold,
			float64(skipped[i])/float64(sentences), sentences, share, mentions)
		if l.Learned != nil && threshold == 0.1 && share > 0.04 {
			t.Errorf("a chance of .1 loses %.4f of the mentions", share)
		}
	}
}

// learnedFrom is what an index of annotated documents learns.
func learnedFrom(t *testing.T, name, train string) *Learned {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "index")
	if built := os.Getenv("RAGNER_SKIP_INDEX"); built != "" {
		dir = filepath.Join(built, name)
	} else {
		spec := corpora.Spec{Path: train, Options: map[string]string{}}
		in := index.Input{Corpora: []index.Corpus{{Spec: spec, Documents: corpora.Read(spec)}}}
		if _, err := index.Build(context.Background(), dir, in, index.Options{Learn: learn.Learner(learn.Defaults())}); err != nil {
			t.Fatal(err)
		}
	}
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return openedLearned(t, x)
}
