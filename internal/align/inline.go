package align

import (
	"strings"

	"github.com/ragner/ragner/corpora"
)

// ParseInline reads a copy of the sentence with <Label>mention</Label>. A tag names its label at both ends, so that
// nested and crossing entities can be said, and a lost tag costs one mention, not the rest of the answer; "<" stays
// text unless a known label follows. An opening tag without partner is counted and dropped, a closing one too.
// A backslash before a tag makes it text, as EscapeInline writes it.
func ParseInline(answer string, labels *Labels) ([]Mention, []Issue) {
	p := &inlineParser{reader: newReader(answer, labels), open: map[string][]openTag{}}
	for i := 0; i < len(answer); {
		n := p.next(answer[i:], i)
		i += n
	}
	for range p.opened {
		p.issue(IssueUnbalanced)
	}
	p.finish()
	return p.result()
}

type openTag struct{ plain, answer, order int } // order: of the opening tag

type tagged struct {
	mention Mention
	order   int
}

type inlineParser struct {
	*reader
	plain  strings.Builder // the copy without its tags
	open   map[string][]openTag
	opened int // open tags that wait for their partner
	tags   int
	found  []tagged
}

// next consumes one tag, escape or byte of text at byte at of the answer and returns its length.
func (p *inlineParser) next(s string, at int) int {
	if s[0] == '\\' {
		if n, text := unescape(s, p.labels); n > 0 {
			p.plain.WriteString(text)
			return n
		}
	}
	if s[0] == '<' {
		if t, ok := cutTag(s, p.labels); ok {
			p.tag(t, at)
			return t.length
		}
	}
	end := strings.IndexAny(s[1:], `<\`) + 1
	if end == 0 {
		end = len(s)
	}
	p.plain.WriteString(s[:end])
	return end
}

func (p *inlineParser) tag(t tag, at int) {
	p.tags++
	if !t.closing {
		p.open[t.label] = append(p.open[t.label], openTag{p.plain.Len(), at + t.length, p.tags})
		p.opened++
		return
	}
	stack := p.open[t.label]
	if len(stack) == 0 {
		p.issue(IssueUnbalanced)
		return
	}
	opening := stack[len(stack)-1]
	p.open[t.label] = stack[:len(stack)-1]
	p.opened--
	if len(p.found) >= maxMentions {
		p.counts[IssueTooMany] = 1
		return
	}
	m := Mention{Label: t.label, Inline: true, Near: opening.plain, From: corpora.Fragment{Start: opening.answer, End: at}}
	p.found = append(p.found, tagged{p.trim(m, p.plain.Len()), opening.order})
}

// trim sets the mention's text, the copy up to end, without white space at its borders.
func (p *inlineParser) trim(m Mention, end int) Mention {
	text := p.plain.String()[m.Near:end]
	left := strings.TrimLeft(text, " \t\r\n")
	m.Near += len(text) - len(left)
	m.Text = strings.TrimSpace(left)
	return m
}

// finish orders the mentions by their opening tags, outer before inner.
func (p *inlineParser) finish() {
	sortBy(p.found, func(t tagged) int { return t.order })
	for _, t := range p.found {
		p.add(t.mention)
	}
	if p.tags == 0 && strings.TrimSpace(p.answer) == "" {
		p.issue(IssueMalformed)
	}
}

type tag struct {
	label   string
	closing bool
	length  int // bytes
}

// cutTag reads a tag of a known label at the start of s.
func cutTag(s string, labels *Labels) (tag, bool) {
	body := s[1:]
	closing := strings.HasPrefix(body, "/")
	if closing {
		body = body[1:]
	}
	end := strings.IndexByte(body[:min(len(body), maxLabel+1)], '>')
	if end < 0 || strings.ContainsAny(body[:end], `<\\`) {
		return tag{}, false
	}
	label, ok := labels.exact(strings.TrimSpace(body[:end]))
	return tag{label, closing, len(s) - len(body) + end + 1}, ok
}

// unescape reads backslashes before a tag: two mean one, one makes the tag text. n is 0 when no tag follows.
func unescape(s string, labels *Labels) (n int, text string) {
	slashes := len(s) - len(strings.TrimLeft(s, `\`))
	if slashes == len(s) || s[slashes] != '<' {
		return slashes, s[:slashes]
	}
	t, ok := cutTag(s[slashes:], labels)
	if !ok {
		return slashes, s[:slashes]
	}
	if slashes%2 == 0 {
		return slashes, s[:slashes/2]
	}
	return slashes + t.length, s[:slashes/2] + s[slashes:slashes+t.length]
}

// EscapeInline makes text that looks like a tag of these labels stay text in ParseInline. beforeTag says that a tag
// follows the text.
func EscapeInline(text string, labels *Labels, beforeTag bool) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		rest := text[i:]
		slashes := len(rest) - len(strings.TrimLeft(rest, `\`))
		after := rest[slashes:]
		isTag := false
		if strings.HasPrefix(after, "<") {
			_, isTag = cutTag(after, labels)
		}
		if isTag || (after == "" && beforeTag) {
			slashes *= 2
		}
		b.WriteString(strings.Repeat(`\`, slashes))
		if isTag {
			b.WriteByte('\\')
		}
		if after == "" {
			break
		}
		b.WriteByte(after[0])
		i = len(text) - len(after) + 1
	}
	return b.String()
}
