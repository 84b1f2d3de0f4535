package learn

import (
	"math"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// Documents name things more than once, and one time is clearer than another. So what is found in a document is weighed
// together: a mention is likelier where its surface is surely a mention elsewhere, and what stands once is less likely than
// what comes again (context aggregation: Ratinov and Roth 2009, section 6). How much, is learned from held-out documents.

// Proposed is a sentence of a document with what is proposed in it.
type Proposed struct {
	Text     string
	Tokens   []corpora.Token // of corpora.Tokenize
	Mentions [][]Mention     // by group, as of Model.Propose
}

func (p Proposed) surface(m Mention) string {
	return strings.ToLower(p.Text[p.Tokens[m.First].Start:p.Tokens[m.Last].End])
}

// Agrees reports whether the mentions of a document change one another's scores.
func (m *Model) Agrees() bool {
	for _, g := range m.groups {
		if !g.Agreement.Ignores() {
			return true
		}
	}
	return false
}

// Agree weighs what is proposed in sentences of one document together, in place. A sentence alone stays as it is.
func (m *Model) Agree(list []Proposed) {
	if len(list) < 2 {
		return
	}
	for i, g := range m.groups {
		if !g.Agreement.Ignores() {
			agree(list, i, g.Agreement)
		}
	}
}

func agree(list []Proposed, group int, s Stack) {
	eachSupport(list, group, func(_ int, m *Mention, support []float64) { m.Score = s.Of(Opinion{m.Score, support}) })
}

// supports is how many numbers say what the rest of its document says of a mention: the log-odds of the surest other
// mention of its surface with its label, 0 where there is none, and the logarithm of one more than the number of other
// places at which its surface may be a mention.
const supports = 2

// leastSupport is the probability from which a mention speaks for others; of what is surer than its opposite no more
// is made.
const leastSupport, mostSupport = leastJudged, 0.99

// spot is a mention that speaks for others of its surface.
type spot struct {
	sentence, first int
	label           string
	logOdds         float64
}

// eachSupport calls f with the sentence of each mention of a group in sentences of one document, the mention, whose score it
// may change, and what the others said of it before.
func eachSupport(list []Proposed, group int, f func(sentence int, m *Mention, support []float64)) {
	spots := map[string][]spot{}
	for i, p := range list {
		for _, m := range p.Mentions[group] {
			if m.Score >= leastSupport {
				s := p.surface(m)
				spots[s] = append(spots[s], spot{i, m.First, m.Label, logOdds(min(m.Score, mostSupport))})
			}
		}
	}
	for i, p := range list {
		for k := range p.Mentions[group] {
			m := &p.Mentions[group][k]
			f(i, m, supportOf(i, *m, spots[p.surface(*m)]))
		}
	}
}

// supportOf expects the spots of the mention's surface in text order.
func supportOf(sentence int, m Mention, spots []spot) []float64 {
	type place struct{ sentence, first int }
	surest, others := math.Inf(-1), 0
	own := place{sentence, m.First}
	last := own
	for _, s := range spots {
		at := place{s.sentence, s.first}
		if at == own {
			continue
		}
		if at != last {
			others, last = others+1, at
		}
		if s.label == m.Label {
			surest = max(surest, s.logOdds)
		}
	}
	if math.IsInf(surest, -1) {
		surest = 0
	}
	return []float64{surest, math.Log1p(float64(others))}
}

// agreement learns from judged documents how their mentions are weighed together, and applies it to them; nil where that
// is not surely better than each for itself. document numbers that of an example.
func (j *judge) agreement(document func(example int) int) Stack {
	var list []Judged
	numbers := numbered(j.labels)
	documents := j.documents(document)
	for _, d := range documents {
		eachSupport(d.sentences, 0, func(sentence int, m *Mention, support []float64) {
			list = append(list, Judged{Opinion{m.Score, support}, d.number, j.tagged[d.first+sentence].right(*m, numbers)})
		})
	}
	if len(list) < fewJudged || !WorthOf(list, supports).Surely() {
		return nil
	}
	s := FitStack(list, supports)
	for _, d := range documents {
		agree(d.sentences, 0, s)
	}
	return s
}

// judgedDocument is what was judged of one document, two sentences or more. Its mentions are those of judge.tagged.
type judgedDocument struct {
	number    int
	first     int // in judge.tagged
	sentences []Proposed
}

func (j *judge) documents(document func(example int) int) []judgedDocument {
	var list []judgedDocument
	for start, end := 0, 0; start < len(j.tagged); start = end {
		d := judgedDocument{number: document(j.tagged[start].example), first: start}
		for ; end < len(j.tagged) && document(j.tagged[end].example) == d.number; end++ {
			a := j.all.examples[j.tagged[end].example]
			d.sentences = append(d.sentences, Proposed{a.Text, a.Tokens, [][]Mention{j.tagged[end].found}})
		}
		if len(d.sentences) > 1 {
			list = append(list, d)
		}
	}
	return list
}
