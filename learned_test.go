package ragner

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/learn"
)

// TestLearnedStandIn: without a learned tagger, or with one of another version, neighbours tags and that is said; a damaged
// one is an error.
func TestLearnedStandIn(t *testing.T) {
	for _, c := range []struct {
		name, model, warning string
		err                  error
	}{
		{"none", "", "the index has no learned tagger, neighbours stands in for it", nil},
		{"another version", "RLM1\xff\x00\x00\x00" + strings.Repeat("\x00", 20), "another version", nil},
		{"no model", "something else", "", index.ErrCorrupt},
	} {
		dir := filepath.Join(t.TempDir(), "index")
		docs := func(yield func(corpora.Document, error) bool) {
			yield(corpora.Document{ID: "a", Text: "A case of gout.", Entities: []corpora.Entity{{Label: "Disease", Fragments: []corpora.Fragment{{Start: 10, End: 14}}}}}, nil)
		}
		in := index.Input{Corpora: []index.Corpus{{Spec: corpora.Spec{Path: "a"}, Documents: docs}}}
		o := index.Options{Learn: func(context.Context, *index.Index, func(string, int, int)) ([]byte, index.Learned, string, error) {
			return []byte(c.model), index.Learned{Version: learn.Version}, "", nil
		}}
		if _, err := index.Build(context.Background(), dir, in, o); err != nil {
			t.Fatal(err)
		}
		options := Defaults()
		options.Tagger = "learned"
		e, err := Open(context.Background(), dir, options)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.err)
		}
		if err != nil {
			continue
		}
		if e.Tagger() != "neighbours" || !strings.Contains(strings.Join(e.Warnings(), "; "), c.warning) {
			t.Errorf("%s: tagger %s, warnings %q", c.name, e.Tagger(), e.Warnings())
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestNoLearner: the options turn learning off.
func TestNoLearner(t *testing.T) {
	o := Defaults()
	if NewLearner(o) == nil {
		t.Error("by default nothing is learned")
	}
	o.Learn.Enabled = false
	if NewLearner(o) != nil {
		t.Error("turned off, it is still learned")
	}
}
