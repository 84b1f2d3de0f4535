package retrieval

import (
	"slices"
	"unicode"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/forward"
	"github.com/ragner/ragner/index/lexical"
)

// likely is a stretch of the query that may be a mention.
type likely struct {
	key      forward.Key
	chance   float64 // that it is one
	fragment corpora.Fragment
}

// likelyMentions are the stretches of the query that the lexicon takes for mentions, each surface once, in the order of
// the text. The chances of a stretch's labels are added up.
func (r *Searcher) likelyMentions(s *search) []likely {
	list := make([]likely, 0, 8)
	place := map[forward.Key]int{}
	for _, c := range s.spans(r) {
		key := forward.KeyOf(c.Surface)
		at, known := place[key]
		switch {
		case key == 0:
		case !known:
			place[key] = len(list)
			list = append(list, likely{key, c.Prior, c.Fragment})
		case list[at].fragment == c.Fragment:
			list[at].chance = min(list[at].chance+c.Prior, 1)
		}
	}
	return list
}

const (
	// mostSearched bounds the mentions that are searched for one query, so that one of any length takes bounded time.
	mostSearched = 50
	// neighbours is how many words before and after a mention are searched with it.
	neighbours = 3
)

// byMention finds, for each likely mention, sentences that show it annotated, those with the most similar surroundings
// first: entity-level retrieval (Wang et al. 2023, GPT-NER, arXiv 2304.10428), here by BM25 over the mention's words,
// twice, and those next to it. With Novel, sentences with the words of what looks like a name follow.
func (r *Searcher) byMention(s *search, keep func(int) bool) []ranked {
	var lists []ranked
	var rows []int
	for _, m := range s.mentions[:min(len(s.mentions), mostSearched)] {
		if rows = r.index.SentencesWith(rows[:0], m.key); len(rows) == 0 {
			continue
		}
		within := func(row int) bool {
			_, ok := slices.BinarySearch(rows, row)
			return ok && (keep == nil || keep(row))
		}
		hits := r.around(s, m.fragment, within)
		lists = append(lists, channel("mention", 0, r.filled(hits, rows, within)))
	}
	if r.settings.Novel {
		novel := s.novelNames(r)
		for _, f := range novel[:min(len(novel), mostSearched)] {
			lists = append(lists, channel("novel", 0, r.around(s, f, keep)))
		}
	}
	return lists
}

// filled adds to hits, up to PerMention, the first rows that were not found by words, such as those with a plural.
func (r *Searcher) filled(hits []index.Hit, rows []int, keep func(int) bool) []index.Hit {
	found := len(hits)
	for _, row := range rows {
		if len(hits) >= r.settings.PerMention {
			break
		}
		known := slices.ContainsFunc(hits[:found], func(h index.Hit) bool { return h.Row == row })
		if !known && keep(row) {
			hits = append(hits, index.Hit{Row: row})
		}
	}
	return hits
}

// around finds sentences by the words of a stretch and those next to it.
func (r *Searcher) around(s *search, f corpora.Fragment, keep func(int) bool) []index.Hit {
	tokens := lexical.Analyze(s.Sentence.Text[f.Start:f.End])
	first, end := s.text.Between(f)
	if first, end = max(first-neighbours, 0), min(end+neighbours, len(s.text.Words)); first < end {
		outer := s.Sentence.Text[s.text.Bytes(first).Start:s.text.Bytes(end-1).End]
		tokens = append(tokens, lexical.Analyze(outer)...)
	}
	return r.index.Sentences().Lexical(r.lexical(tokens, r.settings.PerMention, keep))
}

// novelNames are runs of words outside the likely mentions that look like names: mostly annotated where the index has
// them, or else capitalised within the sentence or mixed of letters and digits.
func (s *search) novelNames(r *Searcher) []corpora.Fragment {
	var list []corpora.Fragment
	open := false
	for i, word := range s.text.Words {
		at := s.text.Bytes(i)
		name := s.chances[i] == 0
		if o := s.occurrence(r, word); o.Total > 0 {
			name = name && 2*o.Inside > o.Total
		} else {
			name = name && nameLike(s.Sentence.Text[at.Start:at.End], i == 0)
		}
		switch {
		case name && open:
			list[len(list)-1].End = at.End
		case name:
			list = append(list, corpora.Fragment(at))
		}
		open = name
	}
	return list
}

// nameLike reports whether a word is capitalised, not merely as the first of a sentence, or has letters and digits.
func nameLike(word string, first bool) bool {
	upper, digit, letter := false, false, false
	for i, c := range word {
		upper = upper || unicode.IsUpper(c) && (i > 0 || !first)
		digit, letter = digit || unicode.IsDigit(c), letter || unicode.IsLetter(c)
	}
	return upper || digit && letter
}
