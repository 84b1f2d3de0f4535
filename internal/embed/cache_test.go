package embed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/ragner/ragner/internal/boltfile"
	"github.com/ragner/ragner/internal/llm/endpoint"
	"github.com/ragner/ragner/internal/testkit"
)

// numbered are the texts "n0" to "n19".
func numbered() []string {
	var texts []string
	for i := range 20 {
		texts = append(texts, fmt.Sprintf("n%d", i))
	}
	return texts
}

func openCache(t *testing.T, path string) *Cache {
	t.Helper()
	c, err := OpenCache(path, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func through(t *testing.T, c *Cache, e Embedder) Embedder {
	t.Helper()
	cached, err := c.Through(e)
	if err != nil {
		t.Fatal(err)
	}
	return cached
}

func embedAll(t *testing.T, e Embedder, texts []string) [][]float32 {
	t.Helper()
	vectors, err := e.Embed(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	return vectors
}

// TestCacheIsAskedFirst: another program, later, asks the server for nothing that the file has.
func TestCacheIsAskedFirst(t *testing.T) {
	for _, kind := range []string{"ollama", "openai"} {
		path, server := filepath.Join(t.TempDir(), "cache"), toyServer(t)
		first := openCache(t, path)
		want := embedAll(t, through(t, first, openToy(t, kind, server.URL)), numbered())
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		again := openCache(t, path)
		e := through(t, again, openToy(t, kind, server.URL))
		before := len(server.Requests())
		got := embedAll(t, e, append(numbered(), "n77"))
		if !reflect.DeepEqual(got[:20], want) || again.Hits() != 20 {
			t.Errorf("%s: %d of 20 vectors came from the file, or they differ", kind, again.Hits())
		}
		if n := len(server.Requests()) - before; n != 1 {
			t.Errorf("%s: %d requests for one new text", kind, n)
		}
	}
}

// TestCacheHoldsNoText: neither keys nor values quote what was embedded, and only the owner can read them.
func TestCacheHoldsNoText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	embedAll(t, through(t, openCache(t, path), openToy(t, "ollama", toyServer(t).URL)), []string{"n5 Quarzfeld anosognosia"})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for _, word := range []string{"Quarzfeld", "anosognosia"} {
		if strings.Contains(string(data), word) {
			t.Errorf("the file holds %q", word)
		}
	}
}

// TestServerDiesInTheMiddle: what came before is not asked for again.
func TestServerDiesInTheMiddle(t *testing.T) {
	good := testkit.Embeddings(toy)
	server := toyServer(t, good, good, good, testkit.Reset(), testkit.Reset(), testkit.Reset(), testkit.Reset(), good)
	e, err := Parse(t.Context(), "ollama:m", Options{URL: server.URL, Batch: 4, Concurrency: 1, Backoff: 1, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cache")
	c := openCache(t, path)
	e = through(t, c, e)
	var failed *endpoint.Error
	if _, err := e.Embed(t.Context(), numbered()); !errors.As(err, &failed) || failed.Kind != endpoint.Incomplete {
		t.Fatalf("error %v", err)
	}
	for range 3 { // until the server is well again
		_, _ = e.Embed(t.Context(), numbered())
	}
	before := len(server.Requests())
	if got := embedAll(t, e, numbered()); len(got) != 20 {
		t.Fatalf("%d vectors", len(got))
	}
	sent := map[string]int{}
	for _, r := range server.Requests() {
		for _, text := range r.Body["input"].([]any) {
			sent[text.(string)]++
		}
	}
	for i := range 12 { // of three requests that were answered
		if n := sent[fmt.Sprintf("n%d", i)]; n != 1 {
			t.Errorf("text %d was sent %d times", i, n)
		}
	}
	if n := len(server.Requests()) - before; n != 2 {
		t.Errorf("%d requests for the 8 texts that were left", n)
	}
}

// TestDamagedVectorIsAskedForAgain flips a bit of every value in the file.
func TestDamagedVectorIsAskedForAgain(t *testing.T) {
	c, server := openCache(t, filepath.Join(t.TempDir(), "cache")), toyServer(t)
	e := through(t, c, openToy(t, "ollama", server.URL))
	want := embedAll(t, e, numbered())
	err := boltfile.Update(c.db, func(tx *bbolt.Tx) error {
		damaged := map[string][]byte{}
		_ = tx.Bucket(vectorBucket).ForEach(func(k, v []byte) error {
			damaged[string(k)] = append([]byte(nil), v...)
			damaged[string(k)][9+len(damaged)%8] ^= 4
			return nil
		})
		for k, v := range damaged {
			if err := tx.Bucket(vectorBucket).Put([]byte(k), v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := embedAll(t, e, numbered()); !reflect.DeepEqual(got, want) || c.Hits() != 0 {
		t.Errorf("%d damaged vectors were taken", c.Hits())
	}
	if got := embedAll(t, e, numbered()); !reflect.DeepEqual(got, want) || c.Hits() != 20 {
		t.Errorf("%d vectors are mended", c.Hits())
	}
}

// TestAnotherModelUnderTheName: its vectors are of the same width, and none of the old ones is taken.
func TestAnotherModelUnderTheName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	c := openCache(t, path)
	old := openToy(t, "openai", toyServer(t).URL)
	embedAll(t, through(t, c, old), numbered())
	turned := func(text string) []float32 { v := toy(text); return []float32{0, v[1], v[0]} }
	other := openToy(t, "openai", testkit.NewFaultServer(t, testkit.Embeddings(turned)).URL)
	if other.ID() != old.ID() || SameModel(other.(Probed).Probe(), old.(Probed).Probe()) {
		t.Fatal("the models differ otherwise than meant")
	}
	got := embedAll(t, through(t, c, other), numbered())
	if c.Hits() != 0 || got[3][0] != 0 {
		t.Errorf("%d vectors of the other model were taken", c.Hits())
	}
}

// TestCacheIsBounded: above the limit vectors come, and are not kept.
func TestCacheIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	wide := func(text string) []float32 { return append(toy(text), make([]float32, 4000)...) }
	c, err := OpenCache(path, 512<<10)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	e, err := Parse(t.Context(), "ollama:m", Options{URL: testkit.NewFaultServer(t, testkit.Embeddings(wide)).URL, Batch: 5})
	if err != nil {
		t.Fatal(err)
	}
	e = through(t, c, e)
	var texts []string
	for i := range 200 {
		texts = append(texts, fmt.Sprintf("n%d", i))
	}
	want := embedAll(t, e, texts)
	if info, err := os.Stat(path); err != nil || info.Size() > 1<<20 || !c.Full() {
		t.Errorf("the file has %d bytes; full: %v", info.Size(), c.Full())
	}
	got := embedAll(t, e, texts)
	if n := c.Hits(); !reflect.DeepEqual(got, want) || n == 0 || n > 100 {
		t.Errorf("%d of 200 vectors were kept, or they differ", n)
	}
}

func TestCacheFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(path, []byte(strings.Repeat("no such file ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	c := openCache(t, path) // made anew
	if _, err := OpenCache(path, 1<<20); !errors.Is(err, boltfile.ErrInUse) {
		t.Errorf("in use: %v", err)
	}
	local, err := NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	if e := through(t, c, local); e != local {
		t.Error("the built-in table got a cache")
	}
	if err := os.MkdirAll(filepath.Join(path+"2", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCache(path+"2", 1); err == nil {
		t.Error("a folder was opened")
	}
}

func TestBatchSize(t *testing.T) {
	texts := []string{"ääääää", "bbbb", "", "cccccccccccccccccccc", "d"}
	all := []int{0, 1, 2, 3, 4}
	for _, c := range []struct {
		batch, chars int
		places       []int
		want         int
	}{
		{5, 100, all, 5},
		{2, 100, all, 2},
		{5, 10, all, 3}, // characters, not bytes
		{5, 9, all, 1},
		{5, 10, all[3:], 1}, // too long, so alone
		{5, 1, all[:1], 1},
		{1, 100, all[4:], 1},
	} {
		if got := (Options{Batch: c.batch, BatchChars: c.chars}).batchSize(texts, c.places); got != c.want {
			t.Errorf("batch %d, %d characters, places %v: %d, want %d", c.batch, c.chars, c.places, got, c.want)
		}
	}
}

// TestLongTextsAreClipped: by characters; what comes is the vector of the beginning.
func TestLongTextsAreClipped(t *testing.T) {
	server := toyServer(t)
	e, err := Parse(t.Context(), "ollama:m", Options{URL: server.URL, BatchChars: 12})
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"n1", "n3 äöüäöüäöü", "n2 äöüäöüäöüäöüäöü"}
	embedAll(t, e, texts)
	sent := map[any]bool{}
	for _, r := range server.Requests() {
		for _, text := range r.Body["input"].([]any) {
			sent[text] = true
		}
	}
	if want := "n2 äöüäöüäöü"; !sent[want] || !sent[texts[1]] || sent[texts[2]] || texts[2] == want {
		t.Errorf("sent were %v", sent)
	}
}

// TestServerFindsARequestTooLarge: smaller requests are tried, and of a single text its beginning.
func TestServerFindsARequestTooLarge(t *testing.T) {
	for name, refuse := range map[string]testkit.Fault{
		"payload":     testkit.Status(http.StatusRequestEntityTooLarge, `{"error":"payload too large"}`),
		"bad request": testkit.Status(http.StatusBadRequest, `{"error":"batch size 8 > maximum"}`),
		"validation":  testkit.Status(http.StatusUnprocessableEntity, `{"error":"too many"}`),
		"llama.cpp":   testkit.Status(http.StatusInternalServerError, `{"error":{"message":"input (9 tokens) is too large to process"}}`),
	} {
		server := testkit.NewFaultServer(t, func(w *testkit.Wire) {
			inputs := w.Body["input"].([]any)
			if text := inputs[0].(string); len(inputs) > 2 || name != "bad request" && name != "validation" && len(text) > 40 {
				refuse(w)
				return
			}
			testkit.Embeddings(toy)(w)
		})
		e, err := Parse(t.Context(), "ollama:m", Options{URL: server.URL, Concurrency: 1, Backoff: 1})
		if err != nil {
			t.Fatal(err)
		}
		texts := append(numbered(), "n7"+strings.Repeat(" of a very long text", 20))
		got := embedAll(t, e, texts)
		for i, v := range got {
			want := vector(toy(texts[i]))
			if err := want.unit(); err != nil || !SameModel(v, want) {
				t.Errorf("%s: text %d has %v", name, i, v)
			}
		}
	}
	always := testkit.NewFaultServer(t, testkit.Embeddings(toy), testkit.Status(http.StatusBadRequest, `{"error":"never"}`))
	e, err := Parse(t.Context(), "ollama:m", Options{URL: always.URL, Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Embed(t.Context(), numbered()); err == nil || len(always.Requests()) > 7 {
		t.Errorf("%d requests to a server that refuses everything, error %v", len(always.Requests()), err)
	}
}

func TestZeroVectors(t *testing.T) {
	zeros := testkit.Embeddings(func(string) []float32 { return []float32{0, 0, 0} })
	var failed *endpoint.Error
	_, err := Parse(t.Context(), "ollama:m", Options{URL: testkit.NewFaultServer(t, zeros).URL})
	if !errors.As(err, &failed) || failed.Kind != endpoint.BadAnswer || !strings.Contains(err.Error(), "all zeros") {
		t.Errorf("zeros for the probe: %v", err)
	}
	e, err := Parse(t.Context(), "ollama:m", Options{URL: toyServer(t, zeros).URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Embed(t.Context(), numbered()); !errors.As(err, &failed) || failed.Kind != endpoint.BadAnswer {
		t.Errorf("zeros for everything: %v", err)
	}
	some := func(text string) []float32 {
		if text == "n3" {
			return []float32{0, 0, 0}
		}
		return toy(text)
	}
	e = openToy(t, "ollama", testkit.NewFaultServer(t, testkit.Embeddings(some)).URL)
	if got := embedAll(t, e, numbered()); !vector(got[3]).zero() || vector(got[4]).zero() {
		t.Errorf("zeros for one text: %v", got[3])
	}
}

func TestSameModel(t *testing.T) {
	for _, c := range []struct {
		a, b []float32
		want bool
	}{
		{[]float32{1, 2}, []float32{1, 2}, true},
		{[]float32{1, 2}, []float32{2, 4}, true},
		{[]float32{1, 2}, []float32{1.05, 1.95}, true},
		{[]float32{1, 2}, []float32{2, 1}, false},
		{[]float32{1, 2}, []float32{-1, -2}, false},
		{[]float32{1, 2}, []float32{1, 2, 0}, false},
		{nil, nil, false},
	} {
		if SameModel(c.a, c.b) != c.want {
			t.Errorf("%v and %v: want %v", c.a, c.b, c.want)
		}
	}
}
