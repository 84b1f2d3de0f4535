package tag

import (
	"context"
	"errors"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/retrieval"
)

// Tag finds the entities of one sentence, by one call of the model where its prompt fits. Where the server finds the prompt
// too long, a shorter one is tried: what is dropped first is what Render drops first. A sentence that does not fit even alone
// is tagged in two pieces, and so on. All this depends on the sentence and the server's word for it, not on other sentences.
func (t *LLM) Tag(ctx context.Context, in Input) (p Prediction, err error) {
	defer t.Searcher.Safely(&err)()
	var spent Stats
	var cause error
	for fitted := t; ; {
		var less int
		p, less, err = fitted.once(ctx, in)
		spent = spent.Add(p.Stats)
		switch {
		case overflows(err) && less > 0:
			spent.Overflows++
			cause = err
			fitted = t.with(less)
			continue
		case errors.Is(err, prompt.ErrTooLong):
			if cause == nil {
				cause = err
			}
			p, err = fitted.tagPieces(ctx, in, cause)
			spent = spent.Add(p.Stats)
			if errors.Is(err, prompt.ErrTooLong) {
				err = cause // the server's word, where it began with that
			}
		}
		p.Stats = spent
		p.Stats.Sentences, p.Stats.Asked = 1, min(1, spent.Asked)
		return p, err
	}
}

// overflows reports that the server found a prompt too long that we took for short enough.
func overflows(err error) bool {
	var failed *llm.Error
	return errors.As(err, &failed) && failed.Kind == llm.ContextOverflow
}

// with is t with so many tokens for prompt and answer.
func (t *LLM) with(room int) *LLM {
	narrow := *t
	narrow.room = max(room, 2)
	return &narrow
}

// settings are those of the prompt, in the room that there is. The context that the server is asked to hold stays the
// same: for another one it would load the model anew.
func (t *LLM) settings() prompt.Settings {
	s := t.Prompt
	if t.room > 0 && t.room < s.ContextTokens {
		s.ContextTokens, s.MaxTokens = t.room, min(s.MaxTokens, t.room/2)
	}
	return s
}

const (
	// fewestTokens is the length of a sentence below which it is cut no more.
	fewestTokens = 8
	// overlap is how many tokens two pieces have in common: a mention of half as many that lies across the border is whole
	// in one of them.
	overlap = 32
)

// tagPieces tags the two halves of a sentence, each as a sentence of its own. cause is why the whole could not be.
func (t *LLM) tagPieces(ctx context.Context, in Input, cause error) (Prediction, error) {
	left, right, ok := halves(in)
	if !ok {
		return Prediction{}, cause
	}
	first, err := t.Tag(ctx, left)
	if err != nil {
		return Prediction{Stats: first.Stats}, err
	}
	second, err := t.Tag(ctx, right)
	joined := Prediction{Stats: first.Stats.Add(second.Stats)}
	joined.Stats.Split = 1
	if err != nil {
		return joined, err
	}
	joined.Entities = joinPieces(in.Sentence, left.Sentence, right.Sentence, first.Entities, second.Entities)
	return joined, nil
}

// halves cuts a sentence into two that overlap; ok is false where it is too short for that.
func halves(in Input) (left, right Input, ok bool) {
	n := len(in.Sentence.Tokens)
	if n < fewestTokens {
		return left, right, false
	}
	each := min(overlap, n/4) / 2
	left, right = in, in
	left.Sentence, left.After = pieceOf(in.Sentence, 0, n/2+each), ""
	right.Sentence, right.Before = pieceOf(in.Sentence, n/2-each, n), ""
	left.Place, right.Place = retrieval.Place{}, retrieval.Place{} // they are not of those that are retrieved together
	return left, right, true
}

// pieceOf is a sentence of the tokens from, inclusive, to to, exclusive.
func pieceOf(s corpora.Sentence, from, to int) corpora.Sentence {
	start, end := s.Tokens[from].Start, s.Tokens[to-1].End
	cut := s
	cut.Text, cut.Offset = s.Text[start:end], s.Offset+start
	cut.Tokens = make([]corpora.Token, to-from)
	for i, token := range s.Tokens[from:to] {
		cut.Tokens[i] = corpora.Token{Start: token.Start - start, End: token.End - start}
	}
	return cut
}
