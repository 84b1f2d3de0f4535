package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/llm/endpoint"
	"github.com/ragner/ragner/internal/testkit"
)

// wordServer embeds by the words of a text, and can be switched to fail after so many texts.
type wordServer struct {
	*testkit.FaultServer
	sent atomic.Int64 // texts
	left atomic.Int64 // texts it will still answer
	turn bool         // be another model
}

func newWordServer(t *testing.T) *wordServer {
	s := &wordServer{}
	s.left.Store(1 << 40)
	local := hashEmbedder{dimensions: 24}
	s.FaultServer = testkit.NewFaultServer(t, func(w *testkit.Wire) {
		inputs, _ := w.Body["input"].([]any)
		if s.left.Add(int64(-len(inputs))) < 0 {
			testkit.Reset()(w)
		}
		s.sent.Add(int64(len(inputs)))
		testkit.Embeddings(func(text string) []float32 {
			if s.turn {
				text = "turned " + text
			}
			vectors, _ := local.Embed(context.Background(), []string{text})
			return vectors[0]
		})(w)
	})
	return s
}

func (s *wordServer) embedder(t *testing.T, kind string) embed.Embedder {
	t.Helper()
	e, err := embed.Parse(t.Context(), kind+":m", embed.Options{URL: s.URL, Batch: 16, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func cached(e embed.Embedder, mode CacheMode) Options {
	return Options{Embedder: e, Cache: mode, Created: created, Version: "test", Workers: 2}
}

// TestStoppedBuildGoesOn: the server dies again and again; each build goes on from where the one before was, every text
// is embedded once, and the index is the one that an undisturbed build makes.
func TestStoppedBuildGoesOn(t *testing.T) {
	for _, kind := range []string{"ollama", "openai"} {
		server, dir := newWordServer(t), filepath.Join(t.TempDir(), "idx")
		in := func() Input { return Input{Corpora: []Corpus{corpus("c", generated(200)...)}} }
		rounds := 0
		var report Report
		for err := errors.New("not begun"); err != nil; rounds++ {
			server.left.Store(1 << 40)
			e := server.embedder(t, kind)
			server.left.Store(150)
			report, err = Build(t.Context(), dir, in(), cached(e, CacheResume))
			var failed *endpoint.Error
			if err != nil && (!errors.As(err, &failed) || !strings.Contains(err.Error(), "are kept")) || rounds > 20 {
				t.Fatal(err)
			}
		}
		texts := open(t, dir).Sentences().Len()
		// Of each build but the last, two requests of 16 may have been under way when the server died; and each
		// began with a probe.
		if most := texts + rounds*(2*16+1); rounds < 3 || int(server.sent.Load()) > most || report.Recalled < texts-150 {
			t.Errorf("%s: %d texts sent in %d builds for %d, at most %d expected; %d recalled", kind, server.sent.Load(), rounds, texts, most, report.Recalled)
		}
		if _, err := os.Stat(filepath.Join(dir, CacheName)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the cache is still there: %v", err)
		}
		server.left.Store(1 << 40)
		undisturbed := filepath.Join(t.TempDir(), "idx")
		build(t, undisturbed, in(), cached(server.embedder(t, kind), CacheNone))
		if !reflect.DeepEqual(vectorsOf(t, dir), vectorsOf(t, undisturbed)) {
			t.Errorf("%s: other vectors than those of an undisturbed build", kind)
		}
	}
}

func vectorsOf(t *testing.T, dir string) (all [][]float32) {
	t.Helper()
	x := open(t, dir)
	for row := range x.Sentences().Len() {
		all = append(all, append([]float32(nil), x.Sentences().Vector(row)...))
	}
	return all
}

// TestCacheModes: what the next build has to ask for.
func TestCacheModes(t *testing.T) {
	in := Input{Corpora: []Corpus{corpus("c", generated(40)...)}}
	for _, c := range []struct {
		mode  CacheMode
		bytes int64
		asked bool // whether the second build asks for all texts again
	}{{CacheKeep, 0, false}, {CacheKeep, 1, true}, {CacheResume, 0, true}, {CacheNone, 0, true}, {"", 0, true}} {
		server, dir := newWordServer(t), t.TempDir()
		o := cached(server.embedder(t, "ollama"), c.mode)
		o.CacheBytes = c.bytes
		build(t, dir, in, o)
		before := server.sent.Load()
		report := build(t, dir, in, o)
		if again := server.sent.Load() > before; again != c.asked || (report.Recalled > 0) == again {
			t.Errorf("mode %q, limit %d: %d texts are sent again, %d recalled", c.mode, c.bytes, server.sent.Load()-before, report.Recalled)
		}
	}
	o := cached(hashEmbedder{dimensions: 8}, "for ever")
	if _, err := Build(t.Context(), t.TempDir(), in, o); err == nil {
		t.Error("an unknown mode passed")
	}
	dir := t.TempDir()
	build(t, dir, in, cached(hashEmbedder{dimensions: 8}, CacheKeep))
	if _, err := os.Stat(filepath.Join(dir, CacheName)); err == nil {
		t.Error("an embedder without a server got a cache")
	}
}

// TestAnotherModelIsNoticed: under the same name and with the same width its vectors would be compared with those of
// the old one and give wrong neighbours.
func TestAnotherModelIsNoticed(t *testing.T) {
	server, dir := newWordServer(t), t.TempDir()
	o := cached(server.embedder(t, "openai"), CacheNone)
	build(t, dir, sampleInput(t), o)
	server.turn = true
	turned := server.embedder(t, "openai")
	for name, err := range map[string]error{"open": openWith(dir, turned), "add": addWith(t, dir, turned), "the same": openWith(dir, o.Embedder)} {
		if wrong := errors.Is(err, ErrMismatch); wrong != (name != "the same") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func openWith(dir string, e embed.Embedder) error {
	x, err := Open(dir, OpenOptions{Embedder: e})
	if err != nil {
		return err
	}
	return x.Close()
}

func addWith(t *testing.T, dir string, e embed.Embedder) error {
	o := cached(e, CacheNone)
	o.Add = true
	_, err := Build(t.Context(), dir, sampleInput(t), o)
	return err
}

// TestUnknownTextsAreCounted, and more than a few are worth a warning.
func TestUnknownTextsAreCounted(t *testing.T) {
	dir := t.TempDir()
	in := Input{Corpora: []Corpus{corpus("c", doc(t, "a", "Zinc was given."), doc(t, "b", "???"))}}
	report := build(t, dir, in, sampleOptions())
	if n := open(t, dir).Manifest().Embedder.Unknown; n != 1 || !strings.Contains(fmt.Sprint(report.Warnings), "nothing of 1 of 2 texts") {
		t.Errorf("%d texts without a word are counted; warnings %q", n, report.Warnings)
	}
}
