package ablation_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/embed"
)

// poolWorld is a part of the sample with sentences that repeat, and something of each kind.
func poolWorld(t *testing.T) world {
	t.Helper()
	terms, err := sample.Ontology()
	if err != nil {
		t.Fatal(err)
	}
	w := world{documents: trainDocuments(t, 25), terms: terms[:200]}
	for i := range 10 {
		w.documents = append(w.documents, document(t, fmt.Sprintf("r%d", i), fmt.Sprintf("Nothing was found. [Gout%d|Disease] came. It was seen. It was seen.", i)))
	}
	w.passages = []corpora.Document{{ID: "p1", Text: "Fibrosis is a scar. Zinc is a metal."}}
	if w.embedder, err = embed.NewStatic(); err != nil {
		t.Fatal(err)
	}
	return w
}

// pools runs a grid of pools and opens the indexes that it made, by size.
func pools(t *testing.T, dir string, seed int, sizes ...int) (map[int]*index.Index, *ablation.Job, ablation.Results) {
	t.Helper()
	list := strings.Trim(strings.ReplaceAll(fmt.Sprint(sizes), " ", ", "), "[]")
	base := settings(dir)
	base.Retrieval.Seed = seed
	j := newJob(t, plan(t, "retrieval_only: true\nreference: pool all\nvary: {pool: ["+list+", all]}", base), goldDocuments(t, 2))
	j.Seed = seed
	r := runs(t, j)
	found := map[int]*index.Index{}
	paths, err := filepath.Glob(filepath.Join(j.Dir, "indexes", "pool-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		x, err := index.Open(path, index.OpenOptions{Verify: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = x.Close() })
		found[x.Sentences().Len()] = x
	}
	return found, j, r
}

func texts(x *index.Index) map[string]bool {
	set := map[string]bool{}
	for i := range x.Sentences().Len() {
		set[x.Sentences().Text(i)] = true
	}
	return set
}

func TestPool(t *testing.T) {
	dir := poolWorld(t).build(t, filepath.Join(t.TempDir(), "index"))
	whole, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	sizes := []int{1, 10, 40, 41, 150}
	drawn, _, r := pools(t, dir, 1, append(slices.Clone(sizes), whole.Sentences().Len(), 100000)...)
	if len(drawn) != len(sizes) || len(r.Rows) != len(sizes)+1 {
		t.Fatalf("%d indexes, rows: %s", len(drawn), states(r))
	}
	before := map[string]bool{}
	for i, n := range sizes {
		x := drawn[n]
		if x == nil {
			t.Fatalf("no index of exactly %d sentences", n)
		}
		if r.Rows[i].Pool != n || r.Rows[i].Settings["pool"] != n {
			t.Errorf("row %s has a pool of %d", r.Rows[i].Name, r.Rows[i].Pool)
		}
		now := texts(x)
		for text := range before {
			if !now[text] {
				t.Errorf("a pool of %d is not part of that of %d", sizes[i-1], n)
			}
		}
		before = now
		checkPart(t, whole, x)
	}
	if last := r.Rows[len(sizes)]; last.Pool != whole.Sentences().Len() || last.Settings["pool"] != 0 {
		t.Errorf("the whole pool: %+v", last)
	}
}

// checkPart holds that a pool's documents are those of the whole index, cut behind a sentence, and that all else stays.
func checkPart(t *testing.T, whole, part *index.Index) {
	t.Helper()
	original := map[string]corpora.Document{}
	for d := range whole.Documents() {
		original[d.ID] = d
	}
	cut := 0
	for d := range part.Documents() {
		o := original[d.ID]
		if len(d.Sentences) < len(o.Sentences) {
			cut++
		}
		o.Sentences = o.Sentences[:len(d.Sentences)]
		end := o.Sentences[len(o.Sentences)-1].Offset + len(o.Sentences[len(o.Sentences)-1].Text)
		o.Text = o.Text[:end]
		o.Entities = slices.DeleteFunc(o.Entities, func(e corpora.Entity) bool { return e.Start() >= end })
		if fmt.Sprintf("%+v", d) != fmt.Sprintf("%+v", o) {
			t.Errorf("document %s:\n%+v\nin the whole index:\n%+v", d.ID, d, o)
		}
	}
	if cut > 1 {
		t.Errorf("%d documents are cut", cut)
	}
	if part.TermCount() != whole.TermCount() || fmt.Sprint(part.Term(7)) != fmt.Sprint(whole.Term(7)) {
		t.Errorf("%d terms of %d", part.TermCount(), whole.TermCount())
	}
	if part.Passages().Len() != 2 || part.Passage(1).Text != whole.Passage(1).Text || !slices.Equal(part.PassagesOf("p1"), []int{0, 1}) {
		t.Errorf("%d passages", part.Passages().Len())
	}
	if a, b := part.Manifest().Embedder, whole.Manifest().Embedder; a.ID != b.ID || a.Name != b.Name || a.Dimensions != b.Dimensions {
		t.Errorf("embedder %+v, want %+v", a, b)
	}
}

// TestPoolSeed: one seed, one draw; another seed, another draw.
func TestPoolSeed(t *testing.T) {
	dir := poolWorld(t).build(t, filepath.Join(t.TempDir(), "index"))
	a, _, ra := pools(t, dir, 1, 30)
	b, _, rb := pools(t, dir, 1, 30)
	c, _, _ := pools(t, dir, 2, 30)
	same := func(x, y *index.Index) bool { return fmt.Sprint(texts(x)) == fmt.Sprint(texts(y)) }
	if !same(a[30], b[30]) || same(a[30], c[30]) {
		t.Error("the draw does not hang on the seed alone")
	}
	x, y := timeless(ra), timeless(rb)
	if asJSON(t, x.Rows) != asJSON(t, y.Rows) {
		t.Errorf("two runs:\n%s\n%s", asJSON(t, x.Rows), asJSON(t, y.Rows))
	}
}

// TestPoolOnce: an index is built once, reused by the next run, and built anew when it is damaged.
func TestPoolOnce(t *testing.T) {
	dir := poolWorld(t).build(t, filepath.Join(t.TempDir(), "index"))
	j := newJob(t, plan(t, "rows: [{name: a, set: {pool: 20}}, {name: b, set: {pool: 20, threshold: 0.6}}, {name: c}]", settings(dir)), goldDocuments(t, 2))
	var built []string
	j.Notice = func(text string) { built = append(built, text) }
	runs(t, j)
	if fmt.Sprint(built) != "[building the index of row a]" {
		t.Errorf("notices %q", built)
	}
	built = nil
	if r := runs(t, j); len(built) > 0 || r.Rows[1].Pool != 20 {
		t.Errorf("notices of the second run %q", built)
	}
	paths, err := filepath.Glob(filepath.Join(j.Dir, "indexes", "pool-20-*", "gen-000001", "lexicon.bin"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%v, %v", paths, err)
	}
	if err := os.Truncate(paths[0], 10); err != nil {
		t.Fatal(err)
	}
	if r := runs(t, j); len(built) != 1 || states(r) != "a done, b done, c done" {
		t.Errorf("after damage: notices %q, rows: %s", built, states(r))
	}
}

// TestEmbedderRow builds the whole index anew with another embedder, or with none.
func TestEmbedderRow(t *testing.T) {
	w := poolWorld(t)
	dir := w.build(t, filepath.Join(t.TempDir(), "index"))
	grid := "reference: static\nretrieval_only: true\nrows: [{name: none, set: {embedder: none}}, {name: static, set: {embedder: static}}, {name: other, set: {embedder: \"ollama:m\", pool: 15}}]"
	j := newJob(t, plan(t, grid, settings(dir)), goldDocuments(t, 2))
	var asked []string
	j.Embedder = func(_ context.Context, name string, _ config.Config) (embed.Embedder, error) {
		asked = append(asked, name)
		return nil, os.ErrNotExist
	}
	r := runs(t, j)
	if states(r) != "none done, static done, other failed" || fmt.Sprint(asked) != "[ollama:m]" {
		t.Errorf("rows: %s; asked for %v", states(r), asked)
	}
	if r.Rows[0].Pool != r.Rows[1].Pool {
		t.Errorf("pools of %d and %d sentences", r.Rows[0].Pool, r.Rows[1].Pool)
	}
	paths, err := filepath.Glob(filepath.Join(j.Dir, "indexes", "*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("indexes %v, %v", paths, err)
	}
	x, err := index.Open(paths[0], index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if x.Manifest().Embedder.ID != "" || fmt.Sprint(texts(x)) == "map[]" {
		t.Errorf("the index without vectors: %+v", x.Manifest().Embedder)
	}

	bare := newJob(t, plan(t, "retrieval_only: true\nrows: [{name: none, set: {embedder: none}}]", settings(newIndex(t, w.documents[:3]...))), goldDocuments(t, 1))
	runs(t, bare)
	if made, _ := filepath.Glob(filepath.Join(bare.Dir, "indexes", "*")); len(made) > 0 {
		t.Errorf("an index without vectors was built again: %v", made)
	}
}
