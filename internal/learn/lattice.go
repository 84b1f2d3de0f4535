package learn

import "math"

// lattice computes the exact distribution over the tag sequences of a chain (Lafferty, McCallum and Pereira 2001) by
// scaled forward and backward sums (Rabiner 1989). It is reused from chain to chain and not safe for concurrent use.
type lattice struct {
	layout
	n     int
	moves []float64 // e^weight of the steps between tags
	score []float64 // n × tags; by exponentiate e^(score-its row's greatest)

	forward  []float64 // n × tags, each row sums to 1
	backward []float64 // n × tags, scaled as forward is
	ended    []float64 // n × states: forward mass of what ends at a token
	starts   []float64 // n × states: mass that flows into what starts at a token
	after    []float64 // n × states: backward mass behind what ends at a token
	onto     []float64 // n × states: backward mass from what starts at a token on
	scale    []float64
	logZ     float64
}

func newLattice(y layout) *lattice {
	return &lattice{layout: y, moves: make([]float64, y.steps())}
}

// setSteps takes the weights between tags.
func (t *lattice) setSteps(weights []float64) {
	for i, w := range weights {
		t.moves[i] = math.Exp(w)
	}
}

// resize makes room for a chain of n tokens with scores of zero.
func (t *lattice) resize(n int) {
	t.n = n
	t.score = sized(t.score, n*t.tags())
	clear(t.score)
	t.forward, t.backward = sized(t.forward, n*t.tags()), sized(t.backward, n*t.tags())
	t.ended, t.starts, t.after = sized(t.ended, n*t.states()), sized(t.starts, n*t.states()), sized(t.after, n*t.states())
	t.onto, t.scale = sized(t.onto, n*t.states()), sized(t.scale, n)
}

func sized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n, n+n/2)
	}
	return s[:n]
}

// row is a token's part of one of the arrays.
func (t *lattice) row(a []float64, i int) []float64 { return a[i*t.tags() : (i+1)*t.tags()] }

func (t *lattice) byState(a []float64, i int) []float64 { return a[i*t.states() : (i+1)*t.states()] }

// run computes all sums from the scores, which it replaces by their exponentials. The logarithm of the partition sum
// is logZ.
func (t *lattice) run() {
	t.logZ = 0
	for i := range t.n {
		t.logZ += exponentiate(t.row(t.score, i))
	}
	for i := range t.n {
		t.ahead(i)
	}
	rest := 0.0
	for x, mass := range t.byState(t.ended, t.n-1) {
		rest += mass * t.moves[t.last(x)]
	}
	t.logZ += math.Log(rest)
	for i := t.n - 1; i >= 0; i-- {
		t.back(i, rest)
	}
}

// exponentiate replaces scores by e^(score-greatest) and returns the greatest.
func exponentiate(scores []float64) float64 {
	greatest := math.Inf(-1)
	for _, s := range scores {
		greatest = max(greatest, s)
	}
	for i, s := range scores {
		scores[i] = math.Exp(s - greatest)
	}
	return greatest
}

// ahead is the forward step to token i.
func (t *lattice) ahead(i int) {
	starts, score, f := t.byState(t.starts, i), t.row(t.score, i), t.row(t.forward, i)
	if i == 0 {
		copy(starts, t.moves[t.step(t.first(), 0):])
	} else {
		clear(starts)
		for x, mass := range t.byState(t.ended, i-1) {
			for y, w := range t.moves[t.step(x, 0):t.step(x+1, 0)] {
				starts[y] += mass * w
			}
		}
	}
	f[outside] = starts[0] * score[outside]
	sum := f[outside]
	for l := range t.labels {
		tag := t.tag(l, 0)
		start := starts[t.state(l)]
		f[tag+begin], f[tag+single] = start*score[tag+begin], start*score[tag+single]
		f[tag+inside], f[tag+end] = 0, 0
		if i > 0 {
			w, before := t.moves[t.within(l, 0):], t.row(t.forward, i-1)[tag:]
			f[tag+inside] = (before[begin]*w[beginInside] + before[inside]*w[insideInside]) * score[tag+inside]
			f[tag+end] = (before[begin]*w[beginEnd] + before[inside]*w[insideEnd]) * score[tag+end]
		}
		sum += f[tag+begin] + f[tag+single] + f[tag+inside] + f[tag+end]
	}
	t.normalise(i, sum)
}

// normalise scales the row of token i to the sum 1.
func (t *lattice) normalise(i int, sum float64) {
	f, ended := t.row(t.forward, i), t.byState(t.ended, i)
	for k := range f {
		f[k] /= sum
	}
	t.scale[i] = sum
	t.logZ += math.Log(sum)
	clear(ended)
	ended[0] = f[outside]
	for l := range t.labels {
		ended[t.state(l)] += f[t.tag(l, end)] + f[t.tag(l, single)]
	}
}

// back is the backward step at token i: the mass of all that may follow each of its tags, over the forward scale, so
// that forward times backward is a probability.
func (t *lattice) back(i int, rest float64) {
	after, b := t.byState(t.after, i), t.row(t.backward, i)
	if i == t.n-1 {
		for x := range after {
			after[x] = t.moves[t.last(x)] / rest
		}
		clear(b)
	} else {
		t.backFrom(i, after, b)
	}
	b[outside] = after[0]
	for l := range t.labels {
		b[t.tag(l, end)], b[t.tag(l, single)] = after[t.state(l)], after[t.state(l)]
	}
}

func (t *lattice) backFrom(i int, after, b []float64) {
	next, score, onto, scale := t.row(t.backward, i+1), t.row(t.score, i+1), t.byState(t.onto, i+1), t.scale[i+1]
	clear(onto)
	onto[0] = score[outside] * next[outside] / scale
	for l := range t.labels {
		tag := t.tag(l, 0)
		onto[t.state(l)] += (score[tag+begin]*next[tag+begin] + score[tag+single]*next[tag+single]) / scale
	}
	for x := range after {
		sum := 0.0
		for y, w := range t.moves[t.step(x, 0):t.step(x+1, 0)] {
			sum += w * onto[y]
		}
		after[x] = sum
	}
	for l := range t.labels {
		tag, w := t.tag(l, 0), t.moves[t.within(l, 0):]
		in, out := score[tag+inside]*next[tag+inside]/scale, score[tag+end]*next[tag+end]/scale
		b[tag+begin] = w[beginInside]*in + w[beginEnd]*out
		b[tag+inside] = w[insideInside]*in + w[insideEnd]*out
	}
}
