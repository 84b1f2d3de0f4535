package link

// feature is one thing that may speak for or against a candidate. Each has a weight; what a candidate's score is made of
// are their products.
type feature int

// The features. A share is that of a name's annotated mentions which carry the candidate's id, in documents that
// may be looked into; the more there are, the nearer it can be to 1.
const (
	annotated    feature = iota // share of mentions with the same name
	annotatedLog                // how many those are, log2(1+n), at most 4
	otherwise                   // how many mentions with the same name carry another id, the same
	named                       // the name is the term's own or an exact synonym; divided by the number of such terms
	related                     // the name is another synonym; divided so
	formAnnotated
	formNamed  // annotated, named or related of a name in another form: number, spelling, order
	misspelled // of a corrected name
	longAnnotated
	longNamed // of the long form of an abbreviation that the document defines
	longForm  // of another form of it
	doubted   // share for a short form that the document defines as something else
	manyIDs   // the term has several ids in the vocabulary
	parent    // the id is a parent's
	foreign   // the id is of no preferred vocabulary
	direct    // the name is the own name of the term with just this id
	derived   // share or 1 for the noun of an adjective

	nearName // how like the nearest name of the candidate is
	nearNameCovered
	nearNameUsed
	nearMention // how like the nearest annotated mention is
	nearMentionCovered
	nearMentionUsed
	nearBoth
	nearShare // share of the id among all near mentions, weighed by likeness
	inside    // share of the mention's information that a name in it covers
	insideEnd // the same, where that name ends the mention

	around       // chance that another name in the document has the id
	aroundWords  // the same, where that name has all words of the mention
	aroundInside // the same, where the mention has all words of that name
	beside       // chance that the mention in brackets behind it, or before it, has the id

	featureCount
)

// features of one candidate.
type features [featureCount]float64

// raise sets a feature to a value, unless it is higher.
func (f *features) raise(at feature, value float64) { f[at] = max(f[at], value) }

func (f *features) score(w *features) float64 {
	sum := 0.0
	for i, x := range f {
		sum += x * w[i]
	}
	return sum
}
