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

func (t *lattice) state(a []float64, i int) []float64 { return a[i*t.states() : (i+1)*t.states()] }

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
	for x, mass := range t.state(t.ended, t.n-1) {
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
	starts, score, f := t.state(t.starts, i), t.row(t.score, i), t.row(t.forward, i)
	if i == 0 {
		copy(starts, t.moves[t.step(t.first(), 0):])
	} else {
		clear(starts)
		for x, mass := range t.state(t.ended, i-1) {
			for y, w := range t.moves[t.step(x, 0):t.step(x+1, 0)] {
				starts[y] += mass * w
			}
		}
	}
	f[outside] = starts[0] * score[outside]
	sum := f[outside]
	for l := range t.labels {
		tag := t.tag(l, 0)
		f[tag+begin] = starts[l+1] * score[tag+begin]
		f[tag+single] = starts[l+1] * score[tag+single]
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
	f, ended := t.row(t.forward, i), t.state(t.ended, i)
	for k := range f {
		f[k] /= sum
	}
	t.scale[i] = sum
	t.logZ += math.Log(sum)
	ended[0] = f[outside]
	for l := range t.labels {
		ended[l+1] = f[t.tag(l, end)] + f[t.tag(l, single)]
	}
}

// back is the backward step at token i: the mass of all that may follow each of its tags, over the forward scale, so
// that forward times backward is a probability.
func (t *lattice) back(i int, rest float64) {
	after, b := t.state(t.after, i), t.row(t.backward, i)
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
		b[t.tag(l, end)], b[t.tag(l, single)] = after[l+1], after[l+1]
	}
}

func (t *lattice) backFrom(i int, after, b []float64) {
	next, score, onto, scale := t.row(t.backward, i+1), t.row(t.score, i+1), t.state(t.onto, i+1), t.scale[i+1]
	onto[0] = score[outside] * next[outside] / scale
	for l := range t.labels {
		tag := t.tag(l, 0)
		onto[l+1] = (score[tag+begin]*next[tag+begin] + score[tag+single]*next[tag+single]) / scale
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

// marginal is the probability of a tag at token i.
func (t *lattice) marginal(i, tag int) float64 {
	return t.row(t.forward, i)[tag] * t.row(t.backward, i)[tag]
}

// eachSpan calls f with the exact probability of each mention that has at least the probability least: the sum over all
// tag sequences in which just these tokens are a mention with this label.
func (t *lattice) eachSpan(least float64, f func(s span, p float64)) {
	for i := range t.n {
		starts, score := t.state(t.starts, i), t.row(t.score, i)
		for l := range t.labels {
			tag, mass := t.tag(l, 0), starts[l+1]/t.scale[i]
			if p := mass * score[tag+single] * t.state(t.after, i)[l+1]; p >= least {
				f(span{i, i, l}, p)
			}
			t.longer(i, l, mass*score[tag+begin], least, f)
		}
	}
}

// longer goes on from a mention that begins at token i, as long as all that goes on has at least the probability least.
func (t *lattice) longer(i, l int, mass, least float64, f func(s span, p float64)) {
	tag, w := t.tag(l, 0), t.moves[t.within(l, 0):]
	in, out := w[beginInside], w[beginEnd]
	for j, at := i+1, tag+begin; j < t.n && mass*t.row(t.backward, j-1)[at] >= least; j++ {
		score := t.row(t.score, j)
		if p := mass * out * score[tag+end] / t.scale[j] * t.state(t.after, j)[l+1]; p >= least {
			f(span{i, j, l}, p)
		}
		mass *= in * score[tag+inside] / t.scale[j]
		in, out, at = w[insideInside], w[insideEnd], tag+inside
	}
}

// expect adds to sums how often each step between tags is to be expected.
func (t *lattice) expect(sums []float64) {
	for i := range t.n {
		if i == 0 {
			t.expectFirst(sums)
			continue
		}
		onto := t.state(t.onto, i)
		for x, mass := range t.state(t.ended, i-1) {
			at := t.step(x, 0)
			for y, on := range onto {
				sums[at+y] += mass * t.moves[at+y] * on
			}
		}
		t.expectWithin(i, sums)
	}
	for x, mass := range t.state(t.ended, t.n-1) {
		sums[t.last(x)] += mass * t.state(t.after, t.n-1)[x]
	}
}

func (t *lattice) expectFirst(sums []float64) {
	sums[t.step(t.first(), 0)] += t.marginal(0, outside)
	for l := range t.labels {
		sums[t.step(t.first(), l+1)] += t.marginal(0, t.tag(l, begin)) + t.marginal(0, t.tag(l, single))
	}
}

func (t *lattice) expectWithin(i int, sums []float64) {
	before, score, b, scale := t.row(t.forward, i-1), t.row(t.score, i), t.row(t.backward, i), t.scale[i]
	for l := range t.labels {
		tag, at := t.tag(l, 0), t.within(l, 0)
		w := t.moves[at:]
		in, out := score[tag+inside]*b[tag+inside]/scale, score[tag+end]*b[tag+end]/scale
		sums[at+beginInside] += before[tag+begin] * w[beginInside] * in
		sums[at+beginEnd] += before[tag+begin] * w[beginEnd] * out
		sums[at+insideInside] += before[tag+inside] * w[insideInside] * in
		sums[at+insideEnd] += before[tag+inside] * w[insideEnd] * out
	}
}

// eachStep calls f with the place of the weight of each step of a tag sequence.
func (y layout) eachStep(tags []uint16, f func(at int)) {
	from := y.first()
	for i, tag := range tags {
		label, part := (int(tag)-1)/tagsLabel, (int(tag)-1)%tagsLabel
		switch {
		case tag == outside:
			f(y.step(from, 0))
			from = 0
		case part == begin || part == single:
			f(y.step(from, label+1))
			from = label + 1
		default:
			f(y.within(label, y.stepWithin(tags[i-1], part)))
		}
	}
	f(y.last(from))
}

func (y layout) stepWithin(before uint16, part int) int {
	wasBegin := (int(before)-1)%tagsLabel == begin
	switch {
	case wasBegin && part == inside:
		return beginInside
	case wasBegin:
		return beginEnd
	case part == inside:
		return insideInside
	}
	return insideEnd
}
