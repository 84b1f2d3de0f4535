package lexicon

import (
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/corpora"
)

// parsed is a text taken apart for matching. Its buffers are used again for the next text, so that matching does not
// allocate.
type parsed struct {
	text   string
	tokens []corpora.Token
	words  []word
	norm   []byte // the words' normal forms, one blank between two: a run of words stands there as a key does
}

// word is a token that counts for matching, as Words has it.
type word struct {
	token    int
	from, to int // its normal form in norm
	hash     uint64
}

var parsedTexts = sync.Pool{New: func() any { return new(parsed) }}

// parse takes a text apart; release gives the buffers back.
func parse(text string) *parsed {
	p := parsedTexts.Get().(*parsed)
	p.read(text)
	return p
}

func (p *parsed) release() { parsedTexts.Put(p) }

func (p *parsed) read(text string) {
	p.text, p.tokens = text, corpora.AppendTokens(p.tokens[:0], text)
	p.words, p.norm = p.words[:0], p.norm[:0]
	possessive := false
	for i, t := range p.tokens {
		token := text[t.Start:t.End]
		if possessive && (token == "s" || token == "S") {
			possessive = false
			continue
		}
		possessive = token == "'" || token == "’"
		p.add(i, token)
	}
}

// add appends a token's normal form, if it has one.
func (p *parsed) add(token int, surface string) {
	before := len(p.norm)
	if before > 0 {
		p.norm = append(p.norm, ' ')
	}
	from := len(p.norm)
	if p.norm = appendNormal(p.norm, surface); len(p.norm) == from {
		p.norm = p.norm[:before]
		return
	}
	p.words = append(p.words, word{token, from, len(p.norm), xxhash.Sum64(p.norm[from:])})
}

// appendNormal is Normalize into a buffer.
func appendNormal(dst []byte, token string) []byte {
	if !isASCII(token) {
		return append(dst, Normalize(token)...)
	}
	if token == "-" || token == "'" {
		return dst
	}
	from := len(dst)
	for i := range len(token) {
		c := token[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	cut, y := pluralEnd(dst[from:])
	dst = dst[:len(dst)-cut]
	if y {
		dst = append(dst, 'y')
	}
	return dst
}

// Key is the normal form of a text: its words as Words has them, one blank between two.
func Key(text string) string {
	p := parse(text)
	defer p.release()
	return string(p.norm)
}

// normal is the normal form of the words first to last, as a key has it.
func (p *parsed) normal(first, last int) []byte { return p.norm[p.words[first].from:p.words[last].to] }

// fragment is the stretch from the first to the last word, in bytes of the text.
func (p *parsed) fragment(first, last int) corpora.Fragment {
	return corpora.Fragment{Start: p.tokens[p.words[first].token].Start, End: p.tokens[p.words[last].token].End}
}

// surface is Surface of the words first to last.
func (p *parsed) surface(first, last int) string {
	return Surface(p.text, p.tokens[p.words[first].token:p.words[last].token+1])
}

// replace puts other normal forms in the place of some words'.
func (p *parsed) replace(other map[int]string) {
	norm := make([]byte, 0, len(p.norm)+16)
	for i := range p.words {
		w := &p.words[i]
		form := p.norm[w.from:w.to]
		if o, ok := other[i]; ok {
			form = []byte(o)
			w.hash = xxhash.Sum64(form)
		}
		if i > 0 {
			norm = append(norm, ' ')
		}
		w.from = len(norm)
		norm = append(norm, form...)
		w.to = len(norm)
	}
	p.norm = norm
}
