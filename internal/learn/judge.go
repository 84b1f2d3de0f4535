package learn

import "math"

// judge compares what models find in sentences that they did not learn from with the annotations.
type judge struct {
	labels []string
	all    *collection
	list   []judged
	tagged []tagged
	gold   int // annotated mentions of the judged sentences
}

// tagged is a sentence's mentions with their probabilities, raw at first, and the annotated ones.
type tagged struct {
	example int // its number
	found   []Mention
	gold    map[span]bool
}

// right reports whether a mention is annotated; numbers are those of the labels.
func (t tagged) right(m Mention, numbers map[string]int) bool {
	return t.gold[span{m.First, m.Last, numbers[m.Label]}]
}

// leastJudged is the probability from which a mention counts for the calibration.
const leastJudged = 0.05

// tag tags the sentences of a fold.
func (j *judge) tag(g *group, fold, workers int) {
	out := make([]tagged, len(j.all.examples))
	starts := make([]int, len(out))
	token := 0
	for i, a := range j.all.examples {
		starts[i] = token
		token += len(a.Tokens)
	}
	numbers := numbered(j.labels)
	lattices := make([]*lattice, workers)
	parallel(workers, len(out), func(w, i int) {
		if j.all.folds[i] != fold {
			return
		}
		if lattices[w] == nil {
			lattices[w] = g.lattice()
		}
		out[i] = j.tagOne(g, lattices[w], i, starts[i], numbers)
	})
	for _, t := range out {
		if t.gold == nil {
			continue
		}
		j.tagged = append(j.tagged, t)
		j.gold += len(t.gold)
		for _, m := range t.found {
			j.list = append(j.list, judged{m.Score, t.right(m, numbers)})
		}
	}
}

func (j *judge) tagOne(g *group, t *lattice, i, token int, numbers map[string]int) tagged {
	a, c := j.all.examples[i], j.all
	out := tagged{example: i, gold: map[span]bool{}}
	spans, _ := spansOf(a, numbers)
	for _, s := range spans {
		out.gold[s] = true
	}
	t.resize(len(a.Tokens))
	for k := range a.Tokens {
		g.score(c.attrs[c.from[token+k]:c.from[token+k+1]], t.row(t.score, k))
	}
	t.bound(c.borders[i])
	t.run()
	t.eachSpan(leastJudged, func(s span, p float64) {
		out.found = append(out.found, Mention{s.first, s.last, j.labels[s.label], p})
	})
	return out
}

// thresholds are those that are tried, the best on development data first. Another must be better by more than the margin:
// on a thousand mentions less is chance.
var thresholds = [...]float64{0.35, 0.4, 0.3, 0.45, 0.25, 0.5, 0.2, 0.55, 0.6}

const thresholdMargin = 0.004

// threshold is the least score of an entity with which F1 is greatest on the judged sentences, and that F1.
func (j *judge) threshold() (best, f1 float64) {
	numbers := numbered(j.labels)
	for i, at := range thresholds {
		right, found, gold := 0, 0, 0
		for _, t := range j.tagged {
			gold += len(t.gold)
			for _, m := range Decide(t.found, at) {
				found++
				if t.right(m, numbers) {
					right++
				}
			}
		}
		if f := 2 * float64(right) / math.Max(float64(found+gold), 1); i == 0 || f > f1+thresholdMargin {
			best, f1 = at, f
		}
	}
	return best, f1
}

// calibrate gives what was found its calibrated scores.
func (j *judge) calibrate(c calibration) {
	for _, t := range j.tagged {
		for i := range t.found {
			t.found[i].Score = c.of(t.found[i].Score)
		}
	}
}
