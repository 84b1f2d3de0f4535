package align

import (
	"encoding/json"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// maxDepth bounds how deep an answer's JSON is followed.
const maxDepth = 16

// The keys under which models put the parts of a mention when they answer with an array of objects.
var (
	labelKeys = []string{"label", "type", "entity_type", "entitytype", "category", "class", "tag"}
	textKeys  = []string{"text", "mention", "entity", "surface", "span", "word", "value", "name"}
)

// ParseJSON reads {"Label":["mention"]}, and what models make of it: arrays of objects, a list under another key,
// one string instead of a list, {"mention":"Label"}, code fences, text around it, trailing commas, repeated keys,
// several values after each other, JSON in a JSON string. An answer that ends too early gives all complete items.
func ParseJSON(answer string, labels *Labels) ([]Mention, []Issue) {
	r := newReader(answer, labels)
	p := &jsonParser{reader: r, s: answer}
	if p.values() == 0 && !isNone(answer) {
		p.issue(IssueMalformed)
	}
	return p.result()
}

type jsonParser struct {
	*reader
	s         string
	i         int
	inner     bool // s is the content of a JSON string: its offsets are not the answer's
	truncated bool
}

// A node is one JSON value.
type node struct {
	kind  byte // 's' string, 'a' array, 'o' object, 'n' number, true or a bare word, 0 null, false or nothing
	text  string
	from  corpora.Fragment // of the content, in the answer
	items []node           // of an array; of an object in pairs key, value
}

// values reads every object and array of the text, and strings that hold one; it returns how many.
func (p *jsonParser) values() int {
	n := 0
	for p.i < len(p.s) && !p.truncated {
		skip := strings.IndexAny(p.s[p.i:], `{["`)
		if skip < 0 {
			break
		}
		p.i += skip
		if p.s[p.i] == '"' && !p.wrapped() {
			p.i++
			continue
		}
		v, ok := p.value(0)
		if !ok && v.kind == 0 {
			p.i++
			continue
		}
		n++
		p.top(v)
		if p.full() {
			break
		}
	}
	if p.truncated {
		p.counts[IssueTruncated] = 1
	}
	return n
}

// wrapped reports whether a string that holds an object or array stands here.
func (p *jsonParser) wrapped() bool {
	rest := strings.TrimLeft(p.s[p.i+1:], ` \nrt`)
	return !p.inner && (strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "["))
}

func (p *jsonParser) top(v node) {
	if v.kind != 's' {
		p.collect(v, "")
		return
	}
	q := &jsonParser{reader: p.reader, s: v.text, inner: true}
	q.values()
}

// value reads a value at i. ok is false when it is not complete; what was complete in it is in the node.
func (p *jsonParser) value(depth int) (node, bool) {
	p.space()
	if p.i >= len(p.s) || depth > maxDepth {
		p.truncated = true
		return node{}, false
	}
	switch p.s[p.i] {
	case '"':
		return p.str()
	case '{':
		return p.sequence('o', '}', depth)
	case '[':
		return p.sequence('a', ']', depth)
	}
	return p.scalar()
}

// sequence reads an array or object; commas and colons count as white space, so that a missing or a trailing one
// costs nothing.
func (p *jsonParser) sequence(kind, end byte, depth int) (node, bool) {
	n := node{kind: kind}
	p.i++
	for len(n.items) < 4*maxMentions {
		p.separators()
		if p.i >= len(p.s) {
			p.truncated = true
			return n.even(), false
		}
		if c := p.s[p.i]; c == end {
			p.i++
			return n.even(), true
		} else if c == '}' || c == ']' {
			return n.even(), true // the end of the outer one: ours is missing
		}
		v, ok := p.value(depth + 1)
		if ok || v.kind == 'a' || v.kind == 'o' {
			n.items = append(n.items, v)
		}
		if !ok {
			return n.even(), false
		}
	}
	p.counts[IssueTooMany] = 1
	p.i = len(p.s)
	return n.even(), false
}

// even drops an object's key without value.
func (n node) even() node {
	if n.kind == 'o' && len(n.items)%2 == 1 {
		n.items = n.items[:len(n.items)-1]
	}
	return n
}

func (p *jsonParser) str() (node, bool) {
	start := p.i
	for j := start + 1; j < len(p.s); j++ {
		switch p.s[j] {
		case '\\':
			j++
		case '"':
			p.i = j + 1
			return p.stringNode(start, j), true
		}
	}
	p.i = len(p.s)
	p.truncated = true
	return node{}, false
}

// stringNode decodes the string between two quotes; one that JSON does not allow (a raw line break, "\p") is taken
// as it stands.
func (p *jsonParser) stringNode(open, end int) node {
	n := node{kind: 's'}
	if err := json.Unmarshal([]byte(p.s[open:end+1]), &n.text); err != nil {
		n.text = p.s[open+1 : end]
	}
	if !p.inner {
		n.from = corpora.Fragment{Start: open + 1, End: end}
	}
	return n
}

// scalar reads a number, true, null, or a bare word.
func (p *jsonParser) scalar() (node, bool) {
	n := strings.IndexAny(p.s[p.i:], ",:]}\"[{ \t\r\n")
	if n < 0 {
		p.i, p.truncated = len(p.s), true
		return node{}, false
	}
	word := p.s[p.i : p.i+n]
	p.i += max(n, 1)
	if word == "null" || word == "false" {
		return node{}, true
	}
	return node{kind: 'n'}, true
}

func (p *jsonParser) space() {
	for p.i < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *jsonParser) separators() {
	for p.i < len(p.s) && strings.IndexByte(" \t\r\n,:;", p.s[p.i]) >= 0 {
		p.i++
	}
}
