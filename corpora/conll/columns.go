package conll

import (
	"strings"

	"github.com/ragner/ragner/corpora"
)

// columnStat counts what a column's values are.
type columnStat struct{ rows, tag, entity, phrase, number int }

func (c columnStat) tags() bool     { return c.rows > 0 && c.tag*10 >= c.rows*9 }
func (c columnStat) numbered() bool { return c.rows > 0 && c.number*10 >= c.rows*9 }

// phrases reports a column of syntactic chunks ("B-NP"), which CoNLL-2000 and 2003 have beside the entities.
func (c columnStat) phrases() bool { return c.entity > 0 && c.phrase*10 >= c.entity*9 }

func columnStats(rows [][]string, width int) []columnStat {
	stats := make([]columnStat, width)
	for _, row := range rows {
		if len(row) != width {
			continue
		}
		for c, value := range row {
			stats[c].add(value)
		}
	}
	return stats
}

func (c *columnStat) add(value string) {
	c.rows++
	if kind, label, err := corpora.ParseTag(value); err == nil {
		c.tag++
		if kind != 'O' {
			c.entity++
		}
		if isPhrase(label) {
			c.phrase++
		}
	}
	if isIndex(value) {
		c.number++
	}
}

func isPhrase(label string) bool {
	switch label {
	case "NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP":
		return true
	}
	return false
}

// isIndex reports a CoNLL-U token number.
func isIndex(s string) bool { return s != "" && strings.Trim(s, "0123456789-.") == "" }

// isRange reports the numbers "7-8" and "7.1", of lines that stand beside the tokens proper.
func isRange(s string) bool { return isIndex(s) && strings.ContainsAny(s, "-.") }

// tagColumns gives all columns beside the token when all are tags (layers), else the last that is.
func tagColumns(stats []columnStat, l layout) (tags []int) {
	others := 0
	for c, s := range stats {
		switch {
		case c == l.token || c == l.index:
		case s.tags() && !s.phrases():
			tags = append(tags, c)
		default:
			others++
		}
	}
	if others > 0 && len(tags) > 1 {
		tags = tags[len(tags)-1:]
	}
	return tags
}
