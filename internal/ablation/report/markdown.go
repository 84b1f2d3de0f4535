package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ragner/ragner/internal/ablation"
)

// mostExamples is how many errors of a row report.md shows.
const mostExamples = 5

// markdown is a page in GitHub's flavour.
type markdown struct{ strings.Builder }

func asMarkdown(v view) []byte {
	var m markdown
	m.line("# " + plain(v.Title))
	m.line("Charts and all errors are in [report.html](report.html), all figures in results.csv and results.json.")
	m.line("## What was run")
	m.facts(v.Facts)
	m.line("## Results")
	m.line(plain(v.Summary))
	m.list(v.Warnings, "**Warning:** ")
	m.sheets(v.Results)
	m.line("## Settings")
	if len(v.Settings.Columns) > 2 {
		m.table(v.Settings)
	} else {
		m.line("The rows do not differ in a setting.")
	}
	if v.Same != "" {
		m.line("The same in all rows: " + plain(v.Same) + ".")
	}
	if len(v.Details) > 0 {
		m.line("## Labels and errors")
		m.sheets(v.Details)
	}
	m.examples(v.rows)
	return []byte(strings.TrimRight(m.String(), "\n") + "\n")
}

// line writes a block and the empty line after it.
func (m *markdown) line(s string) { m.WriteString(s + "\n\n") }

func (m *markdown) list(items []string, before string) {
	for _, item := range items {
		m.WriteString("- " + before + plain(item) + "\n")
	}
	if len(items) > 0 {
		m.WriteString("\n")
	}
}

func (m *markdown) facts(list []fact) {
	for _, f := range list {
		value := plain(f.Value)
		if f.Code {
			value = code(f.Value)
		}
		m.WriteString("- " + f.Name + ": " + value + "\n")
		for _, s := range f.Files {
			m.WriteString("  - " + code(s.Path))
			if s.SHA256 != "" {
				m.WriteString(" SHA-256 " + code(s.SHA256))
			}
			m.WriteString("\n")
		}
	}
	m.WriteString("\n")
}

func (m *markdown) sheets(list []sheet) {
	for _, s := range list {
		m.line("### " + plain(s.Title))
		m.table(s)
	}
}

func (m *markdown) table(s sheet) {
	var names, rules []string
	for _, c := range s.Columns {
		names = append(names, plain(c.Name))
		if c.Words {
			rules = append(rules, "---")
		} else {
			rules = append(rules, "---:")
		}
	}
	m.row(names)
	m.row(rules)
	for _, r := range s.Rows {
		cells := make([]string, len(r.Cells))
		for i, cell := range r.Cells {
			cells[i] = plain(cell)
		}
		m.row(cells)
	}
	m.WriteString("\n")
	if s.Note != "" {
		m.line(plain(s.Note))
	}
}

func (m *markdown) row(cells []string) { m.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

func (m *markdown) examples(rows []row) {
	begun := false
	for _, r := range rows {
		if len(r.Cases) == 0 {
			continue
		}
		if !begun {
			m.line("## Examples of errors")
			begun = true
		}
		m.line("### " + strconv.Itoa(r.Number) + " " + plain(r.Title()))
		for _, c := range spread(r.Cases, mostExamples) {
			m.WriteString("- " + example(c) + "\n")
		}
		m.WriteString("\n")
	}
}

// example is an error on one line: its sentence with the mention in bold, and the mentions that overlap it.
func example(c ablation.Case) string {
	before, after := cut(c.Sentence, ablation.Mark{End: c.At.Start}), cut(c.Sentence, ablation.Mark{Start: c.At.End, End: len(c.Sentence)})
	sentence := strings.TrimSpace(escape(inline(before)) + "‹**" + plain(cut(c.Sentence, c.At)) + "**›" + escape(inline(after)))
	return fmt.Sprintf("**%s** in %s: %s — gold: %s; predicted: %s", plain(string(c.Kind)), plain(c.DocID), sentence, mentions(c, c.Gold), mentions(c, c.Predicted))
}

func mentions(c ablation.Case, marks []ablation.Mark) string {
	var list []string
	for _, m := range marks {
		if m.Start < c.At.End && c.At.Start < m.End {
			list = append(list, fmt.Sprintf("“%s” (%s)", plain(cut(c.Sentence, m)), plain(m.Label)))
		}
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

// plain is a text on one line without markup.
func plain(s string) string { return escape(oneLine(s)) }

// escape escapes what Markdown or HTML could take for markup.
func escape(s string) string { return escaper.Replace(s) }

var escaper = func() *strings.Replacer {
	pairs := []string{"&", "&amp;", "<", "&lt;", ">", "&gt;"}
	for _, c := range "\\`*_[]|~#$" {
		pairs = append(pairs, string(c), "\\"+string(c))
	}
	return strings.NewReplacer(pairs...)
}()

// code writes a text as code, within as many backticks as it takes.
func code(s string) string {
	s = oneLine(s)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
