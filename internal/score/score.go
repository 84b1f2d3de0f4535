// Package score compares predicted documents with gold ones: counts by five criteria, token figures, error
// classes and bootstrap intervals. It reads no files and calls no model; what each figure means, and where it
// differs from seqeval and nervaluate, is written in docs/scoring.md.
package score

// Scorer adds up document pairs one at a time, so that no more than a few numbers a document stay in memory.
// Its zero value is not ready; use New. It is not safe for concurrent use.
type Scorer struct {
	options   Options
	docs      sample
	labels    map[string]*Tally
	tokens    tokenCounts
	errors    ErrorCounts
	confusion Confusion
	link      Link
}

// New returns an empty Scorer.
func New(o Options) (*Scorer, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return newScorer(o), nil
}

// NewDefault returns an empty Scorer with the default options.
func NewDefault() *Scorer { return newScorer(Defaults()) }

func newScorer(o Options) *Scorer {
	return &Scorer{options: o, docs: newSample(), labels: map[string]*Tally{}, tokens: newTokenCounts(), confusion: Confusion{}}
}

// Evaluate scores all pairs with the default options.
func Evaluate(pairs []Pair) Report {
	s := NewDefault()
	for _, p := range pairs {
		s.Add(p)
	}
	return s.Report()
}

// Add scores one pair, and gives its counts for PairedBootstrap. A pair whose texts differ is scored as if everything
// annotated had been missed and everything predicted were spurious, for offsets into another text mean nothing.
func (s *Scorer) Add(p Pair) DocCounts {
	gold, pred := p.mentions()
	tokens := tokens(p.Gold)
	doc := DocCounts{ID: p.Gold.ID}
	for _, side := range p.comparable(gold, pred) {
		doc.Tally.Add(tally(tokens, side.gold, side.pred))
		s.addLabels(tokens, side)
		paired := links(side.gold, side.pred)
		s.errors.add(paired, len(side.gold), len(side.pred))
		s.confusion.add(side, paired)
	}
	if p.TextDiffers {
		pred = nil
	}
	s.tokens.add(tokens, gold, pred)
	s.docs.add(doc.Tally)
	s.link.Add(p, nil, nil)
	return doc
}

// addLabels scores each label as if no other existed.
func (s *Scorer) addLabels(tokens ruler, side sides) {
	gold, pred := byLabel(side.gold), byLabel(side.pred)
	for label := range union(gold, pred) {
		t, ok := s.labels[label]
		if !ok {
			t = &Tally{}
			s.labels[label] = t
		}
		t.Add(tally(tokens, gold[label], pred[label]))
	}
}

// Report derives the ratios and intervals of what was added so far.
func (s *Scorer) Report() Report {
	r := Report{Documents: len(s.docs.kinds), Token: s.tokens.figures(), Errors: s.errors, Linking: s.link.Linking()}
	r.Confusion = s.confusion.renamed(func(label string) string { return label }) // a copy, for more may be added
	total, intervals := s.docs.total(), s.docs.intervals(s.options)
	for _, c := range AllCriteria() {
		labels := make(map[string]Figures, len(s.labels))
		for label, t := range s.labels {
			labels[label] = t[c].Figures()
		}
		micro := Micro{Figures: total[c].Figures(), F1Low: intervals[c].Low, F1High: intervals[c].High}
		*r.Criteria.By(c) = Score{Micro: micro, Macro: macro(labels), Labels: labels}
	}
	return r
}

// sides are two sets of mentions to compare.
type sides struct{ gold, pred []mention }

// comparable splits a pair into the comparisons it stands for: one, or two one-sided ones where texts differ.
func (p Pair) comparable(gold, pred []mention) []sides {
	if p.TextDiffers {
		return []sides{{gold: gold}, {pred: pred}}
	}
	return []sides{{gold, pred}}
}

// mentions are the pair's two sets.
func (p Pair) mentions() (gold, pred []mention) {
	return mentions(p.Gold.Text, p.Gold.Entities), mentions(p.Pred.Text, p.Pred.Entities)
}
