package suggest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/forward"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/retrieval"
)

// Doubt is a stretch of a sentence that may or may not be a mention.
type Doubt struct {
	corpora.Fragment         // bytes of the sentence's text
	Label            string  // "" for a word of which only its strangeness is known
	Chance           float64 // that just this stretch is annotated with just this label, 0 to 1
	Proposed         bool    // the tagger takes it for a mention
}

// judge says what of a sentence is in doubt. Implementations are safe for concurrent use.
type judge interface {
	doubts(ctx context.Context, q retrieval.Query) ([]Doubt, error)
}

var (
	_ judge = (*learnedJudge)(nil)
	_ judge = (*lexiconJudge)(nil)
)

// openJudge takes the tagger that the index has learned, else what its lexicon knows.
func openJudge(x *index.Index) (judge, Report, error) {
	report := Report{Judge: "neighbours"}
	if x.Sentences().Len() == 0 {
		report.Warnings = append(report.Warnings, "the index has no annotated sentence: what is suggested has many words that are new, and is like much of the text")
	}
	searcher, err := learn.NewSearcher(x)
	if err != nil {
		return nil, report, err
	}
	data, err := x.LearnedModel()
	if err != nil {
		return nil, report, err
	}
	if data != nil {
		switch model, err := learn.Read(data); {
		case err == nil:
			report.Judge = "learned"
			return &learnedJudge{searcher, model}, report, nil
		case !errors.Is(err, learn.ErrVersion):
			return nil, report, x.CorruptLearned(err)
		default:
			report.Warnings = append(report.Warnings, err.Error()+"; neighbours stands in for it")
		}
	}
	return &lexiconJudge{x, searcher, strange(x)}, report, nil
}

// learnedJudge asks the learned tagger for all mentions that it holds possible.
type learnedJudge struct {
	searcher *retrieval.Searcher
	model    *learn.Model
}

func (j *learnedJudge) doubts(ctx context.Context, q retrieval.Query) ([]Doubt, error) {
	seen, err := learn.Look(ctx, j.searcher, q)
	if err != nil {
		return nil, err
	}
	proposed := j.model.Propose(seen)
	chosen := map[learn.Mention]bool{}
	for _, m := range j.model.Choose(proposed, 0) {
		chosen[m] = true
	}
	tokens := corpora.Tokenize(q.Sentence.Text)
	var list []Doubt
	for _, group := range proposed {
		for _, m := range group {
			f := corpora.Fragment{Start: tokens[m.First].Start, End: tokens[m.Last].End}
			list = append(list, Doubt{f, m.Label, m.Score, chosen[m]})
		}
	}
	slices.SortStableFunc(list, compareDoubts)
	return list, nil
}

func compareDoubts(a, b Doubt) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Label, b.Label))
}

// lexiconJudge asks the lexicon for stretches that may be mentions; of words that the index has never seen it holds what
// the index's rarest words say of them.
type lexiconJudge struct {
	index    *index.Index
	searcher *retrieval.Searcher
	strange  float64
}

// likelyMention is the prior from which the tagger neighbours takes a stretch for a mention.
const likelyMention = 0.4

func (j *lexiconJudge) doubts(_ context.Context, q retrieval.Query) ([]Doubt, error) {
	var list []Doubt
	covered := make([]bool, len(q.Sentence.Text))
	for _, c := range j.searcher.Spans(q) {
		list = append(list, Doubt{c.Fragment, c.Label, c.Prior, c.Prior >= likelyMention})
		for i := c.Fragment.Start; i < c.Fragment.End; i++ {
			covered[i] = true
		}
	}
	text := forward.Read(q.Sentence.Text)
	for i, word := range text.Words {
		at := text.Bytes(i)
		if !covered[at.Start] && j.index.Occurrence(word).Total == 0 && strings.ContainsFunc(text.Norm(i), unicode.IsLetter) {
			list = append(list, Doubt{corpora.Fragment(at), "", j.strange, false})
		}
	}
	slices.SortStableFunc(list, compareDoubts)
	return list, j.index.Err()
}

// strange is the chance that a word which the index has never seen stands in a mention: the share of those seen once that
// do, as the turn from never to once is the likeliest (Good 1953), with one of each kind added.
func strange(x *index.Index) float64 {
	inside, once := 1, 2
	var words []forward.Word
	for row := range x.Sentences().Len() {
		words = x.SentenceWords(words[:0], row)
		for _, w := range words {
			if o := x.Occurrence(w); o.Total == 1 {
				once++
				inside += int(o.Inside)
			}
		}
	}
	return float64(inside) / float64(once)
}
