package tag

import (
	"iter"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// Inputs splits a document into what a tagger takes.
func Inputs(doc corpora.Document, around int, without ...string) []Input {
	return slices.Concat(slices.Collect(batches(doc, around, without))...)
}

// batches yields what Inputs gives, the sentences of a page at a time. Of a document as long as a book no more is in memory
// than these and those around them, and what was looked up for them ends with them.
func batches(doc corpora.Document, around int, without []string) iter.Seq[[]Input] {
	return func(yield func([]Input) bool) {
		next, stop := iter.Pull(corpora.Sentences(doc))
		defer stop()
		defined := lexicon.Abbreviations(doc.Text)
		var window []corpora.Sentence // of these the first come before the batch, the last after it
		for first, index := 0, 0; ; {
			window = fill(window, first+mostOfPage+around, next)
			batch := make([]Input, min(mostOfPage, len(window)-first))
			for i := range batch {
				at := first + i
				s := window[at]
				s.DocID, s.Index = doc.ID, index+i
				batch[i] = Input{Sentence: s, Abbreviations: defined, Exclude: without}
				batch[i].Before = joined(window[max(0, at-around):at])
				batch[i].After = joined(window[at+1 : min(len(window), at+1+around)])
			}
			settle(batch)
			paginate(batch)
			if len(batch) == 0 || !yield(batch) {
				return
			}
			over := max(0, first+len(batch)-around)
			first, index = first+len(batch)-over, index+len(batch)
			window = slices.Delete(window, 0, over)
		}
	}
}

// Stretches yields what Inputs gives, so many sentences at a time as are planned together of a long document.
func Stretches(doc corpora.Document, around int, without ...string) iter.Seq[[]Input] {
	return stretches(batches(doc, around, without))
}

// stretches joins batches until they have as much text as is planned together.
func stretches(inputs iter.Seq[[]Input]) iter.Seq[[]Input] {
	return func(yield func([]Input) bool) {
		var some []Input
		size := 0
		for batch := range inputs {
			some = append(some, batch...)
			for _, in := range batch {
				size += len(in.Sentence.Text)
			}
			if size < chunkBytes {
				continue
			}
			if !yield(some) {
				return
			}
			some, size = nil, 0
		}
		if len(some) > 0 {
			yield(some)
		}
	}
}

// fill takes more sentences until there are n, or no more.
func fill(window []corpora.Sentence, n int, next func() (corpora.Sentence, bool)) []corpora.Sentence {
	for len(window) < n {
		s, more := next()
		if !more {
			break
		}
		window = append(window, s)
	}
	return window
}

// settle gives sentences their places among those retrieved together.
func settle(batch []Input) {
	queries := make([]retrieval.Query, len(batch))
	for i, in := range batch {
		queries[i] = in.Query()
	}
	for i, place := range retrieval.Together(queries) {
		batch[i].Place = place
	}
}

func joined(sentences []corpora.Sentence) string {
	texts := make([]string, len(sentences))
	for i, s := range sentences {
		texts[i] = s.Text
	}
	return strings.Join(texts, " ")
}
