package retrieval

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
)

const twoTopics = `a1: Mutations of the gene cause [cystic fibrosis|Disease] in children.
a2: The gene of [cystic fibrosis|Disease] was cloned from lung tissue.
a3: Children with [cystic fibrosis|Disease] have salty sweat.
b1: The dose of [colchicine|Chemical] was lowered in patients with gout.
b2: Patients with [gout|Disease] received [colchicine|Chemical] twice a day.
b3: A daily dose of [zinc|Chemical] was given to patients.
c1: The weather was fine.
`

func shared(t testing.TB, r *Searcher, s Sharing, queries ...Query) []Shared {
	t.Helper()
	found, err := r.RetrieveShared(context.Background(), queries, s)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(queries) {
		t.Fatalf("%d results for %d queries", len(found), len(queries))
	}
	return found
}

// head are the references of the shared demonstrations, in order.
func head(s Shared) string {
	return refs(Evidence{Demonstrations: s.Demonstrations[:s.Shared]})
}

// TestShareByTopic: queries about one thing share a set about it, and each has one more of its own.
func TestShareByTopic(t *testing.T) {
	x := world{documents: documents(t, twoTopics)}.build(t)
	settings := Defaults()
	settings.K = 2
	r := searcher(t, x, nil, settings)
	found := shared(t, r, Sharing{PerSet: 2, Own: 1},
		query("A child has cystic fibrosis and salty sweat."), query("The daily dose of zinc was lowered."),
		query("The gene of cystic fibrosis is on chromosome 7."), query("Gout patients took colchicine twice."))
	if found[0].Set != found[2].Set || found[1].Set != found[3].Set || found[0].Set == found[1].Set {
		t.Errorf("sets %d %d %d %d", found[0].Set, found[1].Set, found[2].Set, found[3].Set)
	}
	for i, f := range found {
		if f.Shared != 2 || len(f.Demonstrations) != 3 {
			t.Errorf("query %d: %d shared of %d", i, f.Shared, len(f.Demonstrations))
		}
		if own := f.Demonstrations[2]; slices.ContainsFunc(f.Demonstrations[:2], func(d Demonstration) bool { return d.Ref() == own.Ref() }) {
			t.Errorf("query %d: %s twice", i, own.Ref())
		}
	}
	if head(found[0]) != head(found[2]) || head(found[0]) == head(found[1]) {
		t.Errorf("%q, %q, %q", head(found[0]), head(found[2]), head(found[1]))
	}
	if want := retrieve(t, r, query("The daily dose of zinc was lowered.")); showTerms(found[1].Terms) != showTerms(want.Terms) {
		t.Errorf("terms %v, alone %v", found[1].Terms, want.Terms)
	}
}

// TestShareHoldsOut: nothing is shown that must not be shown for one of the queries of a set, and the same is shown
// whenever the same is asked.
func TestShareHoldsOut(t *testing.T) {
	docs := sampleDocuments(t, 60)
	x := world{documents: docs}.build(t)
	r := searcher(t, x, nil, Defaults())
	var queries []Query
	for i, doc := range docs {
		s := corpora.Segment(doc)[0]
		s.DocID = doc.ID
		q := Query{Sentence: s}
		if i%3 == 0 {
			q.Exclude = []string{docs[(i+1)%len(docs)].ID, docs[(i+7)%len(docs)].ID}
		}
		queries = append(queries, q)
	}
	for _, s := range []Sharing{{1, 0}, {4, 1}, {20, 2}, {1000, 1}} {
		found := shared(t, r, s, queries...)
		sets := map[int]string{}
		for i, f := range found {
			for _, d := range f.Demonstrations {
				if d.Sentence.DocID == queries[i].Sentence.DocID || slices.Contains(queries[i].Exclude, d.Sentence.DocID) {
					t.Errorf("%+v: %s is shown for %s", s, d.Ref(), queries[i].Sentence.DocID)
				}
			}
			if want := r.Settings().K + s.Own; len(f.Demonstrations) != want {
				t.Errorf("%+v: query %d has %d demonstrations, want %d", s, i, len(f.Demonstrations), want)
			}
			if known, ok := sets[f.Set]; f.Set >= 0 && ok && known != head(f) {
				t.Errorf("%+v: set %d is %q and %q", s, f.Set, known, head(f))
			}
			sets[f.Set] = head(f)
		}
		if again := shared(t, r, s, queries...); fmt.Sprint(again) != fmt.Sprint(found) {
			t.Errorf("%+v: another answer the second time", s)
		}
	}
}

// TestShareEdges: nothing to ask, nothing to find, nothing to show.
func TestShareEdges(t *testing.T) {
	x := world{documents: documents(t, twoTopics)}.build(t)
	r := searcher(t, x, nil, Defaults())
	if found := shared(t, r, Sharing{PerSet: 3, Own: 1}); len(found) != 0 {
		t.Errorf("%v", found)
	}
	if found := shared(t, r, Sharing{PerSet: 3, Own: 1}, query("qqq")); len(found[0].Demonstrations) != 0 || found[0].Set != noSet {
		t.Errorf("unknown words: %v", found)
	}
	none := Defaults()
	none.K = 0
	if found := shared(t, searcher(t, x, nil, none), Sharing{PerSet: 1, Own: 1}, query("Zinc was given.")); len(found[0].Demonstrations) != 1 {
		t.Errorf("k 0: %v", found)
	}
	empty := searcher(t, world{}.build(t), nil, Defaults())
	if found := shared(t, empty, Sharing{PerSet: 1, Own: 1}, query("Zinc was given.")); len(found[0].Demonstrations) != 0 {
		t.Errorf("empty index: %v", found)
	}
	if _, err := r.RetrieveShared(context.Background(), nil, Sharing{}); err == nil {
		t.Error("sets of no query")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.RetrieveShared(ctx, []Query{query("Zinc.")}, Sharing{PerSet: 1}); err == nil {
		t.Error("cancelled, and no error")
	}
}

func sampleDocuments(t testing.TB, n int) []corpora.Document {
	t.Helper()
	var docs []corpora.Document
	for doc, err := range sample.Train() {
		if err != nil {
			t.Fatal(err)
		}
		if docs = append(docs, doc); len(docs) == n {
			break
		}
	}
	return docs
}
