package report

import (
	"fmt"
	"html/template"
	"unicode"
	"unicode/utf8"

	"github.com/ragner/ragner/internal/ablation"
)

// chart is a picture with what is written around it.
type chart struct {
	Title   string
	Caption string
	SVG     template.HTML
	Table   *sheet // of figures that no other table has; nil: there are none
}

// charts are those that the results have figures for.
func charts(r ablation.Results, rows []row) ([]chart, error) {
	d := &drawer{rows: rows}
	for _, f := range charted(r) {
		d.dots(f)
		d.curves("by demonstrations", byK, f)
		d.curves("by annotated sentences", byPool, f)
	}
	if !r.Retrieval {
		d.scatter("tokens", "tokens of prompt and answer a sentence", row.tokens)
		d.scatter("seconds", "seconds a sentence", row.seconds)
		d.bars()
		d.reliability()
	}
	return d.charts, d.err
}

// drawer collects charts until one fails.
type drawer struct {
	rows   []row
	charts []chart
	err    error
}

func (d *drawer) add(c chart, p picture) {
	if d.err != nil {
		return
	}
	svg, err := p.svg()
	if err != nil {
		d.err = fmt.Errorf("chart %q: %w", c.Title, err)
	}
	c.SVG = svg
	d.charts = append(d.charts, c)
}

func (d *drawer) dots(f figure) {
	shown := having(d.rows, f)
	if len(shown) == 0 {
		return
	}
	caption := "Whiskers are 95 % bootstrap intervals over documents. A diamond is the best row, a square with a dashed line the reference, " +
		"a ring a row that was not finished. Numbers are those of the tables."
	if len(shown) > mostDots {
		caption += fmt.Sprintf(" Only the best %d of %s.", mostDots, plural(len(shown), "row"))
		shown = leaders(d.rows, f, mostDots)
	}
	if without := len(d.rows) - len(having(d.rows, f)); without > 0 {
		caption += fmt.Sprintf(" %s without figures %s left out.", plural(without, "row"), isAre(without))
	}
	d.add(chart{Title: sentenceCase(f.Name) + " of each row", Caption: caption}, dotChart(shown, f))
}

func (d *drawer) curves(title string, x quantity, y figure) {
	all := lines(d.rows, x, y)
	if len(all) == 0 {
		return
	}
	caption := "A line joins rows that differ in nothing else. Whiskers are 95 % intervals."
	if len(all) > 1 {
		caption += " Lines are set off a little sideways so that whiskers can be told apart."
	}
	if len(all) > mostCurves {
		caption += fmt.Sprintf(" Of %d lines those are shown that end highest.", len(all))
	}
	d.add(chart{Title: sentenceCase(y.Name) + " " + title, Caption: caption}, curveChart(all, x, y))
}

func (d *drawer) scatter(title, axis string, cost func(row) (float64, bool)) {
	all := offers(d.rows, cost, strictF1)
	if len(all) < 2 || !called(d.rows) {
		return
	}
	caption := "Filled circles on the dashed line are the Pareto frontier: no other row is better at the same cost or cheaper. Rings are the other rows. " +
		"Numbers are those of the tables; a point without room for its name has its number alone."
	d.add(chart{Title: "Strict F1 against " + title, Caption: caption}, scatterChart(all, axis, strictF1))
}

// called reports whether any row asked a model or its cache.
func called(rows []row) bool {
	for _, r := range rows {
		if e := r.Evaluation; e != nil && e.Calls+e.CacheHits+e.PromptTokens > 0 {
			return true
		}
	}
	return false
}

func (d *drawer) bars() {
	labels := goldLabels(d.rows)
	if len(labels) < 2 {
		return
	}
	caption := "Behind each label, how many gold mentions have it. " + leadersNote
	if len(labels) > mostBarLabels {
		caption += fmt.Sprintf(" The %d most frequent of %d labels; the table of labels has all.", mostBarLabels, len(labels))
		labels = labels[:mostBarLabels]
	}
	d.add(chart{Title: "Strict F1 by label", Caption: caption}, barChart(leaders(d.rows, strictF1, barRows), labels))
}

var leadersNote = fmt.Sprintf("Shown are the best %d rows and the reference.", barRows)

func (d *drawer) reliability() {
	scored := make([]row, 0, len(d.rows))
	for _, r := range d.rows {
		if r.Evaluation != nil && len(r.Evaluation.Calibration.Bins) > 0 {
			scored = append(scored, r)
		}
	}
	ranked := best(scored, strictF1)
	ranked = ranked[:min(barRows, len(ranked))]
	var all []line
	for _, r := range ranked {
		l := line{Name: fmt.Sprintf("%d %s", r.Number, r.Title())}
		for _, b := range r.Evaluation.Calibration.Bins {
			l.Points = append(l.Points, point{b.Score, ablation.Share{Value: b.Right, Low: b.Right, High: b.Right}, r})
		}
		all = append(all, l)
	}
	if len(all) == 0 {
		return
	}
	caption := "On the dashed diagonal a score is the share of predictions that are right; below it, scores promise too much. Points with few predictions say little."
	if len(scored) > len(ranked) {
		caption += fmt.Sprintf(" Only the best %d rows.", len(ranked))
	}
	d.add(chart{Title: "How far scores can be trusted", Caption: caption, Table: binSheet(ranked)}, reliabilityChart(all))
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func sentenceCase(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
