package dense

import "github.com/ragner/ragner/index/rank"

// Nearest returns the best k rows by cosine similarity with query that keep accepts (nil: all), by score and then
// row. Scores are those of Dot, to the last bit, on every machine and for any number of cores. Rows and queries
// without any value but zero have no direction and never hit. A query of other dimensions, or one that is not
// finite, has no hits. keep is asked only about rows that could enter the result, perhaps on other goroutines but
// never on two at once. An error wraps ErrDamaged.
func (v *Vectors) Nearest(query []float32, k int, keep func(row int) bool) ([]rank.Hit, error) {
	hits, err := v.NearestBatch([]Query{{Vector: query, K: k, Keep: keep}})
	if err != nil {
		return nil, err
	}
	return hits[0], nil
}

// NearestBatch answers each query as Nearest does, reading the codes once for all of them. Functions of different
// queries may be asked on different goroutines at once.
func (v *Vectors) NearestBatch(queries []Query) ([][]rank.Hit, error) {
	search := v.scanAll
	if v.len <= smallRows {
		search = v.askChromem
	}
	hits := make([][]rank.Hit, len(queries))
	var places []int
	var sound []Query
	for i, q := range queries {
		if q, ok := v.sound(q); ok {
			places, sound = append(places, i), append(sound, q)
		}
	}
	if len(sound) == 0 {
		return hits, nil
	}
	found, err := search(sound)
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		hits[place] = found[i]
	}
	return hits, nil
}

// sound is q with a vector of length 1, and whether it can have hits at all.
func (v *Vectors) sound(q Query) (Query, bool) {
	if len(q.Vector) != v.dimensions || q.K <= 0 || v.len == 0 {
		return q, false
	}
	unit, err := Normalize(q.Vector)
	if err != nil || isZero(unit) {
		return q, false
	}
	q.Vector, q.K = unit, min(q.K, v.len)
	return q, true
}

// scanAll answers sound queries from the codes.
func (v *Vectors) scanAll(queries []Query) ([][]rank.Hit, error) {
	return v.scanBy(queries, scanWorkers(len(v.codes.codes)))
}

func (v *Vectors) scanBy(queries []Query, workers int) ([][]rank.Hit, error) {
	coded := make([]codedQuery, len(queries))
	selections := make([][]*selection, len(queries))
	for i, q := range queries {
		coded[i] = quantizeQuery(q.Vector, v.codes.stride)
		common := newShared(q.K, q.Keep)
		for range workers {
			selections[i] = append(selections[i], newSelection(&coded[i], common))
		}
	}
	if err := v.codes.scan(coded, selections); err != nil {
		return nil, err
	}
	hits := make([][]rank.Hit, len(queries))
	var err error
	for i := range hits {
		if hits[i], err = finish(&v.rows, selections[i]); err != nil {
			return nil, err
		}
	}
	return hits, nil
}
