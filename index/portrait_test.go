package index

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/index/lexicon"
)

// portrait checks the index in dir whole and is a hash of all that it holds and answers, which does not depend on how
// often it was built.
func portrait(t *testing.T, dir string) string {
	t.Helper()
	if err := Check(dir); err != nil {
		t.Fatalf("%v; the folder holds %v", err, entries(t, dir))
	}
	x, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	manifest := x.Manifest()
	fmt.Fprintln(sum, manifest.Counts, manifest.Labels, manifest.Embedder)
	for i := range x.Sentences().Len() {
		tokens, vector := Analyze(x.Sentences().Text(i)), x.Sentences().Vector(i)
		fmt.Fprintln(sum, x.Sentence(i), x.Sentences().BM25(tokens, 3, nil), x.Sentences().Nearest(vector, 3, nil), vector, shows(x, i))
	}
	for i := range x.Passages().Len() {
		fmt.Fprintln(sum, x.Passage(i), x.Passages().BM25(Analyze(x.Passages().Text(i)), 3, nil))
	}
	for i := range x.Terms().Len() {
		fmt.Fprintln(sum, x.Term(x.TermOfName(i)), x.Terms().BM25(Analyze(x.Terms().Text(i)), 3, nil))
	}
	for doc := range x.Documents() {
		fmt.Fprintln(sum, doc, x.SentencesOf(doc.ID))
	}
	if err := x.Lexicon().Entries(func(e lexicon.Entry) { fmt.Fprintln(sum, e) }); err != nil {
		t.Fatal(err)
	}
	if err := x.Err(); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// finished is the portrait of what an undisturbed build onto the sample makes.
func finished(t *testing.T, kind, url string, docs int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "undisturbed")
	if kind != "first" {
		build(t, dir, sampleInput(t), sampleOptions())
	}
	if err := buildKind(kind, dir, url, docs); err != nil {
		t.Fatal(err)
	}
	return portrait(t, dir)
}

// noLeftovers: after a build that succeeded the folder holds the index and the one before.
func noLeftovers(t *testing.T, dir string) {
	t.Helper()
	names := entries(t, dir)
	generations := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return generationNumber(name) == 0 })
	if len(generations) > 2 || len(names) != len(generations)+2 || strings.Contains(strings.Join(names, " "), asideSuffix) {
		t.Errorf("left over: %v", names)
	}
}
