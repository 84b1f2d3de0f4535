package corpora

import "sort"

// Annotate splits doc into sentences with their entities, whose offsets become relative to the sentence's Text.
// Sentences that an entity crosses are joined, and so numbered anew; merged counts the borders that fell. A
// sentence grows to cover an entity that reaches into the white space around it. Entities without fragments
// are left out.
func Annotate(doc Document) (sentences []Annotated, merged int) {
	spans, joined := cover(Segment(doc), doc.Entities)
	for first := 0; first < len(spans); {
		last := first
		for last+1 < len(spans) && joined[last] {
			last++
		}
		merged += last - first
		sentences = append(sentences, Annotated{Sentence: join(doc, spans[first:last+1], len(sentences))})
		first = last + 1
	}
	distribute(sentences, doc.Entities)
	return sentences, merged
}

// grown is a sentence with the range it must cover.
type grown struct {
	Sentence
	start, end int
}

// cover grows the sentences over the entities; joined[i] tells that an entity crosses from i to i+1.
func cover(sentences []Sentence, entities []Entity) (spans []grown, joined []bool) {
	for _, s := range sentences {
		spans = append(spans, grown{s, s.Offset, s.Offset + len(s.Text)})
	}
	if len(spans) == 0 {
		spans = blankSpan(entities)
	}
	joined = make([]bool, len(spans))
	for _, e := range entities {
		if len(e.Fragments) == 0 {
			continue
		}
		first := sort.Search(len(sentences), func(i int) bool { return sentences[i].Offset+len(sentences[i].Text) > e.Start() })
		last := sort.Search(len(sentences), func(i int) bool { return sentences[i].Offset >= e.End() }) - 1
		if first > last { // wholly between two sentences
			last = max(last, 0)
			first = last
		}
		for i := first; i < last; i++ {
			joined[i] = true
		}
		spans[first].start = min(spans[first].start, e.Start())
		spans[first].end = max(spans[first].end, e.Start())
		spans[last].end = max(spans[last].end, e.End())
	}
	for i := range joined[:max(len(joined)-1, 0)] {
		joined[i] = joined[i] || spans[i].end > spans[i+1].start
	}
	return spans, joined
}

// blankSpan is the one empty sentence that the entities of a text of white space grow.
func blankSpan(entities []Entity) []grown {
	for _, e := range entities {
		if len(e.Fragments) > 0 {
			return []grown{{Sentence{}, e.Start(), e.End()}}
		}
	}
	return nil
}

// join makes one sentence of neighbours.
func join(doc Document, spans []grown, index int) Sentence {
	start, end := spans[0].start, spans[0].end
	for _, s := range spans {
		start, end = min(start, s.start), max(end, s.end)
	}
	joined := Sentence{DocID: doc.ID, Index: index, Text: doc.Text[start:end], Offset: start}
	if len(spans) == 1 && start == spans[0].Offset {
		joined.Tokens = spans[0].Tokens
		return joined
	}
	for _, s := range spans {
		for _, t := range s.Tokens {
			joined.Tokens = append(joined.Tokens, Token{t.Start + s.Offset - start, t.End + s.Offset - start})
		}
	}
	return joined
}

// distribute gives each entity to the sentence that covers it.
func distribute(sentences []Annotated, entities []Entity) {
	for _, e := range entities {
		if len(e.Fragments) == 0 {
			continue
		}
		i := sort.Search(len(sentences), func(i int) bool { return sentences[i].Offset > e.Start() }) - 1
		s := &sentences[i]
		s.Entities = append(s.Entities, e.Shift(-s.Offset))
	}
}
