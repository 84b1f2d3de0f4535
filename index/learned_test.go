package index

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// learns is a Learn that gives a fixed model, and checks that it can look into the generation.
func learns(t *testing.T, model string, why string) Learn {
	return func(_ context.Context, x *Index, progress func(string, int, int)) ([]byte, Learned, string, error) {
		progress("learn", 1, 1)
		if x.Sentences().Len() == 0 || x.Lexicon() == nil || len(x.SentencesOf(x.Sentence(0).DocID)) == 0 {
			t.Error("the generation cannot be searched while a tagger is learned from it")
		}
		return []byte(model), Learned{Version: 3, Sentences: x.Sentences().Len()}, why, nil
	}
}

// TestLearnedIsPartOfTheGeneration: it is described, read back, learned anew by an addition, and gone with a build without.
func TestLearnedIsPartOfTheGeneration(t *testing.T) {
	dir := t.TempDir()
	o := sampleOptions()
	o.Learn = learns(t, "one", "")
	build(t, dir, sampleInput(t), o)
	if got := learnedOf(t, dir); got != "one" {
		t.Errorf("model %q", got)
	}
	o.Add, o.Learn = true, learns(t, "two", "")
	in := Input{Corpora: []Corpus{corpus("more", doc(t, "new", "A case of gout.", "gout"))}}
	build(t, dir, in, o)
	if got := learnedOf(t, dir); got != "two" {
		t.Errorf("after an addition the model is %q", got)
	}
	o.Learn = learns(t, "", "too little")
	if report := build(t, dir, in, o); report.Unlearned != "too little" || learnedOf(t, dir) != "" {
		t.Errorf("report %+v, model %q", report, learnedOf(t, dir))
	}
	o.Learn = nil
	if report := build(t, dir, in, o); report.Unlearned != "" || learnedOf(t, dir) != "" {
		t.Errorf("report %+v, model %q", report, learnedOf(t, dir))
	}
}

func learnedOf(t *testing.T, dir string) string {
	t.Helper()
	x := open(t, dir)
	data, err := x.LearnedModel()
	if err != nil {
		t.Fatal(err)
	}
	if (x.Manifest().Learned != nil) != (data != nil) {
		t.Errorf("the manifest tells of %+v, the model has %d bytes", x.Manifest().Learned, len(data))
	}
	if err := Check(dir); err != nil {
		t.Error(err)
	}
	return string(data)
}

// TestLearnedDamage: a damaged, cut or lost file of the tagger is damage of the index.
func TestLearnedDamage(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"flipped": func(path string) error { return os.WriteFile(path, []byte("modem"), 0o644) },
		"cut":     func(path string) error { return os.Truncate(path, 2) },
		"lost":    os.Remove,
	} {
		dir := t.TempDir()
		o := sampleOptions()
		o.Learn = learns(t, "model", "")
		build(t, dir, sampleInput(t), o)
		if err := harm(filepath.Join(dir, "gen-000001", LearnedFile)); err != nil {
			t.Fatal(err)
		}
		x, err := Open(dir, OpenOptions{})
		if err == nil {
			_, err = x.LearnedModel()
			_ = x.Close()
		}
		if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), LearnedFile) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestLearningFails: when learning fails, the build does, and the old generation stays.
func TestLearningFails(t *testing.T) {
	dir := t.TempDir()
	o := sampleOptions()
	o.Learn = learns(t, "one", "")
	build(t, dir, sampleInput(t), o)
	o.Learn = func(context.Context, *Index, func(string, int, int)) ([]byte, Learned, string, error) {
		return nil, Learned{}, "", errors.New("out of luck")
	}
	if _, err := Build(context.Background(), dir, sampleInput(t), o); err == nil || !strings.Contains(err.Error(), "learn a tagger: out of luck") {
		t.Errorf("error %v", err)
	}
	if got := learnedOf(t, dir); got != "one" {
		t.Errorf("model %q", got)
	}
}
