package learn

import (
	"context"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// Where documents are single sentences, as in CoNLL files, neighbours are likely of one text, whose names come again
// and again. A sentence of an unseen text has no such neighbours in the index. So documents are held out in blocks:
// about a hundred sentences in a row and some on both sides, at most a tenth of all.
const (
	blockSentences = 100
	blockMargin    = 15
	blockShare     = 10 // blocks at least
	severalPerDoc  = 3  // sentences a document from which a document is a block of its own
)

// mostSentences bounds the time and the memory of learning; of more, stretches from all over the corpora are taken.
const (
	mostSentences    = 30_000
	stretchSentences = 1000
)

// taken reports whether a sentence is in such a stretch, by its number of so many and the most that are taken.
func taken(n, of, most int) bool {
	stretch := n / stretchSentences
	return of <= most || stretch == 0 || stretch*most/of > (stretch-1)*most/of
}

// foldCount is the number of parts of which each is tagged by a model learned from the others, to choose the threshold and
// to calibrate the scores.
const foldCount = 3

// example is an annotated sentence with the attributes of its tokens.
type example struct {
	corpora.Annotated
	attrs   [][]uint64
	borders borders
	fold    int
	place   place
}

// place is that of a sentence: its document's number in the source, and its own among the document's.
type place struct{ document, sentence int }

// source is the annotated documents of an index, with what is held out for each.
type source struct {
	documents []corpora.Document
	exclude   [][]string // by document
	folds     []int      // by document
	sentences int
	all       int // sentences of the index, of which these may be a part
}

func newSource(x *index.Index) source {
	s := source{all: x.Manifest().Counts.Sentences}
	before := 0
	for d := range x.Documents() {
		if taken(before, s.all, mostSentences) {
			s.documents = append(s.documents, d)
			s.sentences += len(d.Sentences)
		}
		before += len(d.Sentences)
	}
	n := len(s.documents)
	if n == 0 {
		return s
	}
	size, margin := 1, 0
	if s.sentences < severalPerDoc*n {
		size = max(min(blockSentences*n/s.sentences, n/blockShare), 1)
		margin = min(blockMargin, size)
	}
	s.exclude, s.folds = make([][]string, n), make([]int, n)
	for first := 0; first < n; first += size {
		last := min(first+size, n)
		var ids []string
		for _, d := range s.documents[max(first-margin, 0):min(last+margin, n)] {
			ids = append(ids, d.ID)
		}
		for i := first; i < last; i++ {
			s.exclude[i], s.folds[i] = ids, first/size%foldCount
		}
	}
	return s
}

// lookAt tells of each sentence of a document what the index says without what is held out.
func (s source) lookAt(ctx context.Context, r *retrieval.Searcher, i int) ([]example, error) {
	doc := s.documents[i]
	defined := lexicon.Abbreviations(doc.Text)
	sentences, _ := corpora.Annotate(doc)
	list := make([]example, 0, len(sentences))
	for at, a := range sentences {
		given := a.Tokens
		if a.Tokens = tokensOf(a.Sentence); len(a.Tokens) == 0 {
			continue
		}
		a.DocID = "" // held out with its block, under whose ids the searcher remembers what that taught
		q := retrieval.Query{Sentence: a.Sentence, Exclude: s.exclude[i], Abbreviations: defined}
		seen, err := Look(ctx, r, q)
		if err != nil {
			return nil, err
		}
		list = append(list, example{a, attributes(seen), bordersOf(given, a.Tokens), s.foldOf(i, at, len(sentences)), place{i, at}})
	}
	return list, nil
}

// Look gathers what a model looks at in a sentence. The searcher must be one of NewSearcher.
func Look(ctx context.Context, r *retrieval.Searcher, q retrieval.Query) (Seen, error) {
	outlook, err := r.Outlook(ctx, q)
	if err != nil {
		return Seen{}, err
	}
	meanings, err := meaningsOf(ctx, q.Sentence.Text, tokensOf(q.Sentence))
	return Seen{q.Sentence, outlook, q.Defined(), meanings}, err
}

// NewSearcher is the searcher whose findings models are learned from and tag with: by words alone, so that neither an
// embedding server nor the user's settings bear on it.
func NewSearcher(x *index.Index) (*retrieval.Searcher, error) {
	s := retrieval.Defaults()
	s.Mode = "lexical"
	s.LabelWeight, s.Roles, s.Mentions, s.PerMention = 0, false, 0, 0
	return retrieval.New(x, nil, s)
}
