package learn

// objective is the negative log-likelihood of chains, with a Gaussian prior on the weights, and its gradient. The sums
// are added up in an order that does not depend on the number of workers: a weight's over the tokens that have its
// attribute, the steps' and the likelihood over blocks of chains.
type objective struct {
	chains  *chains
	weights *weights
	l2      float64
	workers int

	where []int32   // by attribute: where its tokens begin in at; one more at the end
	at    []int32   // tokens, by attribute
	off   []float32 // tokens × tags: probability less 1 for the annotated tag
	parts []part    // by block

	lattices []*lattice
}

const blockChains = 64

// part is what one block of chains adds.
type part struct {
	loss  float64
	steps []float64
}

func newObjective(c *chains, w *weights, l2 float64, workers int) *objective {
	o := &objective{chains: c, weights: w, l2: l2, workers: workers}
	o.off = make([]float32, c.tokens()*c.layout.tags())
	o.parts = make([]part, (c.len()+blockChains-1)/blockChains)
	for i := range o.parts {
		o.parts[i].steps = make([]float64, w.steps)
	}
	for range workers {
		o.lattices = append(o.lattices, newLattice(c.layout))
	}
	o.invert()
	return o
}

// invert lists each attribute's tokens.
func (o *objective) invert() {
	c := o.chains
	o.where = make([]int32, c.used+1)
	for _, a := range c.attrs {
		o.where[a+1]++
	}
	for a := range c.used {
		o.where[a+1] += o.where[a]
	}
	next := append([]int32(nil), o.where[:c.used]...)
	o.at = make([]int32, len(c.attrs))
	for i := range c.tokens() {
		for _, a := range c.attrs[c.from[i]:c.from[i+1]] {
			o.at[next[a]] = int32(i)
			next[a]++
		}
	}
}

// evaluate gives the loss at x and writes its gradient.
func (o *objective) evaluate(x, gradient []float64) float64 {
	steps := x[len(o.weights.tags):]
	for _, t := range o.lattices {
		t.setSteps(steps)
	}
	parallel(o.workers, len(o.parts), func(w, i int) { o.block(o.lattices[w], x, i) })
	o.gather(x, gradient)
	loss := 0.0
	g := gradient[len(o.weights.tags):]
	for i, w := range steps {
		g[i] = o.l2 * w
	}
	for _, p := range o.parts {
		loss += p.loss
		for i, s := range p.steps {
			g[i] += s
		}
	}
	norm := 0.0
	for _, w := range x {
		norm += w * w
	}
	return loss + o.l2/2*norm
}

// block computes what a block of chains adds.
func (o *objective) block(t *lattice, x []float64, i int) {
	p, c := &o.parts[i], o.chains
	p.loss = 0
	clear(p.steps)
	for chain := i * blockChains; chain < min((i+1)*blockChains, c.len()); chain++ {
		first, n := int(c.first[chain]), int(c.first[chain+1]-c.first[chain])
		t.resize(n)
		gold := 0.0
		for k := range n {
			row := t.row(t.score, k)
			o.weights.score(x, c.attrs[c.from[first+k]:c.from[first+k+1]], row)
			gold += row[c.tags[first+k]]
		}
		t.run()
		tags := c.tags[first : first+n]
		t.expect(p.steps)
		c.eachStep(tags, func(at int) { p.steps[at]-- })
		p.loss += t.logZ - gold - t.weigh(tags, x[len(o.weights.tags):])
		o.note(t, first, tags)
	}
}

// note writes down how far each token's probabilities are off.
func (o *objective) note(t *lattice, first int, tags []uint16) {
	width := t.tags()
	for k, tag := range tags {
		f, b, off := t.row(t.forward, k), t.row(t.backward, k), o.off[(first+k)*width:(first+k+1)*width]
		for y := range off {
			off[y] = float32(f[y] * b[y])
		}
		off[tag]--
	}
}

// attrsBlock is how many attributes a worker takes at a time.
const attrsBlock = 4096

// gather adds up the gradient of the attributes' weights.
func (o *objective) gather(x, gradient []float64) {
	c, width := o.chains, o.chains.layout.tags()
	parallel(o.workers, (c.used+attrsBlock-1)/attrsBlock, func(_, block int) {
		for a := block * attrsBlock; a < min((block+1)*attrsBlock, c.used); a++ {
			from, to := o.weights.from[a], o.weights.from[a+1]
			g, tags := gradient[from:to], o.weights.tags[from:to]
			for k, w := range x[from:to] {
				g[k] = o.l2 * w
			}
			for _, token := range o.at[o.where[a]:o.where[a+1]] {
				off := o.off[int(token)*width : (int(token)+1)*width]
				for k, tag := range tags {
					g[k] += float64(off[tag])
				}
			}
		}
	})
}
