package align

import (
	"slices"
	"strings"
)

// collect finds the mentions in a value; label is the one that a key above it named, or "".
func (p *jsonParser) collect(v node, label string) {
	if p.full() {
		return
	}
	switch v.kind {
	case 's':
		p.text(v, label)
	case 'a':
		for _, item := range v.items {
			p.collect(item, label)
		}
	case 'o':
		p.object(v, label)
	}
}

func (p *jsonParser) text(v node, label string) {
	text := strings.TrimSpace(v.text)
	if bare, _, ok := p.cutTrailingLabel(text); ok {
		text = bare
	}
	switch {
	case text == "" || (label == "" && isNone(text)):
	case label == "":
		p.bare(v, text)
	default:
		p.add(Mention{Label: label, Text: text, From: v.from})
	}
}

// bare takes a string without label where only one label exists: ["cystic fibrosis"].
func (p *jsonParser) bare(v node, text string) {
	name, ok := p.labels.only()
	if !ok {
		p.issue(IssueUnknownLabel)
		return
	}
	p.issue(IssueMissingLabel)
	p.add(Mention{Label: name, Text: text, From: v.from})
}

// object reads one mention with its label as fields, or a map from labels to mentions.
func (p *jsonParser) object(v node, label string) {
	if p.fields(v, label) {
		return
	}
	for i := 0; i+1 < len(v.items); i += 2 {
		p.pair(v.items[i], v.items[i+1], label)
	}
}

// fields reads {"text":"…","label":"…"}; false when v has no such keys, or when they are labels themselves.
func (p *jsonParser) fields(v node, label string) bool {
	var text, named node
	for i := 0; i+1 < len(v.items); i += 2 {
		key, value := strings.ToLower(v.items[i].text), v.items[i+1]
		if _, is := p.labels.exact(v.items[i].text); is || value.kind != 's' {
			continue
		}
		if named.kind == 0 && slices.Contains(labelKeys, key) {
			named = value
		} else if text.kind == 0 && slices.Contains(textKeys, key) {
			text = value
		}
	}
	if text.kind == 0 || (named.kind == 0 && label == "") {
		return false
	}
	if named.kind != 0 {
		name, ok := p.label(named.text)
		if !ok {
			return true
		}
		label = name
	}
	p.text(text, label)
	return true
}

func (p *jsonParser) pair(key, value node, label string) {
	if name, ok := p.labels.exact(key.text); ok {
		p.collect(value, name)
		return
	}
	if value.kind == 's' {
		if name, ok := p.labels.exact(value.text); ok { // {"mention":"Label"}
			p.text(key, name)
			return
		}
	}
	switch {
	case empty(value):
	case label != "" && value.kind == 'n': // {"Disease":{"cystic fibrosis":true}}
		p.text(key, label)
	case holdsObjects(value): // {"entities":[…]}
		p.collect(value, label)
	case value.kind == 's' || value.kind == 'a':
		p.renamed(key, value)
	}
}

// renamed reads the mentions under a key that is no label as it stands.
func (p *jsonParser) renamed(key, value node) {
	if only, ok := p.labels.only(); ok && value.kind == 'a' && strings.HasPrefix(labelKey(key.text), "entit") {
		p.collect(value, only)
		return
	}
	if name, ok := p.label(key.text); ok {
		p.collect(value, name)
	}
}

func empty(v node) bool {
	return v.kind == 0 || (v.kind != 's' && len(v.items) == 0) || (v.kind == 's' && isNone(v.text))
}

func holdsObjects(v node) bool {
	return v.kind == 'o' || (v.kind == 'a' && slices.ContainsFunc(v.items, func(n node) bool { return n.kind == 'o' }))
}
