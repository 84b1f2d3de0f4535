package align

import (
	"slices"
	"strings"
)

// maxMentions bounds what is read from one answer: more than any sentence has, little enough to stay fast when a
// model repeats itself up to its token limit.
const maxMentions = 4096

// reader collects the mentions and issues of one answer.
type reader struct {
	answer   string
	labels   *Labels
	mentions []Mention
	counts   map[IssueKind]int
}

func newReader(answer string, labels *Labels) *reader {
	return &reader{answer: answer, labels: labels, counts: map[IssueKind]int{}}
}

func (r *reader) issue(k IssueKind) { r.counts[k]++ }

// full reports, once as an issue, that no more mentions are taken.
func (r *reader) full() bool {
	if len(r.mentions) < maxMentions {
		return false
	}
	r.counts[IssueTooMany] = 1
	return true
}

// label resolves the label of an item and counts what was not spelled right.
func (r *reader) label(s string) (string, bool) {
	if name, ok := r.labels.exact(s); ok {
		return name, true
	}
	if name, ok := r.labels.nearest(s); ok {
		r.issue(IssueGuessedLabel)
		return name, true
	}
	r.issue(IssueUnknownLabel)
	return "", false
}

func (r *reader) add(m Mention) {
	if r.full() {
		return
	}
	m.Order = len(r.mentions)
	r.mentions = append(r.mentions, m)
}

func (r *reader) result() ([]Mention, []Issue) {
	issues := make([]Issue, 0, len(r.counts))
	for kind, n := range r.counts {
		issues = append(issues, Issue{kind, n})
	}
	slices.SortFunc(issues, func(a, b Issue) int {
		if a.Kind < b.Kind {
			return -1
		}
		return 1
	})
	return r.mentions, issues
}

// cutTrailingLabel splits "cystic fibrosis (Disease)", as small models write when they mix up mention and label.
func (r *reader) cutTrailingLabel(s string) (text, label string, ok bool) {
	open := strings.LastIndexByte(s, '(')
	if open <= 0 || !strings.HasSuffix(s, ")") {
		return "", "", false
	}
	label, ok = r.labels.byName[strings.TrimSpace(s[open+1:len(s)-1])]
	return strings.TrimSpace(s[:open]), label, ok
}
