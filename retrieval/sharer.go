package retrieval

import (
	"context"
	"slices"

	"github.com/ragner/ragner/index"
)

// sharer chooses sets of demonstrations for queries. A place is an index into rows.
type sharer struct {
	searcher *Searcher
	perSet   int
	queries  []sharing
	rows     []sharedRow // of all pools, ascending
	sets     [][]int     // places of each set's rows, in the order in which they were chosen
}

// sharing is one query.
type sharing struct {
	search
	known []queryWord
	pool  []fused // what the channels found, best first
	keep  func(row int) bool
	set   int // -1: none
}

// sharedRow is a sentence with what it is worth to whom.
type sharedRow struct {
	row    int
	words  map[string]bool
	covers []covers  // by query, then word
	scores []scoreOf // by query
}

type covers struct {
	query, word int
	weight      float64 // what covering the word is worth
}

type scoreOf struct {
	query int
	score float64
}

const (
	clusterRounds = 5
	noSet         = -1
	leastShare    = 0.01 // of a query's words; what every sentence has need not be covered
)

// add finds a query's pool.
func (x *sharer) add(ctx context.Context, q Query) error {
	r := x.searcher
	s, err := r.newSearch(ctx, q)
	if err != nil {
		return err
	}
	out := sharing{search: s, known: r.weights(s.words), keep: keeper(s, r.index.SentencesOf), set: noSet}
	list := fuse(r.settings.Fusion, r.channels(r.index.Sentences(), s, out.keep, max(r.settings.Candidates, r.poolSize())))
	out.pool = list[:min(len(list), r.poolSize())]
	x.queries = append(x.queries, out)
	return nil
}

// readRows reads the rows of all pools and finds what each is worth to every query, in whose pool it need not stand.
func (x *sharer) readRows() {
	byRow := map[int][]scoreOf{}
	byWord := map[string][]covers{}
	for i, q := range x.queries {
		for _, f := range q.pool {
			byRow[f.row] = append(byRow[f.row], scoreOf{i, f.score})
		}
		for w, known := range q.known {
			if known.weight < leastShare {
				continue
			}
			byWord[known.word] = append(byWord[known.word], covers{i, w, coverageWeight * known.weight})
		}
	}
	for row, scores := range byRow {
		x.rows = append(x.rows, sharedRow{row: row, scores: scores})
	}
	slices.SortFunc(x.rows, func(a, b sharedRow) int { return a.row - b.row })
	for place := range x.rows {
		row := &x.rows[place]
		words := index.Analyze(x.searcher.index.Sentences().Text(row.row))
		row.words = wordSet(words)
		slices.Sort(words)
		for _, word := range slices.Compact(words) {
			row.covers = append(row.covers, byWord[word]...)
		}
	}
}

// cluster fills in sets and each query's set.
func (x *sharer) cluster(ctx context.Context) error {
	if x.searcher.settings.K == 0 || len(x.rows) == 0 {
		return nil
	}
	x.begin((len(x.queries) + x.perSet - 1) / x.perSet)
	for range clusterRounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		for set := range x.sets {
			if members := x.members(set); len(members) > 0 {
				x.sets[set] = x.choose(members)
			}
		}
		if !x.assign() {
			break
		}
	}
	return nil
}

// begin gives each query to the most similar of so many queries that are unlike each other.
func (x *sharer) begin(sets int) {
	x.sets = make([][]int, sets)
	nearest := make([]float64, len(x.queries)) // to the centre of the query's set
	centre := 0
	for set := range sets {
		for i := range x.queries {
			if s := x.similar(i, centre); set == 0 || s > nearest[i] {
				nearest[i], x.queries[i].set = s, set
			}
		}
		nearest[centre] = 1 + float64(len(x.rows)) // is never a centre again
		for i := range x.queries {
			if nearest[i] < nearest[centre] {
				centre = i
			}
		}
	}
}

// similar is how much the pools of two queries have in common.
func (x *sharer) similar(i, j int) float64 {
	scores := make(map[int]float64, len(x.queries[i].pool))
	for _, f := range x.queries[i].pool {
		scores[f.row] = f.score
	}
	sum := 0.0
	for _, f := range x.queries[j].pool {
		sum += min(scores[f.row], f.score)
	}
	return sum
}

func (x *sharer) members(set int) (list []int) {
	for i := range x.queries {
		if x.queries[i].set == set {
			list = append(list, i)
		}
	}
	return list
}

// assign gives each query to the set that is worth most to it, the first of equals, and reports whether one has
// changed.
func (x *sharer) assign() (changed bool) {
	worth := make([][]float64, len(x.sets)) // by set and query
	for set := range x.sets {
		worth[set] = x.worth(x.sets[set])
	}
	for i := range x.queries {
		q := &x.queries[i]
		best := noSet
		for set := range x.sets {
			if x.allowed(i, x.sets[set]) && (best == noSet || worth[set][i] > worth[best][i]) {
				best = set
			}
		}
		if best != q.set {
			q.set, changed = best, true
		}
	}
	return changed
}

// allowed reports whether every row of a set may be shown for query i.
func (x *sharer) allowed(i int, set []int) bool {
	return len(set) > 0 && !slices.ContainsFunc(set, func(place int) bool { return !x.queries[i].keep(x.rows[place].row) })
}

// scoreOf is the fused score of a row for query i, 0 where the row is not in its pool.
func (x *sharer) scoreOf(i, place int) float64 {
	for _, s := range x.rows[place].scores {
		if s.query == i {
			return s.score
		}
	}
	return 0
}
