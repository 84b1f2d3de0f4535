package index

// SourceOf is the number, in the manifest's list, of the source of the n-th document that Documents yields, from 0.
func (x *Index) SourceOf(n int) int { return x.document(0, n).source }
