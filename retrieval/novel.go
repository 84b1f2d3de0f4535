package retrieval

// Novel is the share of a label's mentions that the index would not know in unseen text, 0 to 1: how far to believe a
// mention that a model finds and the index does not know.
func (r *Searcher) Novel(label string) float64 { return r.index.Lexicon().Novel(label) }
