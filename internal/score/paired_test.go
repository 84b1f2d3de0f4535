package score

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ragner/ragner/corpora"
)

// plainPairs pairs as docs/scoring.md says, with all documents at hand and without looking which are in step. It gives
// for each gold document the place of its prediction, or -1, and how many were paired by their order.
func plainPairs(gold, pred []corpora.Document) (partner []int, byOrder int) {
	partner = slices.Repeat([]int{-1}, len(gold))
	used := map[int]bool{}
	pair := func(wanted func(g, p corpora.Document) bool) (n int) {
		for g := range gold {
			for p := 0; p < len(pred) && partner[g] < 0; p++ {
				if !used[p] && wanted(gold[g], pred[p]) {
					partner[g], used[p] = p, true
					n++
				}
			}
		}
		return n
	}
	pair(func(g, p corpora.Document) bool { return g.ID == p.ID })
	ofGold, ofPred := plainNumbered(gold), plainNumbered(pred)
	misled := false
	for g, p := range partner {
		misled = misled || p >= 0 && ofGold[g] && ofPred[p] && !sameInk(gold[g].Text, pred[p].Text)
	}
	for g := range partner {
		if misled && ofGold[g] && partner[g] >= 0 {
			delete(used, partner[g])
			partner[g] = -1
		}
	}
	loose, free := 0, 0
	for g := range gold {
		if partner[g] < 0 && tokenised(gold[g]) {
			loose++
		}
	}
	for p := range pred {
		if !used[p] && tokenised(pred[p]) {
			free++
		}
	}
	return partner, pair(func(g, p corpora.Document) bool {
		return tokenised(g) && tokenised(p) && (loose == free || ink(g.Text) == ink(p.Text))
	})
}

func plainNumbered(docs []corpora.Document) []bool {
	out := make([]bool, len(docs))
	last := map[string]int{}
	for i, d := range docs {
		name, digits, ok := strings.Cut(d.ID, "-")
		n, err := strconv.Atoi(digits)
		if out[i] = ok && err == nil && n > last[name] && tokenised(d); out[i] {
			last[name] = n
		}
	}
	return out
}

// The first documents of two collections that are in step are paired without being kept: whatever follows them, the
// pairs must be those of the plain way.
func TestMatchAgreesWithThePlainWay(t *testing.T) {
	byOrder, apart := 0, 0
	for seed := range uint64(800) {
		r := rand.New(rand.NewPCG(seed, 1))
		gold := someDocuments(r)
		pred := changed(r, gold)
		m, err := Match(InMemory(gold), InMemory(pred))
		if err != nil {
			t.Fatal(err)
		}
		partner, inOrder := plainPairs(gold, pred)
		got := slices.Concat(upTo(m.inStep), m.partner)
		if diff := cmp.Diff(partner, got); diff != "" || m.ByOrder != inOrder {
			t.Fatalf("seed %d: %d by order, want %d; partners (-want +got):\n%s\n%s\n%s", seed, m.ByOrder, inOrder, diff, names(gold), names(pred))
		}
		if inOrder > 0 {
			byOrder++
		}
		if m.inStep < len(gold) && m.inStep > 0 {
			apart++
		}
		checkPairs(t, m, gold, pred)
	}
	if byOrder < 100 || apart < 100 {
		t.Errorf("%d collections were paired by order, %d fell out of step: too few to tell", byOrder, apart)
	}
}

// checkPairs: each gold document comes once, in order, with its partner, as often as asked.
func checkPairs(t *testing.T, m *Paired, gold, pred []corpora.Document) {
	t.Helper()
	partner := slices.Concat(upTo(m.inStep), m.partner)
	for range 2 {
		i := 0
		for p, err := range m.Pairs() {
			if err != nil {
				t.Fatal(err)
			}
			want := Pair{Gold: gold[i]}
			if partner[i] >= 0 {
				want = Join(gold[i], pred[partner[i]])
			}
			if diff := cmp.Diff(want, p); diff != "" {
				t.Fatalf("pair %d (-want +got):\n%s", i, diff)
			}
			i++
		}
		if i != len(gold) {
			t.Fatalf("%d pairs of %d", i, len(gold))
		}
	}
}

func names(docs []corpora.Document) string {
	var out []string
	for _, d := range docs {
		out = append(out, fmt.Sprintf("%s=%q/%d", d.ID, d.Text, len(d.Sentences)))
	}
	return strings.Join(out, " ")
}

// someDocuments are few, of few texts, tokenised or not, with ids that are numbers of a reader or their own.
func someDocuments(r *rand.Rand) []corpora.Document {
	var specs []string
	number := 0
	for range 1 + r.IntN(7) {
		number += 1 + r.IntN(8)/7
		id := fmt.Sprintf("f-%d", number)
		if r.IntN(4) == 0 {
			id = string(rune('a' + r.IntN(3)))
		}
		specs = append(specs, id+"="+[]string{"|", "|", "|", ""}[r.IntN(4)]+string(rune('x'+r.IntN(3))))
	}
	return docs(specs...)
}

// changed are the same documents after a few accidents.
func changed(r *rand.Rand, gold []corpora.Document) []corpora.Document {
	pred := slices.Clone(gold)
	for range r.IntN(4) {
		at := r.IntN(len(pred) + 1)
		switch r.IntN(6) {
		case 0:
			pred = slices.Insert(pred, at, someDocuments(r)[0])
		case 1:
			r.Shuffle(len(pred), func(i, j int) { pred[i], pred[j] = pred[j], pred[i] })
		case 2:
			for i := range pred { // numbered anew
				pred[i].ID = fmt.Sprintf("%c-%d", 'f'+r.IntN(8)/7, i+1)
			}
		default:
			if at == len(pred) {
				continue
			}
			switch r.IntN(3) {
			case 0:
				pred = slices.Delete(pred, at, at+1)
			case 1:
				pred[at] = docs(pred[at].ID + "=|" + string(rune('x'+r.IntN(3))))[0]
			case 2:
				pred[at].ID = "a"
			}
		}
	}
	return pred
}

// Examples and Finder choose the same errors, the one with all cases at hand, the other one document at a time.
func TestFinderAgreesWithExamples(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		var pairs []Pair
		for i := range 1 + r.IntN(12) {
			p := pairOf(t, "A:0-5 A:6-11 B:18-23", []string{"", "A:0-5", "A:6-17 A:18-23", "B:0-11 C:24-29", "A:0-5 A:6-11 B:18-23 C:24-29"}[r.IntN(5)])
			p.Gold.ID = fmt.Sprint(i)
			if r.IntN(4) == 0 {
				p.Gold.ID = "again"
			}
			pairs = append(pairs, p)
		}
		for _, perKind := range []int{0, 1, 2, 5, 100} {
			var want, got []string
			for _, c := range Examples(pairs, perKind) {
				want = append(want, fmt.Sprintln(c.DocID, c.Kind, brief(c.Gold), brief(c.Pred)))
			}
			for _, x := range find(t, pairs, perKind).Examples {
				got = append(got, fmt.Sprintln(x.Document, x.Kind, at(x.Gold), at(x.Predicted)))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %d of a kind (-want +got):\n%s", seed, perKind, diff)
			}
		}
	}
}

func at(q *Quoted) string {
	if q == nil {
		return "-"
	}
	return fmt.Sprint(q.Label, q.Start)
}

// madeUp are documents that exist only while they are looked at.
type madeUp struct {
	n     int
	wrong bool   // every other document has another label
	back  bool   // the last one first, and one before it that nobody else has
	atEnd func() // is called whenever all have been read
}

func (m madeUp) Len() int { return m.n }

func (m madeUp) At(i int) (corpora.Document, error) {
	if m.back {
		i = m.n - i
	}
	doc := corpora.Document{ID: fmt.Sprint("document ", i), Text: strings.Repeat("word ", 1000)}
	for k := range 1 + i%3 {
		start := 5 * (k + i%7)
		doc.Entities = append(doc.Entities, corpora.Entity{Label: "L", Fragments: []corpora.Fragment{{Start: start, End: start + 4}}})
		if m.wrong && i%2 == 0 {
			doc.Entities[k].Label = "M"
		}
	}
	return doc, nil
}

func (m madeUp) All() iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for i := range m.n {
			if doc, err := m.At(i); !yield(doc, err) {
				return
			}
		}
		if m.atEnd != nil {
			m.atEnd()
		}
	}
}

// What is held of a document, while they are paired and while they are scored, is small, and no part of its 5,000
// bytes of text.
func TestMemoryOfScoring(t *testing.T) {
	for name, back := range map[string]bool{"in step": false, "out of step": true} {
		few, many := heldWhileScoring(t, 200, back), heldWhileScoring(t, 1200, back)
		perDocument := (float64(many) - float64(few)) / 1000
		t.Logf("%s: %.0f bytes of each document", name, perDocument)
		if perDocument > 500 {
			t.Errorf("%s: %.0f bytes are held of each document", name, perDocument)
		}
	}
}

func heldWhileScoring(t *testing.T, n int, back bool) (most uint64) {
	t.Helper()
	look := func() { most = max(most, liveHeap()) }
	m, err := Match(madeUp{n: n}, madeUp{n: n, wrong: true, back: back, atEnd: look})
	if err != nil {
		t.Fatal(err)
	}
	scorer, finder := NewDefault(), NewFinder(m.Duplicate)
	for p, err := range m.Pairs() {
		if err != nil {
			t.Fatal(err)
		}
		m.Note(p)
		scorer.Add(p)
		finder.Add(p)
	}
	look()
	if r := scorer.Report(); r.Errors.Label == 0 || len(m.Missing) > 1 {
		t.Errorf("report %+v", r.Errors)
	}
	if found, err := finder.Find(m.Pairs(), 3); err != nil || len(found.Examples) < 3 {
		t.Errorf("%d examples, %v", len(found.Examples), err)
	}
	return most
}

// liveHeap is how many bytes are reachable.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
