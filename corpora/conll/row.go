package conll

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// row is one token with its tag in each layer. skip is set on a CoNLL-U line that is no token of its own.
type row struct {
	token string
	tags  []string
	skip  bool
}

// row cuts a line and checks its tags.
func (l layout) row(line string) (row, error) {
	fields := l.split(line)
	if l.index >= 0 && isRange(fields[l.index]) {
		return row{skip: true}, nil
	}
	if l.width > 0 && len(fields) < l.width {
		return row{}, fmt.Errorf("the row has %s, not %d", columns(len(fields)), l.width)
	}
	token, ok := at(fields, l.token)
	if !ok {
		return row{}, fmt.Errorf("the row has only %s", columns(len(fields)))
	}
	token = strings.Trim(token, " ")
	if token == "" {
		return row{}, errors.New("the row's token is empty")
	}
	r := row{token: token, tags: make([]string, len(l.tags))}
	for i, column := range l.tags {
		tag, ok := at(fields, column)
		if !ok {
			return row{}, fmt.Errorf("the row has only %s", columns(len(fields)))
		}
		tag = strings.Trim(tag, " ")
		if _, _, err := corpora.ParseTag(tag); err != nil {
			return row{}, err
		}
		r.tags[i] = tag
	}
	return r, nil
}

func columns(n int) string {
	if n == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", n)
}

// Marks are comments with a meaning, and those that CoNLL-U knows.
var marks = regexp.MustCompile(`^#\s*(newdoc|newpar|sent_id|text|id|doc_id|source)\b(?:\s+id)?\s*(?:=\s*(.*))?$`)

func isMark(line string) bool {
	return len(line) > 1 && line[0] == '#' && marks.MatchString(line) && !tagged(line)
}

// tagged reports a line such as "#text<tab>O": a hashtag with its tag.
func tagged(line string) bool {
	cut := strings.LastIndexByte(line, '\t')
	if cut < 0 || strings.Contains(line, "=") {
		return false
	}
	_, _, err := corpora.ParseTag(line[cut+1:])
	return err == nil
}

// comment tells whether a line before a sentence's first token is a comment; one that reads as a row is none.
func (l layout) comment(line string) bool {
	if !strings.HasPrefix(line, "#") {
		return false
	}
	if isMark(line) {
		return true
	}
	if fields := l.split(line); len(fields) >= l.width {
		if _, err := l.row(line); err == nil {
			return false
		}
	}
	return strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "##") || strings.HasPrefix(line, "#begin ") ||
		strings.HasPrefix(line, "#end ") || strings.Contains(line, "=")
}
