package retrieval

import (
	"cmp"
	"context"
	"slices"

	"github.com/ragner/ragner/index/forward"
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
	*search
	needs needs
	pool  []fused // what is found for it, best first
	keep  func(row int) bool
	set   int // -1: none
}

// sharedRow is a sentence with what it is worth to whom.
type sharedRow struct {
	row    int
	words  []forward.Word
	meets  []meeting // by query, then need
	scores []scoreOf // by query
}

// meeting is a need of a query that a row meets.
type meeting struct{ query, need int32 }

type scoreOf struct {
	query int
	score float64
}

const (
	clusterRounds = 5
	noSet         = -1
	leastShare    = 0.01 // of a query's words; what every sentence has need not be met
)

// add finds a query's pool.
func (x *sharer) add(ctx context.Context, q Query) error {
	r := x.searcher
	s, err := r.newSearch(ctx, q)
	if err != nil {
		return err
	}
	r.readQuery(s)
	out := sharing{search: s, needs: r.needsOf(s), keep: r.showable(s), set: noSet}
	out.pool = r.found(s, out.keep)
	x.queries = append(x.queries, out)
	return nil
}

// readRows reads the rows of all pools and finds what each is worth to every query, in whose pool it need not stand.
func (x *sharer) readRows() {
	byRow := map[int][]scoreOf{}
	for i, q := range x.queries {
		for _, f := range q.pool {
			byRow[f.row] = append(byRow[f.row], scoreOf{i, f.score})
		}
	}
	for row, scores := range byRow {
		x.rows = append(x.rows, sharedRow{row: row, scores: scores})
	}
	slices.SortFunc(x.rows, func(a, b sharedRow) int { return cmp.Compare(a.row, b.row) })
	for place := range x.rows {
		x.read(&x.rows[place])
	}
}

// read finds which needs a row meets.
func (x *sharer) read(row *sharedRow) {
	ix := x.searcher.index
	row.words = ix.SentenceWords(nil, row.row)
	roles, mentions := ix.SentenceRoles(nil, row.row), ix.SentenceMentions(nil, row.row)
	text := ""
	var has []int32
	for i := range x.queries {
		n := &x.queries[i].needs
		if has = n.metBy(has[:0], row.words, roles, mentions); len(n.pieces) > 0 {
			if text == "" {
				text = ix.Sentences().Text(row.row)
			}
			has = n.piecesMetBy(has, text)
		}
		for _, need := range has {
			if n.weights[need] >= leastShare*coverageWeight {
				row.meets = append(row.meets, meeting{int32(i), need})
			}
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
	keep := x.queries[i].keep
	return len(set) > 0 && (keep == nil || !slices.ContainsFunc(set, func(place int) bool { return !keep(x.rows[place].row) }))
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
