package learn

// objective is the negative log-likelihood of chains, with a Gaussian prior on the weights, and its gradient. Chains are
// summed over in fixed parts, and the parts in their order, so that the sums do not depend on the number of workers.
type objective struct {
	chains  *chains
	weights *weights
	l2      float64
	workers int
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
	o := &objective{chains: c, weights: w, l2: l2, workers: workers}
	touches := 0
	for _, a := range c.attrs {
		touches += int(w.from[a+1] - w.from[a])
	}
	n := min(max(touches/(partWork*max(w.len(), 1)), 2), mostParts)
	for i := range n {
		o.parts = append(o.parts, part{first: i * c.len() / n, last: (i + 1) * c.len() / n, gradient: make([]float64, w.len())})
	}
	for range workers {
		o.lattices = append(o.lattices, newLattice(c.layout))
		o.off = append(o.off, make([]float64, c.layout.tags()))
	}
	return o
}

// evaluate gives the loss at x and writes its gradient.
func (o *objective) evaluate(x, gradient []float64) float64 {
	for _, t := range o.lattices {
		t.setSteps(x[len(o.weights.tags):])
	}
	parallel(o.workers, len(o.parts), func(w, i int) { o.sum(w, x, &o.parts[i]) })
	o.gather(x, gradient)
	loss, norm := 0.0, 0.0
	for _, p := range o.parts {
		loss += p.loss
	}
	for _, w := range x {
		norm += w * w
	}
	return loss + o.l2/2*norm
}

// sum computes what a part adds.
func (o *objective) sum(worker int, x []float64, p *part) {
	t, c := o.lattices[worker], o.chains
	p.loss = 0
	clear(p.gradient)
	steps := p.gradient[len(o.weights.tags):]
	for chain := p.first; chain < p.last; chain++ {
		first, n := int(c.first[chain]), int(c.first[chain+1]-c.first[chain])
		t.resize(n)
		gold := 0.0
		for k := range n {
			row := t.row(t.score, k)
			o.weights.score(x, c.attrsOf(first+k), row)
			gold += row[c.tags[first+k]]
		}
		t.run()
		tags := c.tags[first : first+n]
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

// gatherBlock is how many weights a worker takes at a time.
const gatherBlock = 1 << 14

// gather adds up the gradients of the parts and the prior's.
func (o *objective) gather(x, gradient []float64) {
	parallel(o.workers, (len(x)+gatherBlock-1)/gatherBlock, func(_, block int) {
		from, to := block*gatherBlock, min((block+1)*gatherBlock, len(x))
		g := gradient[from:to]
		for k, w := range x[from:to] {
			g[k] = o.l2 * w
		}
		for i := range o.parts {
			for k, v := range o.parts[i].gradient[from:to] {
				g[k] += v
			}
		}
	})
}
