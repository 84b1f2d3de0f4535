package ontology

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// readTable reads CSV and TSV with named columns, and lists of one name a line. Lines that begin with # before
// the header are comments; the header may be the last of them, or the row below a row of titles.
func readTable(r *bufio.Reader, b *builder, format string) error {
	lines := &lineReader{r: r, limits: b.o.limits}
	head, base, err := prelude(lines, b)
	if err != nil {
		return err
	}
	if format == "table" {
		format = ""
	}
	format, comma := delimiter(head, format, b.o)
	b.begin(format)
	rest := pushedLines(head, lines)
	switch format {
	case "words":
		return readWords(&lineReader{r: bufio.NewReader(rest), number: base, limits: b.o.limits}, b)
	case "tsv":
		return readRows(tsvRows{&lineReader{r: bufio.NewReader(rest), number: base, limits: b.o.limits}}, b)
	}
	return readRows(newCSV(rest, comma, base, b.o.limits), b)
}

// prelude passes the comments and gives the next two lines, which decide what the file is, and the number of
// lines before them. A comment that is a header counts as the first of the two.
func prelude(lines *lineReader, b *builder) (head []string, base int, err error) {
	comment := ""
	for len(head) < 2 {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		text, isComment := strings.CutPrefix(line, "#")
		switch {
		case len(head) == 0 && isComment:
			comment = strings.TrimSpace(text)
			if _, version, ok := strings.Cut(comment, "mapping_set_version:"); ok {
				b.report.Version = strings.TrimSpace(version)
			}
		case len(head) > 0 || strings.TrimSpace(line) != "":
			if len(head) == 0 {
				base = lines.number - 1
			}
			head = append(head, line)
		}
	}
	if len(head) == 0 {
		return nil, 0, errors.New("the file holds nothing but comments")
	}
	if strings.Contains(comment, "\t") && isHeader(comment, '\t', b.o) && !isHeader(head[0], '\t', b.o) {
		head, base = append([]string{comment}, head...), base-1
	}
	return head, base, nil
}

// delimiter decides between tables and word lists by a header among the first two lines.
func delimiter(head []string, format string, o options) (string, rune) {
	for _, comma := range []rune{'\t', ',', ';'} {
		for _, line := range head[:min(2, len(head))] {
			if format != "words" && (format != "tsv" || comma == '\t') && isHeader(line, comma, o) {
				if comma == '\t' && format != "csv" && strings.Contains(line, "\t") {
					return "tsv", comma
				}
				return "csv", comma
			}
		}
	}
	switch {
	case format != "":
		return format, ','
	case strings.Contains(head[0], "\t"):
		return "tsv", '\t'
	case len(o.columns) > 0 || looksLikeCSV(head):
		return "csv", ','
	}
	return "words", 0
}

// looksLikeCSV reports whether the first two lines have as many commas that no blank follows: a table whose header
// names no known column, which readRows will say, and not a list of names such as "asthma, allergic".
func looksLikeCSV(head []string) bool {
	tight := func(line string) int { return strings.Count(line, ",") - strings.Count(line, ", ") }
	return len(head) == 2 && tight(head[0]) > 0 && tight(head[0]) == tight(head[1])
}

func isHeader(line string, comma rune, o options) bool {
	cells := tsvCells(line)
	if comma != '\t' {
		var err error
		if cells, _, err = newCSV(strings.NewReader(line), comma, 0, o.limits).next(); err != nil {
			return false
		}
	}
	_, ok, err := columnsOf(cells, o)
	return ok && err == nil
}

// readWords reads one name a line; the name is the id too.
func readWords(lines *lineReader, b *builder) error {
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if name := clean(line); name != "" && !strings.HasPrefix(name, "# ") {
			b.describe(name).name(name)
		}
	}
}

// readRows reads a table from its header on.
func readRows(r rows, b *builder) error {
	columns, err := header(r, b.o)
	if err != nil {
		return err
	}
	t := &table{b: b, columns: columns, trees: map[string]string{}}
	first := true
	for {
		row, _, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			t.parentsByTree()
			return nil
		case err != nil:
			return err
		case first && isSecondHeader(row, columns):
		default:
			t.row(row)
		}
		first = false
	}
}

// header takes the first of two rows that has a column of names.
func header(r rows, o options) ([]column, error) {
	var cause error
	for range 2 {
		row, line, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		columns, ok, err := columnsOf(row, o)
		if ok && err == nil {
			return columns, nil
		}
		if cause == nil {
			cause = at(line, err)
			if err == nil {
				cause = atf(line, "no column of names among %s: say which one with name=COLUMN (and id=, synonyms=, …)", strings.Join(row, ", "))
			}
		}
	}
	return nil, cause
}

// table is a table being read.
type table struct {
	b       *builder
	columns []column
	trees   map[string]string // MeSH tree number → id
}

// row adds one row; rows of one id add up. A row without an id is known by its name.
func (t *table) row(cells []string) {
	first := func(r role) (string, column) {
		for _, c := range t.columns {
			if c.role == r && c.index < len(cells) {
				return clean(cells[c.index]), c
			}
		}
		return "", column{}
	}
	id, idColumn := first(roleID)
	name, _ := first(roleName)
	language, _ := first(roleLanguage)
	if !t.b.o.anyLanguage && language != "" && !strings.EqualFold(language, t.b.o.language) {
		t.b.report.Skipped++
		t.b.languages[strings.ToLower(language)] = true
		return
	}
	if id = prefixed(compact(id), idColumn.curie); id == "" {
		id = name
	}
	if id == "" {
		t.b.report.Skipped++
		return
	}
	d := t.b.describe(id)
	predicate, _ := first(rolePredicate)
	t.named(d, name, local(predicate))
	for _, c := range t.columns {
		if c.index < len(cells) {
			t.cell(d, c, cells[c.index], local(predicate))
		}
	}
}

// prefixed makes a compact id of a bare one, in columns whose vocabulary is known.
func prefixed(id, curie string) string {
	if id == "" || strings.Contains(id, ":") {
		return id
	}
	return curie + id
}

// named takes the row's main text as what its predicate says: Babelon tables translate synonyms and definitions
// too.
func (t *table) named(d *draft, text, predicate string) {
	switch predicate {
	case "IAO_0000115", "0000115", "definition":
		d.definition(text)
	case "hasExactSynonym", "hasRelatedSynonym", "hasNarrowSynonym", "hasBroadSynonym", "altLabel":
		d.synonym(text, synonymScope(predicate))
	default:
		d.name(text)
	}
}

func (t *table) cell(d *draft, c column, text, predicate string) {
	switch c.role {
	case roleSynonyms:
		for _, s := range t.values(text) {
			d.synonym(s, c.scope)
		}
	case roleDefinition:
		d.definition(text)
	case roleParents:
		for _, p := range t.values(text) {
			d.parent(compact(p))
		}
	case roleXrefs:
		if predicate != "" && predicate != "exactMatch" && predicate != "label" {
			return // an SSSOM row of another relation
		}
		for _, x := range t.values(text) {
			d.xref(compact(x))
		}
	case roleObsolete:
		d.obsolete = d.obsolete || strings.EqualFold(text, "true") || text == "1"
	case roleTree:
		for _, tree := range t.values(text) {
			d.trees = append(d.trees, tree)
			t.trees[tree] = d.ID
		}
	}
}

// values splits a cell; what only says that there is none is dropped.
func (t *table) values(cell string) (values []string) {
	for _, v := range strings.Split(cell, t.b.o.separator) {
		switch v = clean(v); strings.ToLower(v) {
		case "", "none", "none:none", "n/a", "null", "nan", "-":
		default:
			values = append(values, v)
		}
	}
	return values
}

// parentsByTree gives each MeSH descriptor its parents: A01.236 is below A01.
func (t *table) parentsByTree() {
	for _, d := range t.b.order {
		for _, tree := range d.trees {
			if i := strings.LastIndexByte(tree, '.'); i > 0 {
				d.parent(t.trees[tree[:i]])
			}
		}
	}
}
