package retrieval

import (
	"math/rand/v2"
	"slices"

	"github.com/ragner/ragner/index/forward"
)

// demonstrations chooses sentences by the mode.
func (r *Searcher) demonstrations(s *search) []Demonstration {
	if r.settings.K == 0 || r.settings.Mode == "none" || r.index.Sentences().Len() == 0 {
		return nil
	}
	c := chooser{settings: r.settings}
	var list []fused
	switch keep := r.showable(s); r.settings.Mode {
	case "random":
		c.settings = r.settings.drawn()
		list = r.draw(seedOf(s.Sentence.Text, r.settings.Seed), keep)
	case "fixed":
		c.settings = r.settings.drawn()
		list = r.draw(r.settings.Seed, keep)
	default:
		r.readQuery(s)
		c.needs = r.needsOf(s)
		list = r.found(s, keep)
	}
	chosen := c.choose(r.candidatesOf(&c, list))
	out := make([]Demonstration, 0, len(chosen))
	for _, p := range chosen {
		record := r.index.Sentence(p.row)
		out = append(out, Demonstration{record.Sentence, record.Entities, p.score, p.from})
	}
	return out
}

// readQuery reads what coverage needs of a query.
func (r *Searcher) readQuery(s *search) {
	if !r.settings.Coverage {
		return
	}
	s.text, s.held = forward.Read(s.Sentence.Text), r.heldFor(s.Query)
	if r.settings.Mentions > 0 || r.settings.PerMention > 0 || r.settings.Roles {
		s.mentions = r.likelyMentions(s)
	}
	s.chances = s.chancesOf()
	if r.settings.Mentions == 0 && r.settings.PerMention == 0 {
		s.mentions = nil
	}
}

// found are the fused best of the channels, and with coverage those that show the query's likely mentions.
func (r *Searcher) found(s *search, keep func(int) bool) []fused {
	list := fuse(r.settings.Fusion, r.channels(r.index.Sentences(), s, keep, max(r.settings.Candidates, r.poolSize())))
	list = list[:min(len(list), r.poolSize())]
	if r.settings.Coverage && r.settings.PerMention > 0 {
		list = withRows(list, r.byMention(s, keep))
	}
	return list
}

func (r *Searcher) poolSize() int { return max(r.settings.Pool, r.settings.K) }

// withRows adds the rows of lists to fused rows, with a score of 0 where they are new, and their contributions.
func withRows(list []fused, lists []ranked) []fused {
	place := make(map[int]int, len(list))
	for i, f := range list {
		place[f.row] = i
	}
	for _, one := range lists {
		for i, row := range one.rows {
			at, known := place[row]
			if !known {
				at, place[row] = len(list), len(list)
				list = append(list, fused{row: row})
			}
			list[at].from = append(list[at].from, Contribution{one.source, i + 1, one.scores[i]})
		}
	}
	slices.SortFunc(list, compareFused)
	return list
}

// candidatesOf reads what rows show and cover.
func (r *Searcher) candidatesOf(c *chooser, list []fused) []candidate {
	const usual = 24 // words of a sentence, needs that it meets
	pool := make([]candidate, len(list))
	words, has := make([]forward.Word, 0, usual*len(list)), make([]int32, 0, usual*len(list))
	var roles []byte
	var mentions []forward.Mention
	for i, f := range list {
		first, firstNeed := len(words), len(has)
		words = r.index.SentenceWords(words, f.row)
		pool[i] = candidate{fused: f, words: words[first:len(words):len(words)]}
		if !c.settings.Coverage && !c.settings.Balance {
			continue
		}
		roles = r.index.SentenceRoles(roles[:0], f.row)
		mentions = r.index.SentenceMentions(mentions[:0], f.row)
		if has = c.needs.metBy(has, pool[i].words, roles, mentions); len(c.needs.pieces) > 0 {
			has = c.needs.piecesMetBy(has, r.index.Sentences().Text(f.row))
		}
		pool[i].has = has[firstNeed:len(has):len(has)]
		if c.settings.Balance {
			pool[i].labels = labelsOf(mentions)
		}
	}
	return pool
}

func labelsOf(mentions []forward.Mention) []uint32 {
	labels := make([]uint32, 0, len(mentions))
	for _, m := range mentions {
		labels = append(labels, m.Label)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// showable accepts the rows that may be shown: not those of the query's own document or of those it excludes, nor those
// that are too short or too long. nil accepts all.
func (r *Searcher) showable(s *search) func(row int) bool {
	least, most := r.settings.LeastWords, r.settings.MostWords
	own := without(s, r.index.SentencesOf)
	if least == 0 && most == 0 {
		return own
	}
	return func(row int) bool {
		n := r.index.SentenceLength(row)
		return n >= least && (most == 0 || n <= most) && (own == nil || own(row))
	}
}

// without leaves out the sentences of the query's own document and of those it excludes; nil where there are none.
func without(s *search, rowsOf func(docID string) []int) func(row int) bool {
	out := slices.Clone(rowsOf(s.Sentence.DocID))
	for _, id := range s.Exclude {
		out = append(out, rowsOf(id)...)
	}
	if len(out) == 0 {
		return nil
	}
	slices.Sort(out)
	return func(row int) bool {
		_, found := slices.BinarySearch(out, row)
		return !found
	}
}

// draw picks as many rows as a pool at random without repeats, the same for the same seed.
func (r *Searcher) draw(seed uint64, keep func(int) bool) []fused {
	rng := rand.New(rand.NewPCG(seed, 0x9E3779B97F4A7C15))
	var list []fused
	n := r.index.Sentences().Len()
	for tried := map[int]bool{}; len(tried) < n && len(list) < r.poolSize(); {
		row := rng.IntN(n)
		if tried[row] {
			continue
		}
		tried[row] = true
		if keep == nil || keep(row) {
			list = append(list, fused{row: row, from: []Contribution{{"random", len(list) + 1, 0}}})
		}
	}
	return list
}

func seedOf(text string, seed uint64) uint64 {
	h := seed ^ 0xcbf29ce484222325
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return h
}
