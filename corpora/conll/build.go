package conll

import (
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// builder makes a document of sentences.
type builder struct {
	id    string
	named bool // the file gives the id
	text  strings.Builder
	doc   corpora.Document
}

func (b *builder) empty() bool { return len(b.doc.Sentences) == 0 }

// add appends a sentence. Equal entities of several layers count once.
func (b *builder) add(s sentence, fallback string) error {
	if b.text.Len() > 0 {
		b.text.WriteByte('\n')
	}
	offset := b.text.Len()
	text, tokens := s.join()
	b.text.WriteString(text)
	first := len(b.doc.Entities)
	for layer := range s.rows[0].tags {
		spans, err := corpora.DecodeTags(s.layer(layer), fallback)
		if err != nil {
			return err
		}
		for _, span := range spans {
			e := span.EntityOf(tokens).Shift(offset)
			if !slices.ContainsFunc(b.doc.Entities[first:], func(o corpora.Entity) bool { return corpora.CompareEntities(o, e) == 0 }) {
				b.doc.Entities = append(b.doc.Entities, e)
			}
		}
	}
	b.doc.Sentences = append(b.doc.Sentences, corpora.Sentence{
		DocID: b.id, Index: len(b.doc.Sentences), Text: text, Offset: offset, Tokens: tokens,
	})
	return nil
}

func (b *builder) document() corpora.Document {
	b.doc.ID = b.id
	b.doc.Text = b.text.String()
	slices.SortStableFunc(b.doc.Entities, corpora.CompareEntities)
	return b.doc
}

func (s sentence) layer(i int) []string {
	tags := make([]string, len(s.rows))
	for n, r := range s.rows {
		tags[n] = r.tags[i]
	}
	return tags
}

// join gives the sentence's text and where its tokens stand: its "# text" when exactly the tokens and white space
// make it up, else the tokens joined by a blank.
func (s sentence) join() (string, []corpora.Token) {
	if tokens, ok := s.place(); ok {
		return s.text, tokens
	}
	var b strings.Builder
	tokens := make([]corpora.Token, len(s.rows))
	for i, r := range s.rows {
		if i > 0 {
			b.WriteByte(' ')
		}
		tokens[i].Start = b.Len()
		b.WriteString(r.token)
		tokens[i].End = b.Len()
	}
	return b.String(), tokens
}

func (s sentence) place() ([]corpora.Token, bool) {
	tokens := make([]corpora.Token, len(s.rows))
	rest := s.text
	for i, r := range s.rows {
		rest = strings.TrimLeftFunc(rest, corpora.IsSpace)
		start := len(s.text) - len(rest)
		if !strings.HasPrefix(rest, r.token) || i == 0 && start > 0 {
			return nil, false
		}
		tokens[i] = corpora.Token{Start: start, End: start + len(r.token)}
		rest = rest[len(r.token):]
	}
	return tokens, rest == "" && s.text != ""
}
