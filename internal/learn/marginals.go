package learn

// marginal is the probability of a tag at token i.
func (t *lattice) marginal(i, tag int) float64 {
	return t.row(t.forward, i)[tag] * t.row(t.backward, i)[tag]
}

// marginals writes the probabilities of all tags at token i.
func (t *lattice) marginals(i int, into []float64) {
	b := t.row(t.backward, i)
	for y, f := range t.row(t.forward, i) {
		into[y] = f * b[y]
	}
}

// eachSpan calls f with the exact probability of each mention that has at least the probability least: the sum over all
// tag sequences in which just these tokens are a mention with this label.
func (t *lattice) eachSpan(least float64, f func(s span, p float64)) {
	for i := range t.n {
		starts, score := t.byState(t.starts, i), t.row(t.score, i)
		for l := range t.labels {
			tag, mass := t.tag(l, 0), starts[t.state(l)]/t.scale[i]
			if p := mass * score[tag+single] * t.byState(t.after, i)[t.state(l)]; p >= least {
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
		if p := mass * out * score[tag+end] / t.scale[j] * t.byState(t.after, j)[t.state(l)]; p >= least {
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
		onto := t.byState(t.onto, i)
		for x, mass := range t.byState(t.ended, i-1) {
			at := t.step(x, 0)
			for y, on := range onto {
				sums[at+y] += mass * t.moves[at+y] * on
			}
		}
		t.expectWithin(i, sums)
	}
	for x, mass := range t.byState(t.ended, t.n-1) {
		sums[t.last(x)] += mass * t.byState(t.after, t.n-1)[x]
	}
}

func (t *lattice) expectFirst(sums []float64) {
	sums[t.step(t.first(), 0)] += t.marginal(0, outside)
	for l := range t.labels {
		sums[t.step(t.first(), t.state(l))] += t.marginal(0, t.tag(l, begin)) + t.marginal(0, t.tag(l, single))
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
