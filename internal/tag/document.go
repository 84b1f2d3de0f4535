package tag

import (
	"context"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

// Document tags a document sentence by sentence and returns it with the entities found, its own annotations gone.
// contextChars is how much text, in bytes, of the neighbouring sentences goes along with each. The first sentence that
// fails fails the document.
func Document(ctx context.Context, t Tagger, doc corpora.Document, contextChars int) (corpora.Document, Stats, error) {
	doc.Entities, doc.Err = nil, nil
	var stats Stats
	for _, in := range Inputs(doc, contextChars) {
		p, err := t.Tag(ctx, in)
		stats = stats.Add(p.Stats)
		if err != nil {
			doc.Entities = nil
			return doc, stats, err
		}
		for _, e := range p.Entities {
			doc.Entities = append(doc.Entities, e.Shift(in.Sentence.Offset))
		}
	}
	slices.SortStableFunc(doc.Entities, corpora.CompareEntities)
	return doc, stats, nil
}

// Inputs splits a document into what a tagger takes.
func Inputs(doc corpora.Document, contextChars int) []Input {
	sentences := corpora.Segment(doc)
	defined := lexicon.Abbreviations(doc.Text)
	list := make([]Input, len(sentences))
	for i, s := range sentences {
		s.DocID, s.Index = doc.ID, i
		list[i] = Input{Sentence: s, Abbreviations: defined}
		if contextChars > 0 {
			list[i].Before = tail(doc.Text[:s.Offset], contextChars)
			list[i].After = head(doc.Text[s.Offset+len(s.Text):], contextChars)
		}
	}
	return list
}

// tail and head cut on the border of a token.
func tail(text string, n int) string {
	if len(text) <= n {
		return text
	}
	tokens := corpora.Tokenize(text)
	for _, t := range tokens {
		if len(text)-t.Start <= n {
			return text[t.Start:]
		}
	}
	return ""
}

func head(text string, n int) string {
	if len(text) <= n {
		return text
	}
	end := 0
	for _, t := range corpora.Tokenize(text) {
		if t.End > n {
			break
		}
		end = t.End
	}
	return text[:end]
}
