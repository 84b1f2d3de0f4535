package learn

import "slices"

// objective is the negative log-likelihood of chains, with a Gaussian prior on the weights, and its gradient. Chains are
// summed over in fixed parts, and the parts in their order, so that the sums do not depend on the number of workers.
type objective struct {
	chains  *chains
	weights *weights
	prior   []float64 // by weight: the strength of the prior
	workers int
	touches int // of weights, by an evaluation
	parts   []part

	lattices []*lattice  // by worker
	off      [][]float64 // by worker: of one token, probability less 1 for the annotated tag
}

// part is what some chains, from first up to last, add.
type part struct {
	first, last int
	loss        float64
	gradient    []float64
}

// mostParts bounds the memory, a gradient for each part.
const mostParts = 8

// partWork is how often a weight must be touched in a part, on average, for its gradient to be worth clearing.
const partWork = 4

func newObjective(c *chains, w *weights, l2 float64, workers int) *objective {
	o := &objective{chains: c, weights: w, prior: slices.Repeat([]float64{l2}, w.len()), workers: workers}
	for _, a := range c.attrs {
		o.touches += int(w.from[a+1] - w.from[a])
	}
	n := min(max(o.touches/(partWork*max(w.len(), 1)), 2), mostParts)
	for i := range n {
		o.parts = append(o.parts, part{first: i * c.len() / n, last: (i + 1) * c.len() / n, gradient: make([]float64, w.len())})
	}
	for range workers {
		o.lattices = append(o.lattices, newLattice(c.layout))
		o.off = append(o.off, make([]float64, c.layout.tags()))
	}
	return o
}

// mostTouches is how many weights a fit may touch before it does with half of its iterations: learning 41 labels from 200 long
// documents takes minutes, and finds as much with half.
const mostTouches = 3e10

// iterations is how many of at most n a fit has.
func (o *objective) iterations(n int) int {
	return min(n, max((n+1)/2, mostTouches/max(o.touches, 1)))
}

// evaluate gives the loss at x and writes its gradient.
func (o *objective) evaluate(x, gradient []float64) float64 {
	o.eachPart(x, o.sum)
	o.gather(gradient, func(k int) float64 { return o.prior[k] * x[k] })
	loss, penalty := 0.0, 0.0
	for _, p := range o.parts {
		loss += p.loss
	}
	for k, w := range x {
		penalty += o.prior[k] * w * w / 2
	}
	return loss + penalty
}

// eachPart has workers compute what the parts add.
func (o *objective) eachPart(x []float64, add func(worker int, x []float64, p *part)) {
	for _, t := range o.lattices {
		t.setSteps(x[len(o.weights.tags):])
	}
	parallel(o.workers, len(o.parts), func(w, i int) {
		o.parts[i].loss = 0
		clear(o.parts[i].gradient)
		add(w, x, &o.parts[i])
	})
}

// sum computes what a part adds.
func (o *objective) sum(worker int, x []float64, p *part) {
	t, c := o.lattices[worker], o.chains
	steps := p.gradient[len(o.weights.tags):]
	for chain := p.first; chain < p.last; chain++ {
		first, tags := o.score(t, x, chain)
		gold := 0.0
		for k, tag := range tags {
			gold += t.row(t.score, k)[tag]
		}
		t.run()
		t.expect(steps)
		c.eachStep(tags, func(at int) { steps[at]-- })
		p.loss += t.logZ - gold - t.weigh(tags, x[len(o.weights.tags):])
		for k, tag := range tags {
			t.marginals(k, o.off[worker])
			o.off[worker][tag]--
			o.weights.spread(o.off[worker], c.attrsOf(first+k), p.gradient)
		}
	}
}

// score gives a lattice a chain's scores, and returns its first token and its annotated tags.
func (o *objective) score(t *lattice, x []float64, chain int) (first int, tags []uint16) {
	from, to := int(o.chains.first[chain]), int(o.chains.first[chain+1])
	t.resize(to - from)
	for k := range t.n {
		o.weights.score(x, o.chains.attrsOf(from+k), t.row(t.score, k))
	}
	return from, o.chains.tags[from:to]
}

// gatherBlock is how many weights a worker takes at a time.
const gatherBlock = 1 << 14

// gather adds up what the parts have for each weight, from a start on.
func (o *objective) gather(into []float64, start func(k int) float64) {
	parallel(o.workers, (len(into)+gatherBlock-1)/gatherBlock, func(_, block int) {
		from, to := block*gatherBlock, min((block+1)*gatherBlock, len(into))
		sums := into[from:to]
		for k := range sums {
			sums[k] = start(from + k)
		}
		for i := range o.parts {
			for k, v := range o.parts[i].gradient[from:to] {
				sums[k] += v
			}
		}
	})
}
