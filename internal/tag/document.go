package tag

import (
	"context"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// Document tags a document sentence by sentence and returns it with the entities found, its own annotations gone.
// around is how many sentences before and after go along with each as context; without names documents that must not be
// shown, besides the document itself. The first sentence that fails fails the document.
func Document(ctx context.Context, t Tagger, doc corpora.Document, around int, without ...string) (corpora.Document, Stats, error) {
	doc.Entities, doc.Err = nil, nil
	var stats Stats
	for _, in := range Inputs(doc, around, without...) {
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
func Inputs(doc corpora.Document, around int, without ...string) []Input {
	sentences := corpora.Segment(doc)
	defined := lexicon.Abbreviations(doc.Text)
	list := make([]Input, len(sentences))
	for i, s := range sentences {
		s.DocID, s.Index = doc.ID, i
		list[i] = Input{Sentence: s, Abbreviations: defined, Exclude: without}
		list[i].Before = joined(sentences[max(0, i-around):i])
		list[i].After = joined(sentences[i+1 : min(len(sentences), i+1+around)])
	}
	queries := make([]retrieval.Query, len(list))
	for i, in := range list {
		queries[i] = in.Query()
	}
	for i, place := range retrieval.Together(queries) {
		list[i].Place = place
	}
	return list
}

func joined(sentences []corpora.Sentence) string {
	texts := make([]string, len(sentences))
	for i, s := range sentences {
		texts[i] = s.Text
	}
	return strings.Join(texts, " ")
}
