package index

import (
	"cmp"
	"slices"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// TestOrderOfDocuments: the order of the input numbers the rows, and so decides between rows of equal score. It
// changes no score, to the last bit.
func TestOrderOfDocuments(t *testing.T) {
	docs := generated(400)
	backwards := slices.Clone(docs)
	slices.Reverse(backwards)
	x, y := builtOf(t, docs), builtOf(t, backwards)
	if x.Sentences().Len() != y.Sentences().Len() || x.Sentences().Len() < 500 {
		t.Fatalf("%d and %d sentences", x.Sentences().Len(), y.Sentences().Len())
	}
	if x.Sentences().Text(0) == y.Sentences().Text(0) {
		t.Fatal("the order of the documents does not number the rows")
	}
	const k = 20
	for row := range x.Sentences().Len() {
		tokens, vector := Analyze(x.Sentences().Text(row)), x.Sentences().Vector(row)
		sameScores(t, named(x, x.Sentences().BM25(tokens, k, nil)), named(y, y.Sentences().BM25(tokens, k, nil)))
		sameScores(t, named(x, x.Sentences().Nearest(vector, k, nil)), named(y, y.Sentences().Nearest(vector, k, nil)))
	}
}

func builtOf(t *testing.T, docs []corpora.Document) *Index {
	t.Helper()
	dir := t.TempDir()
	build(t, dir, Input{Corpora: []Corpus{corpus("c", docs...)}}, sampleOptions())
	return open(t, dir)
}

// namedHit is a hit by its text, which the row is not.
type namedHit struct {
	text  string
	score float64
}

// named are hits by score and text.
func named(x *Index, hits []Hit) []namedHit {
	list := make([]namedHit, len(hits))
	for i, h := range hits {
		list[i] = namedHit{x.Sentences().Text(h.Row), h.Score}
	}
	slices.SortFunc(list, func(a, b namedHit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.text, b.text)) })
	return list
}

// sameScores compares all scores, and the texts of all that no row beyond the last one can tie with.
func sameScores(t *testing.T, a, b []namedHit) {
	t.Helper()
	if len(a) != len(b) || len(a) == 0 {
		t.Fatalf("%d and %d hits", len(a), len(b))
	}
	last := a[len(a)-1].score
	for i := range a {
		if a[i].score != b[i].score || a[i].score > last && a[i].text != b[i].text {
			t.Fatalf("hit %d: %v and %v", i, a[i], b[i])
		}
	}
}
