package learn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// randomChains are short chains of random attributes and tags that may follow one another.
func randomChains(rng *rand.Rand, y layout, n, used int) *chains {
	c := &chains{layout: y, first: []int32{0}, from: []int32{0}, used: used}
	for range n {
		length := 1 + rng.IntN(5)
		var spans []span
		for i := 0; i < length; i++ {
			if rng.IntN(2) == 0 {
				last := min(length-1, i+rng.IntN(3))
				spans = append(spans, span{i, last, rng.IntN(y.labels)})
				i = last
			}
		}
		tags := make([]uint16, length)
		y.encode(tags, spans)
		for _, tag := range tags {
			for range 3 {
				c.attrs = append(c.attrs, uint32(rng.IntN(used)))
			}
			c.from = append(c.from, int32(len(c.attrs)))
			c.tags = append(c.tags, tag)
		}
		c.first = append(c.first, int32(len(c.tags)))
	}
	return c
}

// allWeights has a weight for every attribute and tag.
func allWeights(c *chains) *weights {
	w := &weights{steps: c.steps(), from: []int32{0}}
	for range c.used {
		for tag := range c.layout.tags() {
			w.tags = append(w.tags, uint16(tag))
		}
		w.from = append(w.from, int32(len(w.tags)))
	}
	return w
}

func randomPoint(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

// TestGradient compares the gradient with finite differences.
func TestGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, y := range []layout{{1, false}, {2, false}, {3, false}, {3, true}} {
		c, labels := randomChains(rng, y, 150, 7), y.labels
		w := allWeights(c)
		o := newObjective(c, w, 0.3, 2)
		x, g, other := randomPoint(rng, w.len()), make([]float64, w.len()), make([]float64, w.len())
		o.adapt(x, 0.3)
		o.evaluate(x, g)
		for i := range x {
			const h = 1e-5
			at := x[i]
			x[i] = at + h
			above := o.evaluate(x, other)
			x[i] = at - h
			below := o.evaluate(x, other)
			x[i] = at
			if want := (above - below) / (2 * h); math.Abs(want-g[i]) > 1e-3*(1+math.Abs(want)) {
				t.Errorf("%d labels, weight %d: gradient %g, differences say %g", labels, i, g[i], want)
			}
		}
	}
}

// TestAdapt has chains of one token and weights of zero: the token is outside or a mention of its own, each as likely.
func TestAdapt(t *testing.T) {
	y := newLayout(1)
	c := &chains{
		layout: y, first: []int32{0, 1, 2, 3}, tags: []uint16{outside, outside, uint16(y.tag(0, single))},
		attrs: []uint32{0, 0, 1, 0}, from: []int32{0, 1, 3, 4}, used: 2,
	}
	w := allWeights(c)
	for workers := 1; workers <= 2; workers++ {
		o := newObjective(c, w, 4, workers)
		o.adapt(make([]float64, w.len()), 4)
		for k, tag := range w.tags {
			want := 2.0
			if tag == outside || int(tag) == y.tag(0, single) {
				tokens := []float64{3, 1}[k/y.tags()]
				want = 2 + tokens/4
			}
			if math.Abs(o.prior[k]-want) > 1e-12 {
				t.Errorf("attribute %d, tag %d: prior %g, want %g", k/y.tags(), tag, o.prior[k], want)
			}
		}
		for _, p := range o.prior[len(w.tags):] {
			if p != 4 {
				t.Errorf("between tags the prior is %g", p)
			}
		}
	}
}

// TestBound compares the sums of a lattice whose tokens are parts of coarser ones with those over every tag sequence that
// keeps to the coarser ones' borders.
func TestBound(t *testing.T) {
	given := []corpora.Token{{Start: 0, End: 1}, {Start: 1, End: 3}, {Start: 4, End: 5}} // the second is two of ours
	ours := []corpora.Token{{Start: 0, End: 1}, {Start: 1, End: 2}, {Start: 2, End: 3}, {Start: 4, End: 5}}
	want := borders{{true, true}, {true, false}, {false, true}, {true, true}}
	if got := bordersOf(given, ours); !slices.Equal(got, want) {
		t.Fatalf("borders %v, want %v", got, want)
	}
	if bordersOf(nil, ours) != nil || bordersOf(ours, ours) != nil {
		t.Error("borders where there are none")
	}
	rng := rand.New(rand.NewPCG(9, 4))
	for _, y := range []layout{{1, false}, {2, false}, {2, true}} {
		steps := randomPoint(rng, y.steps())
		l := newLattice(y)
		l.setSteps(steps)
		l.resize(len(ours))
		copy(l.score, randomPoint(rng, len(l.score)))
		l.bound(want)
		scores := slices.Clone(l.score)
		l.run()
		checkAgainstAll(t, l, steps, scores)
		l.eachSpan(1e-300, func(s span, _ float64) {
			if s.first == 2 || s.last == 1 {
				t.Errorf("%d labels: a mention of tokens %d to %d", y.labels, s.first, s.last)
			}
		})
	}
}

// TestMarginals compares all sums with those over every tag sequence.
func TestMarginals(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, y := range []layout{{1, false}, {2, false}, {1, true}, {2, true}} {
		for n := 1; n <= 4; n++ {
			steps, scores := randomPoint(rng, y.steps()), randomPoint(rng, n*y.tags())
			l := newLattice(y)
			l.setSteps(steps)
			l.resize(n)
			copy(l.score, scores)
			l.run()
			checkAgainstAll(t, l, steps, scores)
		}
	}
}

func checkAgainstAll(t *testing.T, l *lattice, steps, scores []float64) {
	t.Helper()
	total, tags := 0.0, make([]float64, l.n*l.tags())
	spans, counts := map[span]float64{}, make([]float64, len(steps))
	eachSequence(l.layout, l.n, func(sequence []uint16, found []span) {
		w := l.weigh(sequence, steps)
		for i, tag := range sequence {
			w += scores[i*l.tags()+int(tag)]
		}
		w = math.Exp(w)
		total += w
		for i, tag := range sequence {
			tags[i*l.tags()+int(tag)] += w
		}
		for _, s := range found {
			spans[s] += w
		}
		l.eachStep(sequence, func(at int) { counts[at] += w })
	})
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
			t.Errorf("%d labels, %d tokens: %s is %g, want %g", l.labels, l.n, what, got, want)
		}
	}
	near("log Z", l.logZ, math.Log(total))
	for i := range tags {
		near("a tag's marginal", l.marginal(i/l.tags(), i%l.tags()), tags[i]/total)
	}
	seen := 0
	l.eachSpan(0, func(s span, p float64) {
		seen++
		near("a mention's marginal", p, spans[s]/total)
	})
	if seen != len(spans) {
		t.Errorf("%d mentions, want %d", seen, len(spans))
	}
	expected := make([]float64, len(steps))
	l.expect(expected)
	for i := range expected {
		near("a step's expectation", expected[i], counts[i]/total)
	}
}

// eachSequence calls f with every way to put mentions on n tokens.
func eachSequence(y layout, n int, f func([]uint16, []span)) {
	var spans []span
	tags := make([]uint16, n)
	var place func(i int)
	place = func(i int) {
		if i == n {
			y.encode(tags, spans)
			f(tags, spans)
			return
		}
		place(i + 1)
		for last := i; last < n; last++ {
			for label := range y.labels {
				spans = append(spans, span{i, last, label})
				place(last + 1)
				spans = spans[:len(spans)-1]
			}
		}
	}
	place(0)
}
