package align

import (
	"strings"
	"unicode"

	"github.com/ragner/ragner/corpora"
)

// maxLines bounds how many lines of an answer are looked at.
const maxLines = 4 * maxMentions

// echoes are the markers of our own prompts. A model that goes on after its answer writes them again: before any
// mention they are an echo to skip, after one they begin an invented example, which must not be read.
var echoes = []string{"text:", "terms:", "sentence:", "input:", "passages:", "before:", "after:"}

// answerMarks may stand before the first label.
var answerMarks = []string{"answer:", "entities:", "output:"}

// ParseLines reads "Label: mention" lines. It takes bullets, numbers, quotes, Markdown, any case of a label, a label
// near a known one, a label as headline with its mentions as bullets below, "mention: Label" and "mention (Label)".
// A line may hold several mentions ("a; b"): only Align can tell them from a mention with a semicolon, and splits them.
func ParseLines(answer string, labels *Labels) ([]Mention, []Issue) {
	p := &lineParser{reader: newReader(answer, labels)}
	at, n := 0, 0
	for line := range strings.SplitSeq(answer, "\n") {
		if n++; n > maxLines {
			p.counts[IssueTooMany] = 1
			break
		}
		if !p.line(line, at) {
			break
		}
		at += len(line) + 1
	}
	return p.result()
}

type lineParser struct {
	*reader
	headline string // the label of a "Label:" line without mention
	answered bool   // a mention or "none" was read
}

// line reads one line, which starts at byte at of the answer; false ends the answer.
func (p *lineParser) line(line string, at int) bool {
	body, bulleted := stripBullet(strings.TrimSpace(line))
	body = trimPrefixFold(body, answerMarks)
	if body == "" || strings.HasPrefix(body, "```") {
		return true
	}
	if hasPrefixFold(body, echoes) && !p.isLabel(body) {
		p.issue(IssueChatter)
		return !p.answered
	}
	if isNone(body) {
		p.answered = true
		return true
	}
	if !p.labelled(body, line, at) {
		p.unlabelled(body, line, at, bulleted)
	}
	return !p.full()
}

// isLabel guards labels that are called like a marker of the prompt ("Text").
func (p *lineParser) isLabel(body string) bool {
	_, _, ok := p.labels.cutLabel(body)
	return ok
}

// labelled reads "Label: mention"; false when the line has not that shape.
func (p *lineParser) labelled(body, line string, at int) bool {
	name, rest, ok := p.labels.cutLabel(strings.TrimLeft(body, "*`\"'_"))
	if !ok {
		before, after, found := strings.Cut(body, ":")
		if !found {
			return false
		}
		if reversed, is := p.labels.exact(strings.TrimSpace(after)); is {
			p.mention(reversed, before, line, at)
			return true
		}
		if name, rest = strings.Trim(before, " \t*`\"'_"), after; !plausibleLabel(name) {
			return false
		}
		if strings.TrimSpace(rest) == "" && !p.near(name) {
			return false // "Here are the entities:"
		}
		if name, ok = p.label(name); !ok {
			return true
		}
	}
	p.headline = ""
	if strings.Trim(rest, " \t*") == "" {
		p.headline = name
		return true
	}
	p.mention(name, rest, line, at)
	return true
}

func (p *lineParser) near(name string) bool {
	if _, ok := p.labels.exact(name); ok {
		return true
	}
	_, ok := p.labels.nearest(name)
	return ok
}

// unlabelled reads "mention (Label)", a bullet under a headline, or a line without label where only one exists.
func (p *lineParser) unlabelled(body, line string, at int, bulleted bool) {
	if text, name, ok := p.cutTrailingLabel(body); ok {
		p.mention(name, text, line, at)
		return
	}
	if p.headline != "" {
		p.mention(p.headline, body, line, at)
		return
	}
	if name, ok := p.labels.only(); ok && (bulleted || bareMention(body)) {
		p.issue(IssueMissingLabel)
		p.mention(name, body, line, at)
		return
	}
	p.issue(IssueChatter)
}

func (p *lineParser) mention(label, text, line string, at int) {
	p.answered = true
	if bare, _, ok := p.cutTrailingLabel(strings.TrimSpace(text)); ok {
		text = bare
	}
	text = strings.TrimSpace(strings.TrimRight(strings.TrimLeft(text, " \t*"), " \t\r*"))
	if text == "" || isNone(text) {
		return
	}
	from := corpora.Fragment{Start: at, End: at + len(line)}
	if i := strings.Index(line, text); i >= 0 {
		from = corpora.Fragment{Start: at + i, End: at + i + len(text)}
	}
	p.add(Mention{Label: label, Text: text, From: from})
}

// bareMention tells "cystic fibrosis" from a remark such as "I hope this helps!" or "Here they are:".
func bareMention(s string) bool {
	return !strings.ContainsAny(s[len(s)-1:], ".:!?") && len(strings.Fields(s)) <= 8
}

// plausibleLabel tells "Disease name" from a sentence that has a colon.
func plausibleLabel(s string) bool {
	return s != "" && len(s) <= maxLabel && len(strings.Fields(s)) <= 4
}

// stripBullet takes "- ", "* ", "• ", "1. " and "2) " from a line.
func stripBullet(line string) (string, bool) {
	for _, b := range []string{"- ", "* ", "• ", "– ", "+ ", "> "} {
		if rest, ok := strings.CutPrefix(line, b); ok {
			return strings.TrimSpace(rest), true
		}
	}
	digits := strings.TrimLeftFunc(line, unicode.IsDigit)
	if len(digits) == len(line) || len(line)-len(digits) > 3 || len(digits) < 2 {
		return line, false
	}
	if (digits[0] == '.' || digits[0] == ')') && digits[1] == ' ' {
		return strings.TrimSpace(digits[1:]), true
	}
	return line, false
}

// isNone reports the ways in which models say that there is nothing.
func isNone(s string) bool {
	switch strings.ToLower(strings.Trim(s, " \t\r.()[]{}\"'`*!-–—<>")) {
	case "", "none", "n/a", "null", "nil", "no entities", "no entity", "no entities found", "none found", "empty":
		return true
	}
	return false
}

func hasPrefixFold(s string, prefixes []string) bool { return trimPrefixFold(s, prefixes) != s }

func trimPrefixFold(s string, prefixes []string) string {
	for _, p := range prefixes {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			return strings.TrimSpace(s[len(p):])
		}
	}
	return s
}
