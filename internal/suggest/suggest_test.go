package suggest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/learn"
)

var diseases = []string{"anthrax", "scurvy", "tetanus", "mumps", "asthma", "gout", "rabies", "cholera"}

// trained is an index of 48 sentences of one pattern, with a learned tagger or without.
func trained(t *testing.T, learned bool) *index.Index {
	t.Helper()
	var docs []corpora.Document
	for i := range 48 {
		d := corpora.Document{ID: fmt.Sprint("d", i), Text: fmt.Sprintf("Patient %d went home in week %d.", i, i)}
		if i%3 > 0 {
			name := diseases[i%len(diseases)]
			d.Text = fmt.Sprintf("Patient %d developed %s at home.", i, name)
			at := strings.Index(d.Text, name)
			d.Entities = []corpora.Entity{{Label: "Disease", Fragments: []corpora.Fragment{{Start: at, End: at + len(name)}}}}
		}
		docs = append(docs, d)
	}
	return built(t, docs, learned)
}

func built(t *testing.T, docs []corpora.Document, learned bool) *index.Index {
	t.Helper()
	o := index.Options{}
	if learned {
		s := learn.Defaults()
		s.Least, s.Iterations = 20, 30
		o.Learn = learn.Learner(s)
	}
	dir := filepath.Join(t.TempDir(), "index")
	in := index.Input{Corpora: []index.Corpus{{Spec: corpora.Spec{Path: "train"}, Documents: yielding(docs)}}}
	if len(docs) == 0 {
		in = index.Input{Passages: []index.Corpus{{Spec: corpora.Spec{Path: "text"}, Documents: yielding([]corpora.Document{{ID: "p", Text: "A passage."}})}}}
	}
	if _, err := index.Build(t.Context(), dir, in, o); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func yielding(docs []corpora.Document) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func text(id string, sentences ...string) corpora.Document {
	return corpora.Document{ID: id, Text: strings.Join(sentences, " ")}
}

func settings(n int) Settings {
	s := Defaults()
	s.N = n
	return s
}

func texts(r Report) (list []string) {
	for _, p := range r.Picks {
		list = append(list, p.Text)
	}
	return list
}

func TestLearnedDoubt(t *testing.T) {
	x := trained(t, true)
	sure := "Patient 90 went home in week 90."
	doubtful := "Colchicine and anthrax surprised Dr. Cholera."
	for range 2 { // the order of the input does not decide
		r, err := Run(t.Context(), x, yielding([]corpora.Document{text("a", sure), text("b", doubtful)}), settings(1))
		if err != nil || r.Judge != "learned" || r.Sentences != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
		if got := r.Picks[0]; got.Text != doubtful || got.DocID != "b" || got.Score != 1 || len(got.Doubts) == 0 {
			t.Errorf("picked %+v", got)
		}
		sure, doubtful = "Patient 91 went home in week 91.", "Rabies or perhaps mumps, said Patient Gout."
	}
}

func TestLeftOut(t *testing.T) {
	x := trained(t, false)
	docs := []corpora.Document{
		text("a", "Patient 0 went  home in week 0.", "Kuru is new."), // white space does not make it another sentence
		text("b", "Kuru is new.", "So is yaws."), text("c", "?!"),
	}
	r, err := Run(t.Context(), x, yielding(docs), settings(9))
	if err != nil {
		t.Fatal(err)
	}
	if r.Known != 1 || r.Repeated != 1 || r.Wordless != 1 || r.Sentences != 2 || len(r.Picks) != 2 || r.Judge != "neighbours" {
		t.Errorf("%+v", r)
	}
}

func TestNothing(t *testing.T) {
	x := trained(t, false)
	for want, docs := range map[string][]corpora.Document{
		"the text has no sentence":                      nil,
		"of its sentences 1 stand in the index already": {text("a", "Patient 0 went home in week 0.")},
		"0 stand in the index already, 1 have no word":  {text("a", "?!")},
	} {
		_, err := Run(t.Context(), x, yielding(docs), settings(1))
		if !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestNovelty shows that without a learned tagger words that the index has never seen are in doubt.
func TestNovelty(t *testing.T) {
	x := trained(t, false)
	r, err := Run(t.Context(), x, yielding([]corpora.Document{text("a", "Patient 7 developed home at week."), text("b", "Patient 7 developed kuru at home.")}), settings(1))
	if err != nil || r.Picks[0].DocID != "b" {
		t.Fatalf("%+v, %v", r.Picks, err)
	}
	d := r.Picks[0].Doubts
	if len(d) != 1 || d[0].Label != "" || r.Picks[0].Text[d[0].Start:d[0].End] != "kuru" || d[0].Chance <= 0 || d[0].Chance >= 1 {
		t.Errorf("%+v", d)
	}
}

func TestNoAnnotations(t *testing.T) {
	x := built(t, nil, true)
	r, err := Run(t.Context(), x, yielding([]corpora.Document{text("a", "Kuru is rare.", "Yaws is not.")}), settings(1))
	if err != nil || len(r.Picks) != 1 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "no annotated sentence") {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestWorkers shows that the choice does not depend on the number of workers.
func TestWorkers(t *testing.T) {
	x := trained(t, true)
	var docs []corpora.Document
	for i := range 300 {
		docs = append(docs, text(fmt.Sprint("t", i), fmt.Sprintf("Case %d had %s after %s.", i, diseases[i*7%8], []string{"lunch", "Kuru", "dinner"}[i%3])))
	}
	var first Report
	for workers := 1; workers <= 4; workers += 3 {
		s := settings(25)
		s.Workers, s.Candidates = workers, 100
		r, err := Run(t.Context(), x, yielding(docs), s)
		if err != nil || len(r.Picks) != 25 {
			t.Fatal(len(r.Picks), err)
		}
		if workers == 1 {
			first = r
		} else if !reflect.DeepEqual(first, r) {
			t.Errorf("%d workers choose %q, one %q", workers, texts(r), texts(first))
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Run(ctx, trained(t, false), yielding([]corpora.Document{text("a", "Kuru is new.")}), settings(1)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestValidate(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"n":          func(s *Settings) { s.N = 0 },
		"candidates": func(s *Settings) { s.Candidates = 0 },
		"workers":    func(s *Settings) { s.Workers = -1 },
		"length":     func(s *Settings) { s.Length = -1 },
		"density":    func(s *Settings) { s.Density = -1 },
		"again":      func(s *Settings) { s.Again = 2 },
		"measure":    func(s *Settings) { s.Measure = "entropy" },
	} {
		s := Defaults()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Defaults().Validate(); err != nil {
		t.Error(err)
	}
}
