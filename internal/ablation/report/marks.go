package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ragner/ragner/internal/ablation"
)

// mostLevels is how many underlines are stacked below a text; marks beyond have their label only.
const mostLevels = 5

// piece is a stretch of text that no mark's border divides.
type piece struct {
	Text  string
	Under []under // the lowest underline first
	Tags  []under // of marks that end here, the highest underline first
	After []under // underlines that go on below the tags
}

// under is a mark as it is drawn.
type under struct {
	Label string
	Level int  // 0 is nearest to the text
	At    bool // it is the mention that the case is about
	mark  ablation.Mark
}

// pieces cuts a text at every border of its marks. What lies outside the text is cut off, and what is empty left out.
func pieces(text string, marks []ablation.Mark, at *ablation.Mark) []piece {
	points := []rune(text)
	all := levelled(points, marks, at)
	cuts := []int{0, len(points)}
	for _, u := range all {
		cuts = append(cuts, u.mark.Start, u.mark.End)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []piece
	for i := 1; i < len(cuts); i++ {
		from, to := cuts[i-1], cuts[i]
		p := piece{Text: unforced.Replace(string(points[from:to]))}
		for _, u := range all {
			if u.mark.Start <= from && u.mark.End >= to && u.Level < mostLevels {
				p.Under = append(p.Under, u)
			}
			if u.mark.End == to {
				p.Tags = append(p.Tags, u)
			}
		}
		slices.Reverse(p.Tags) // the innermost first
		if len(p.Tags) > 0 {
			p.After = slices.DeleteFunc(slices.Clone(p.Under), func(u under) bool { return u.mark.End == to })
		}
		out = append(out, p)
	}
	return out
}

// unforced drops the characters that turn the direction of all that follows, labels too, by force.
var unforced = strings.NewReplacer("\u202d", "", "\u202e", "")

// levelled gives each mark the level nearest to the text that is free along it, short marks first; the result is
// ordered from the lowest level to the nearest, so that it can be drawn by nesting.
func levelled(points []rune, marks []ablation.Mark, at *ablation.Mark) []under {
	var all []under
	for _, m := range marks {
		u := under{Label: oneLine(m.Label), mark: m, At: at != nil && m == *at}
		u.mark.Start, u.mark.End = max(0, m.Start), min(len(points), m.End)
		if u.mark.Start < u.mark.End {
			all = append(all, u)
		}
	}
	slices.SortStableFunc(all, func(a, b under) int {
		return cmp.Or(cmp.Compare(a.mark.End-a.mark.Start, b.mark.End-b.mark.Start), cmp.Compare(a.mark.Start, b.mark.Start), cmp.Compare(a.Label, b.Label))
	})
	for i := range all {
		for taken(all[:i], all[i]) {
			all[i].Level++
		}
	}
	slices.SortStableFunc(all, func(a, b under) int { return cmp.Compare(b.Level, a.Level) })
	return all
}

func taken(placed []under, u under) bool {
	return slices.ContainsFunc(placed, func(o under) bool {
		return o.Level == u.Level && o.mark.Start < u.mark.End && u.mark.Start < o.mark.End
	})
}

// cut is the text that a mark covers.
func cut(text string, m ablation.Mark) string {
	points := []rune(text)
	start, end := max(0, m.Start), min(len(points), m.End)
	if start >= end {
		return ""
	}
	return string(points[start:end])
}
