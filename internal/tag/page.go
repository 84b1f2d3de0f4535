package tag

import (
	"context"
	"slices"
	"sync"

	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/retrieval"
)

// mostOfPage is how many sentences of a document are weighed together at most: what is found in them is kept until they
// are tagged.
const mostOfPage = 3 * retrieval.MostTogether

// page is a stretch of a document whose mentions speak for one another. Who asks for the first of its sentences has all of
// them looked at.
type page struct {
	inputs []Input // without their page

	mu    sync.Mutex
	by    *Learned
	looks []look
}

// paginate makes sentences that follow one another a page.
func paginate(inputs []Input) {
	p := &page{inputs: slices.Clone(inputs)}
	for i := range inputs {
		inputs[i].page, inputs[i].at = p, i
	}
}

// look is what l makes of one of the page's sentences.
func (p *page) look(ctx context.Context, l *Learned, at int) (look, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by != l {
		looks, err := l.lookTogether(ctx, p.inputs)
		if err != nil {
			return look{}, err
		}
		p.by, p.looks = l, looks
	}
	return p.looks[at], nil
}

// cloned is a copy, as Agree changes scores in place.
func cloned(groups [][]learn.Mention) [][]learn.Mention {
	out := make([][]learn.Mention, len(groups))
	for i, list := range groups {
		out[i] = slices.Clone(list)
	}
	return out
}

func (l *Learned) lookTogether(ctx context.Context, inputs []Input) ([]look, error) {
	looks, proposed := make([]look, len(inputs)), make([]learn.Proposed, len(inputs))
	for i, in := range inputs {
		k, err := l.lookAlone(ctx, in)
		if err != nil {
			return nil, err
		}
		k.alone = cloned(k.proposed)
		looks[i], proposed[i] = k, learn.Proposed{Text: in.Sentence.Text, Tokens: k.tokens, Mentions: k.proposed}
	}
	l.Model.Agree(proposed)
	return looks, nil
}
