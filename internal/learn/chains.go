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

func (c *chains) len() int    { return len(c.first) - 1 }
func (c *chains) tokens() int { return len(c.tags) }

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
		for k := w.from[a]; k < w.from[a+1]; k++ {
			into[w.tags[k]] += x[k]
		}
	}
}
