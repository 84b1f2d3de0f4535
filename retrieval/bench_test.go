package retrieval

import (
	"context"
	"testing"

	"github.com/ragner/ragner/corpora/sample"
)

// BenchmarkRetrieve retrieves for unseen sentences over the whole sample, one after another.
func BenchmarkRetrieve(b *testing.B) {
	w := sampleWorld(b, 10_000)
	x := w.build(b)
	var queries []Query
	for _, text := range sample.Unseen() {
		queries = append(queries, query(text))
	}
	simple := Defaults()
	simple.Coverage, simple.Mentions, simple.PerMention, simple.LabelWeight = false, 0, 0, 0
	noTerms := Defaults()
	noTerms.Terms = 0
	for name, s := range map[string]Settings{"defaults": Defaults(), "fused": simple, "no-terms": noTerms} {
		b.Run(name, func(b *testing.B) {
			r := searcher(b, x, w.embedder, s)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := r.Retrieve(context.Background(), queries[i%len(queries)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
