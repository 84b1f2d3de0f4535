package corpora

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	listItem = regexp.MustCompile(`^(?:[-*•·‣▪◦–—+#>]+\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z]\)\s|[a-z]\.\s)`)
	heading  = regexp.MustCompile(`^[\p{Lu}\d][^\s.!?:;]*(?:[ \t]+[^\s.!?:;]+){0,4}[ \t]*:(?:\s|$)`)
)

// lineBorder reports whether the single line end between two stretches ends a sentence although no full stop
// does: after a heading, before a heading or list item, or where the line was not wrapped. before is the
// sentence so far, which ends at end; the next line begins at next.
func (s *splitter) lineBorder(before string, end, next int) bool {
	last := before[strings.LastIndexByte(before, '\n')+1:]
	line, _, _ := strings.Cut(s.text[next:], "\n")
	return isHeading(last) || listItem.MatchString(line) || heading.MatchString(line) || s.unwrapped(last, line, end)
}

// isHeading reports a line that stands alone: it ends with a colon or is short and all in capitals.
func isHeading(line string) bool {
	line = strings.TrimFunc(line, IsSpace)
	if strings.HasSuffix(line, ":") {
		return true
	}
	return len(line) <= 60 && strings.ToUpper(line) == line && strings.ToLower(line) != line && !strings.ContainsAny(line, ",;")
}

// unwrapped reports that the line that ends at end was ended on purpose: the next line begins with a capital, and
// its first word would have fitted well within the paragraph's widest line. So a title parts from its abstract.
func (s *splitter) unwrapped(last, line string, end int) bool {
	first, _ := utf8.DecodeRuneInString(line)
	if !unicode.IsUpper(first) || last == "" || strings.IndexByte(".!?,-", last[len(last)-1]) >= 0 {
		return false // what full stops mean is not decided by lines
	}
	word := len(line)
	if i := strings.IndexFunc(line, unicode.IsSpace); i >= 0 {
		word = i
	}
	return (len(last)+1+word)*4 < s.lineWidth(end)*3
}

// lineWidth is the length in bytes of the longest line in the paragraph around i.
func (s *splitter) lineWidth(i int) int {
	if i >= s.paragraph.Start && i < s.paragraph.End {
		return s.width
	}
	s.paragraph = Fragment{0, len(s.text)}
	if blank := strings.LastIndex(s.text[:i], "\n\n"); blank >= 0 {
		s.paragraph.Start = blank
	}
	if blank := strings.Index(s.text[i:], "\n\n"); blank >= 0 {
		s.paragraph.End = i + blank
	}
	s.width = 0
	for line := range strings.Lines(s.text[s.paragraph.Start:s.paragraph.End]) {
		s.width = max(s.width, len(line))
	}
	return s.width
}
