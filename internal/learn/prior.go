package learn

// adapt gives each weight of an attribute a prior of its own, by how uncertain the model x is of the weight's tag where the
// attribute is met: the strength is l2/2 and the sum of p(1-p) over these tokens.
//
// To second order the sum is what dropping half of the attributes at random in training comes to (Wager, Wang and Liang 2013;
// for chains Wang et al. 2013): an attribute that is rare, but settles a tag where it stands, costs little, and one that is
// everywhere and decides nothing must not grow large. Between tags the strength stays l2.
func (o *objective) adapt(x []float64, l2 float64) {
	o.eachPart(x, o.uncertainty)
	attributes := len(o.weights.tags)
	o.gather(o.prior[:attributes], func(int) float64 { return l2 / 2 })
}

// uncertainty sums p(1-p) over a part's tokens, by weight.
func (o *objective) uncertainty(worker int, x []float64, p *part) {
	t, spread := o.lattices[worker], o.off[worker]
	for chain := p.first; chain < p.last; chain++ {
		first, tags := o.score(t, x, chain)
		t.run()
		for k := range tags {
			t.marginals(k, spread)
			for tag, p := range spread {
				spread[tag] = p * (1 - p)
			}
			o.weights.spread(spread, o.chains.attrsOf(first+k), p.gradient)
		}
	}
}
