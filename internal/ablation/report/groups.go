package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
)

// poolKey is the setting that decides Row.Pool.
const poolKey = "pool"

// quantity is a number that rows differ in. key is the setting that decides it.
type quantity struct {
	Name, key string
	of        func(row) (float64, bool)
}

var (
	byK = quantity{"demonstrations a sentence (k)", "retrieval.k", func(r row) (float64, bool) {
		x, err := strconv.ParseFloat(setting(r.Settings["retrieval.k"]), 64)
		return x, err == nil
	}}
	byPool = quantity{"annotated sentences in the index (log scale)", poolKey, func(r row) (float64, bool) {
		return float64(r.Pool), r.Pool > 0
	}}
)

// line is a group of rows that differ in one quantity alone, in its order. Its name says in which settings it differs
// from the other lines; it is empty where there is one line.
type line struct {
	Name   string
	Points []point
}

type point struct {
	X   float64
	Y   ablation.Share
	Row row
}

// lines groups the finished rows that have the figure. A group whose rows all have the same quantity is no line.
func lines(rows []row, x quantity, y figure) []line {
	var keys []string // in order of appearance
	groups := map[string][]point{}
	for _, r := range having(rows, y) {
		at, ok := x.of(r)
		if !ok || unfinished(r) > 0 {
			continue
		}
		key := identity(r, x.key)
		if groups[key] == nil {
			keys = append(keys, key)
		}
		value, _ := y.of(r)
		groups[key] = append(groups[key], point{at, value, r})
	}
	var out []line
	for _, key := range keys {
		points := groups[key]
		slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(a.X, b.X) })
		if points[0].X < points[len(points)-1].X {
			out = append(out, line{Points: points})
		}
	}
	nameLines(out, x.key)
	return out
}

// traits are what tells rows apart, but for one setting. Tagger, model and pool are those that the row really had; rows
// that have not begun have none.
func traits(r row, except string) map[string]string {
	all := map[string]string{}
	for key, value := range r.Settings {
		all[key] = setting(value)
	}
	if r.Pool > 0 {
		all[poolKey] = strconv.Itoa(r.Pool)
	}
	if r.Tagger != "" {
		all["tagger"] = r.Tagger
	}
	if r.Model != "" {
		all["model"] = r.Model
	}
	delete(all, except)
	return all
}

func identity(r row, except string) string {
	all := traits(r, except)
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%q=%q ", key, all[key])
	}
	return b.String()
}

func nameLines(all []line, except string) {
	var each []map[string]string
	for _, l := range all {
		each = append(each, traits(l.Points[0].Row, except))
	}
	keys := differing(each)
	for i := range all {
		var parts []string
		for _, key := range keys {
			parts = append(parts, shortKey(key, keys)+" "+cmp.Or(each[i][key], "–"))
		}
		all[i].Name = strings.Join(parts, ", ")
	}
}

// differing are the keys that have more than one value, sorted.
func differing(all []map[string]string) []string {
	first := map[string]string{}
	found := map[string]bool{}
	for _, m := range all {
		for key, value := range m {
			if known, ok := first[key]; ok && known != value {
				found[key] = true
			}
			first[key] = value
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// shortKey is the flag of a setting, as in the rows' names, or the whole key where another one's flag is the same or
// it could be taken for the pool of annotated sentences.
func shortKey(key string, among []string) string {
	short := cmp.Or(config.Flag(key), key)
	if short == poolKey {
		return key
	}
	for _, other := range among {
		if other != key && cmp.Or(config.Flag(other), other) == short {
			return key
		}
	}
	return short
}

// settingKeys are the keys that any row has, sorted.
func settingKeys(rows []ablation.Row) []string {
	found := map[string]bool{}
	for _, r := range rows {
		for key := range r.Settings {
			found[key] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
