package retrieval

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

const heldWorld = `
d0: Patients with [cystic fibrosis|Disease] cough .
d1: The gene of [cystic fibrosis|Disease] was found .
d2: [Severe gout|Disease] is painful .
d3: A [gout|Disease] attack came .
d4: Patients have blorb and pain .
d5: He takes [zinc|Chemical] for a [cold|Disease] .
d6: Nothing was seen .
`

// heldGold repeats its mentions, teaches a border ("grave"), and says things of surfaces that others have too.
const heldGold = `gold: A [grave blorb|Canary] and a [grave tremor|Canary] came. The [blorb|Canary] and the [tremor|Canary] went. Then [grave gout|Disease] came, with [zinc|Canary]. A [quorbosis|Canary] and a [zorbitis of the ear|Canary] came. The quorboses, an ear zorbitis, a qourbosis and the haemoquorb went. Sevare gout was a [hemoquorb|Canary].
`

// sentences are the queries of a document, one a sentence.
func sentences(doc corpora.Document, exclude ...string) (list []Query) {
	for i, s := range corpora.Segment(doc) {
		s.DocID, s.Index = doc.ID, i
		list = append(list, Query{Sentence: s, Exclude: exclude})
	}
	return list
}

func candidates(list []lexicon.Candidate) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "%s %s %s %d-%d\n", c.Surface, c.Label, c.Source, c.Fragment.Start, c.Fragment.End)
	}
	return b.String()
}

// TestHeldOut: for the sentences of an indexed document, and for another document that excludes it, the index says of
// terms and mentions what it would say without it.
func TestHeldOut(t *testing.T) {
	gold := document(t, strings.TrimSpace(heldGold))
	ontology := terms(t, "T:1 Disease gout\nT:2 Chemical zinc")
	without := world{documents: documents(t, heldWorld), terms: ontology}
	with := world{documents: append(documents(t, heldWorld), gold), terms: ontology}
	clean, full := searcher(t, without.build(t), nil, Defaults()), searcher(t, with.build(t), nil, Defaults())
	renamed := gold
	renamed.ID = "another"
	for name, queries := range map[string][]Query{
		"itself": sentences(gold), "excluded": sentences(renamed, "gold"), "excluded with others": sentences(renamed, "none", "gold"),
	} {
		for i, q := range queries {
			bare := sentences(renamed)[i]
			if got, want := candidates(full.Candidates(q)), candidates(clean.Candidates(bare)); got != want {
				t.Errorf("%s, sentence %d: candidates\n%swithout the document\n%s", name, i, got, want)
			}
			if got, want := candidates(full.Spans(q)), candidates(clean.Spans(bare)); got != want {
				t.Errorf("%s, sentence %d: spans\n%swithout the document\n%s", name, i, got, want)
			}
			for j, c := range full.Candidates(q) { // base rates differ a little, for they are of the whole index
				if p := clean.Candidates(bare)[j].Prior; math.Abs(c.Prior-p) > 0.1 {
					t.Errorf("%s: prior %.3f of %s, without the document %.3f", name, c.Prior, c.Surface, p)
				}
			}
			e := retrieve(t, full, q)
			if strings.Contains(show(e), "gold#") || strings.Contains(show(e), "Canary") {
				t.Errorf("%s, sentence %d: evidence\n%s", name, i, show(e))
			}
		}
	}
	all := ""
	for _, q := range sentences(renamed) {
		all += candidates(full.Spans(q))
	}
	for _, leak := range []string{"blorb Canary lexicon", "quorboses Canary plural", "ear zorbitis Canary order", "haemoquorb Canary spelling"} {
		if !strings.Contains(all, leak) {
			t.Errorf("a document that is not held out does not betray %q, so this test shows nothing:\n%s", leak, all)
		}
	}
	if found := candidates(full.Spans(sentences(gold)[5])); !strings.Contains(found, "Sevare gout Disease fuzzy") {
		t.Errorf("a word of the held-out document alone is taken for a known one:\n%s", found)
	}
	if widened := candidates(full.Spans(query("A grave tremor."))); !strings.Contains(widened, "grave tremor") {
		t.Errorf("the document teaches others nothing:\n%s", widened)
	}
}

// TestHeldBorders: what a document alone teaches of borders is held out with it.
func TestHeldBorders(t *testing.T) {
	w := world{documents: documents(t, "d0: [Gout|Disease] came .\nd1: Then [gout|Disease] went .\nd2: [Asthma|Disease] came .\nd3: Then [asthma|Disease] went .")}
	for i := range 4 {
		w.documents = append(w.documents, document(t, fmt.Sprintf("x%d: With [dire gout|Disease] or [dire asthma|Disease] number%d .", i, i)))
	}
	whole := document(t, "whole: With [dire gout|Disease] or [dire asthma|Disease] now . With [dire gout|Disease] or [dire asthma|Disease] then .")
	text := "A dire gout was here ."
	found := func(docs []corpora.Document, q Query) string {
		return candidates(searcher(t, world{documents: docs}.build(t), nil, Defaults()).Spans(q))
	}
	q := query(text)
	if got := found(append(w.documents, whole), q); !strings.Contains(got, "dire gout Disease") {
		t.Errorf("an unseen sentence: %s", got)
	}
	q.Sentence.DocID = "whole"
	if got := found(append(w.documents[:4:4], whole), q); strings.Contains(got, "dire") || !strings.Contains(got, "gout Disease") {
		t.Errorf("taught by the held document alone: %s", got)
	}
	q.Sentence.DocID = "x0"
	if got := found(w.documents, q); !strings.Contains(got, "dire gout Disease") {
		t.Errorf("taught by others too: %s", got)
	}
}

func TestSeen(t *testing.T) {
	gold := document(t, strings.TrimSpace(heldGold))
	x := world{documents: append(documents(t, heldWorld), gold, document(t, "one: A [mump|Disease] came ."), document(t, "two: A [Mumps|Sign] came . Its [left|Part] side ."))}.build(t)
	r := searcher(t, x, nil, Defaults())
	for _, c := range []struct {
		doc, surface string
		exclude      []string
		want         bool
	}{
		{"new", "blorb", nil, true},
		{"new", "BLORB", nil, true},
		{"new", "blorb", []string{"gold"}, false},
		{"gold", "blorb", nil, false},
		{"gold", "grave tremor", nil, false},
		{"gold", "zinc", nil, true}, // annotated elsewhere, with another label
		{"d5", "zinc", nil, true},
		{"d5", "zinc", []string{"gold"}, false},
		{"d0", "cystic fibrosis", nil, true},
		{"d0", "cystic fibrosis", []string{"d1"}, false},
		{"one", "mump", nil, true}, // another spelling counts
		{"one", "mump", []string{"two"}, false},
		{"new", "pain", nil, false}, // stands there, not annotated
		{"new", "nowhere", nil, false},
		{"new", "", nil, false},
		{"", "gout", nil, true},
	} {
		if got := r.Seen(c.doc, c.surface, c.exclude...); got != c.want {
			t.Errorf("%q for %q without %v: seen %v", c.surface, c.doc, c.exclude, got)
		}
	}
}

// TestHeldSharedSentence: a sentence that stands in several documents is held out for each of them, and its counts are
// taken out once.
func TestHeldSharedSentence(t *testing.T) {
	w := world{documents: documents(t, "a: A [gout|Disease] came .\nb: A [gout|Disease] came .\nc: The [gout|Disease] went .")}
	r := searcher(t, w.build(t), nil, Defaults())
	for _, exclude := range [][]string{nil, {"b"}, {"b", "b", "a"}} {
		q := query("A gout came .")
		q.Sentence.DocID, q.Exclude = "a", exclude
		if got := refs(retrieve(t, r, q)); got != "c#0" {
			t.Errorf("without %v: %s is shown", exclude, got)
		}
		if !r.Seen("a", "gout", exclude...) || r.Seen("a", "gout", append(exclude, "c")...) {
			t.Errorf("without %v: counts are taken out twice, or not at all", exclude)
		}
	}
}

// TestHeldAtOnce asks for more documents than are remembered, from eight goroutines.
func TestHeldAtOnce(t *testing.T) {
	var w world
	for i := range mostHeld + 50 {
		w.documents = append(w.documents, document(t, fmt.Sprintf("d%d: The [fever%d|Disease] and the [common cold|Disease] came .", i, i)))
	}
	r := searcher(t, w.build(t), nil, Defaults())
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range w.documents {
				doc := w.documents[(i*(g+1))%len(w.documents)]
				q := sentences(doc)[0]
				if got := candidates(r.Spans(q)); strings.Contains(got, "fever") || !strings.Contains(got, "common cold Disease") {
					t.Errorf("document %s: %s", doc.ID, got)
				}
			}
		})
	}
	wait.Wait()
	if n := len(r.held.byID); n > mostHeld {
		t.Errorf("%d documents are remembered", n)
	}
}
