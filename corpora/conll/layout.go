package conll

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// layout says how a row is cut and which of its columns, from 0, are what. A negative column counts from the
// row's end.
type layout struct {
	tab   bool
	width int   // columns of a usual row
	index int   // the column of token numbers (CoNLL-U), or -1
	token int   //
	tags  []int // one, or several layers
}

var errNoTags = errors.New("no column holds tags such as O and B-Disease; say which with ,columns=TOKEN:TAG")

// guess finds the layout from the beginning of a file.
func guess(head []byte) (layout, error) {
	lines := sampleLines(head)
	l := layout{tab: mostlyTabs(lines), index: -1}
	rows := make([][]string, 0, len(lines))
	for _, line := range lines {
		if fields := l.split(line); fields[0] != docStart && !isMark(line) {
			rows = append(rows, fields)
		}
	}
	l.width = usualWidth(rows)
	if l.width < 2 {
		return l, errNoTags
	}
	stats := columnStats(rows, l.width)
	if stats[0].numbered() && l.width > 2 {
		l.index = 0
		stats = columnStats(slices.DeleteFunc(rows, func(r []string) bool { return isRange(r[0]) }), l.width)
	}
	l.token = -1
	for c := range stats {
		if c != l.index && !stats[c].tags() && l.token < 0 {
			l.token = c
		}
	}
	l.tags = tagColumns(stats, l)
	if l.token < 0 || len(l.tags) == 0 {
		return l, errNoTags
	}
	return l, nil
}

// sampleLines gives the lines of head but for blank ones and a cut last one.
func sampleLines(head []byte) (lines []string) {
	text := string(head)
	if end := strings.LastIndexByte(text, '\n'); end >= 0 && len(head) >= sampleSize {
		text = text[:end]
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// mostlyTabs reports that more rows than not have a tab; marks are no rows.
func mostlyTabs(lines []string) bool {
	with, without := 0, 0
	for _, line := range lines {
		switch {
		case strings.Contains(line, "\t"):
			with++
		case !isMark(line):
			without++
		}
	}
	return with > without
}

// split cuts a row. Only tab and blank cut: a no-break space may stand in a token.
func (l layout) split(line string) []string {
	if l.tab {
		return strings.Split(strings.TrimRight(line, "\t \r"), "\t")
	}
	fields := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' })
	if len(fields) == 0 {
		return []string{""}
	}
	return fields
}

func usualWidth(rows [][]string) int {
	counts := map[int]int{}
	best := 0
	for _, row := range rows {
		w := len(row)
		counts[w]++
		if counts[w] > counts[best] || counts[w] == counts[best] && w > best {
			best = w
		}
	}
	return best
}

// parseColumns reads the option columns=: "2:3", "1:2+3+4", "1:-1"; columns count from 1, or from -1 at the end.
func parseColumns(s string) (token int, tags []int, err error) {
	first, rest, ok := strings.Cut(s, ":")
	if !ok {
		return 0, nil, fmt.Errorf("columns=%s: want TOKEN:TAG, such as 1:2", s)
	}
	numbers := []int{}
	for _, part := range append([]string{first}, strings.Split(rest, "+")...) {
		n, err := strconv.Atoi(part)
		if err != nil || n == 0 {
			return 0, nil, fmt.Errorf("columns=%s: columns are numbers from 1, or from -1 at the end", s)
		}
		if n > 0 {
			n--
		}
		numbers = append(numbers, n)
	}
	return numbers[0], numbers[1:], nil
}

// at is the column of a row; ok is false when the row has no such column.
func at(row []string, column int) (value string, ok bool) {
	if column < 0 {
		column += len(row)
	}
	if column < 0 || column >= len(row) {
		return "", false
	}
	return row[column], true
}

// detect reports whether a file looks like tag sequences: nearly all rows as wide as the usual one, with tags.
func detect(head []byte) bool {
	l, err := guess(head)
	if err != nil {
		return false
	}
	fit, rows := 0, 0
	for _, line := range sampleLines(head) {
		if isMark(line) || strings.HasPrefix(line, docStart) {
			continue
		}
		rows++
		if _, err := l.row(line); err == nil {
			fit++
		}
	}
	return rows > 0 && fit*20 >= rows*19
}
