package retrieval

import (
	"math"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
)

// candidate is a sentence that may be shown, with its normalised words.
type candidate struct {
	fused
	record index.Record
	words  map[string]bool
	has    []int // which of the chooser's query words, ascending
	labels map[string]bool
}

// chooser picks demonstrations from candidates in fused order.
type chooser struct {
	settings Settings
	query    []queryWord
}

// queryWord is a word of the query with its share of what there is to cover, rarer words more. They are kept in the
// order of the words, in which shares are added up, so that rounding is the same everywhere.
type queryWord struct {
	word   string
	weight float64
}

// candidate reads a row's words and labels.
func (c chooser) candidate(f fused, record index.Record) candidate {
	p := candidate{fused: f, record: record, words: wordSet(index.Analyze(record.Text)), labels: labelSet(record.Entities)}
	for word := range p.words {
		if at, ok := slices.BinarySearchFunc(c.query, word, func(q queryWord, w string) int { return strings.Compare(q.word, w) }); ok {
			p.has = append(p.has, at)
		}
	}
	slices.Sort(p.has)
	return p
}

// choose picks K candidates. With coverage the next one is that which adds most: its fused score, plus the share
// of the query's words (by weight) that no chosen sentence has yet, plus, with balance, labels not yet shown.
// Near-duplicates of a chosen sentence are passed over. The result is ordered by fused score.
func (c chooser) choose(pool []candidate) []candidate {
	var chosen []candidate
	covered, shown := make([]bool, len(c.query)), map[string]bool{}
	left := slices.Clone(pool)
	for len(chosen) < c.settings.K && len(left) > 0 {
		best, gain := 0, math.Inf(-1)
		for i, p := range left {
			if g := c.gain(p, covered, shown); g > gain {
				best, gain = i, g
			}
		}
		next := left[best]
		left = slices.Delete(left, best, best+1)
		if c.repeats(next, chosen) {
			continue
		}
		c.note(&next, covered, shown, len(chosen)+1)
		chosen = append(chosen, next)
	}
	slices.SortStableFunc(chosen, func(a, b candidate) int { return compareFused(a.fused, b.fused) })
	return chosen
}

func (c chooser) gain(p candidate, covered []bool, shown map[string]bool) float64 {
	g := p.score
	if c.settings.Coverage {
		g += coverageWeight * c.fresh(p, covered)
	}
	if c.settings.Balance {
		for label := range p.labels {
			if !shown[label] {
				g += balanceWeight / float64(len(p.labels))
			}
		}
	}
	return g
}

// What covering all of the query's words, or a sentence of new labels only, is worth beside a fused score of 0 to 1.
const (
	coverageWeight = 2.0
	balanceWeight  = 0.3
)

// fresh is the weighted share of the query's words that p has and no chosen sentence has.
func (c chooser) fresh(p candidate, covered []bool) float64 {
	sum := 0.0
	for _, at := range p.has {
		if !covered[at] {
			sum += c.query[at].weight
		}
	}
	return sum
}

func (c chooser) note(p *candidate, covered []bool, shown map[string]bool, rank int) {
	if c.settings.Coverage {
		p.from = append(slices.Clone(p.from), Contribution{"coverage", rank, c.fresh(*p, covered)})
	}
	for _, at := range p.has {
		covered[at] = true
	}
	for label := range p.labels {
		shown[label] = true
	}
}

func (c chooser) repeats(p candidate, chosen []candidate) bool {
	limit := c.settings.NearDuplicate
	return limit > 0 && slices.ContainsFunc(chosen, func(o candidate) bool { return jaccard(p.words, o.words) > limit })
}

func jaccard(a, b map[string]bool) float64 {
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

func wordSet(words []string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}

func labelSet(entities []corpora.Entity) map[string]bool {
	set := map[string]bool{}
	for _, e := range entities {
		set[e.Label] = true
	}
	return set
}
