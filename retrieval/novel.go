package retrieval

// Plausible is how far a mention is to be believed that the index does not know: the share of the label's mentions
// that are novel to the index, or, where that is more, how often the surface's last word ends such mentions.
func (r *Searcher) Plausible(surface, label string) float64 {
	lex := r.index.Lexicon()
	return max(lex.Novel(label), lex.EndsLike(surface, label))
}
