package learn

// chains are annotated sentences as a model sees them: attributes and a tag for each token, all one after another.
type chains struct {
	layout
	first []int32  // by chain: its first token; one more at the end
	attrs []uint32 // by token, one after another
	from  []int32  // by token: where its attributes begin; one more at the end
	tags  []uint16 // by token
	used  int      // number of attributes
}

func (c *chains) len() int { return len(c.first) - 1 }

// attrsOf are the attributes of a token.
func (c *chains) attrsOf(token int) []uint32 { return c.attrs[c.from[token]:c.from[token+1]] }

// weights lie sparsely: an attribute has a weight for each tag that it was seen with.
type weights struct {
	from  []int32  // by attribute: where its weights begin; one more at the end
	tags  []uint16 // by weight
	steps int      // the weights between tags lie behind all others
}

func (w *weights) len() int { return len(w.tags) + w.steps }

// score adds up the weights of a token's attributes, by tag.
func (w *weights) score(x []float64, attrs []uint32, into []float64) {
	for _, a := range attrs {
		from, to := w.from[a], w.from[a+1]
		values := x[from:to]
		for k, tag := range w.tags[from:to] {
			into[tag] += values[k]
		}
	}
}

// spread is score the other way: it adds what each tag is off to the gradient of the attributes' weights.
func (w *weights) spread(off []float64, attrs []uint32, gradient []float64) {
	for _, a := range attrs {
		from, to := w.from[a], w.from[a+1]
		values := gradient[from:to]
		for k, tag := range w.tags[from:to] {
			values[k] += off[tag]
		}
	}
}
