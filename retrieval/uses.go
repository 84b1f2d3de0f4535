package retrieval

import (
	"cmp"
	"slices"

	"github.com/ragner/ragner/index/forward"
)

// use is a distinct word of a query with where it stands in the indexed sentences that may be shown.
type use struct {
	word  forward.Word
	place int // an occurrence among the query's words
	forward.Occurrence
	chance float64 // of the likeliest mention of the query that it is in
}

// uses are the query's words, ascending.
func (s *search) uses(r *Searcher) []use {
	list := make([]use, 0, len(s.text.Words))
	for i, word := range s.text.Words {
		list = append(list, use{word: word, place: i, chance: s.chances[i]})
	}
	slices.SortFunc(list, func(a, b use) int {
		return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(b.chance, a.chance), cmp.Compare(a.place, b.place))
	})
	list = slices.CompactFunc(list, func(a, b use) bool { return a.word == b.word })
	for i := range list {
		list[i].Occurrence = s.occurrence(r, list[i].word)
	}
	return list
}

// occurrence tells where a word stands in the sentences that may be shown.
func (s *search) occurrence(r *Searcher, word forward.Word) forward.Occurrence {
	o := r.index.Occurrence(word)
	if s.held != nil {
		o = o.Minus(s.held.words[word])
	}
	return o
}

// telling is how much a word tells of mentions, 0 to 1: the share of its places that are in one, and half of those beside
// one, with one more place that is neither.
func (u use) telling() float64 {
	return (float64(u.Inside) + float64(u.Beside)/2) / float64(u.Total+1)
}

// role is where the word most likely stands in the query.
func (u use) role() byte {
	if max(u.chance, float64(u.Inside)/float64(u.Total+1)) >= 0.5 {
		return forward.Inside
	}
	return forward.Outside
}

// chancesOf are, by word of the query, the chance of the likeliest mention that it is in.
func (s *search) chancesOf() []float64 {
	chances := make([]float64, len(s.text.Words))
	for _, m := range s.mentions {
		first, end := s.text.Between(m.fragment)
		for i := first; i < end; i++ {
			chances[i] = max(chances[i], m.chance)
		}
	}
	return chances
}
