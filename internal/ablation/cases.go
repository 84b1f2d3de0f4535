package ablation

import (
	"context"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/tag"
)

// casesPerKind is how many errors of each kind a row keeps for its reader.
const casesPerKind = 12

// cases picks errors spread over the documents, and adds what was shown for their sentences.
func (j *Job) cases(ctx context.Context, e Engine, pairs []score.Pair) []Case {
	byDoc := map[string]score.Pair{}
	for _, p := range pairs {
		byDoc[p.Gold.ID] = p
	}
	shown := map[string]documentView{}
	var list []Case
	for _, x := range score.Examples(pairs, casesPerKind) {
		p := byDoc[x.DocID]
		view, known := shown[x.DocID]
		if !known {
			view = lookAt(ctx, e, p, j.exclude[x.DocID])
			shown[x.DocID] = view
		}
		list = append(list, view.about(x))
	}
	return list
}

// documentView is a document by its sentences.
type documentView struct {
	inputs          []tag.Input
	gold, predicted [][]corpora.Entity // by sentence, relative to it
	shown           []tag.Shown        // by sentence; empty when it cannot be known
}

func lookAt(ctx context.Context, e Engine, p score.Pair, without []string) documentView {
	v := documentView{inputs: tag.Inputs(p.Gold, 0)}
	v.gold, v.predicted = goldOf(p.Gold, v.inputs), goldOf(p.Pred, v.inputs)
	if shown, err := e.Shown(ctx, p.Gold, without...); err == nil && len(shown) == len(v.inputs) {
		v.shown = shown
	}
	return v
}

// about is one error with its sentence.
func (v documentView) about(x score.ErrorCase) Case {
	wrong := x.Gold
	if wrong == nil {
		wrong = x.Pred
	}
	at := 0
	for i, in := range v.inputs {
		if in.Sentence.Offset <= wrong.Start() {
			at = i
		}
	}
	s := v.inputs[at].Sentence
	offsets := corpora.NewMapper(s.Text)
	c := Case{
		DocID: x.DocID, Kind: x.Kind, Sentence: s.Text,
		Gold: marks(offsets, v.gold[at]), Predicted: marks(offsets, v.predicted[at]),
	}
	if m := marks(offsets, []corpora.Entity{cut(wrong.Shift(-s.Offset), len(s.Text))}); len(m) > 0 {
		c.At = m[0]
	}
	if v.shown != nil {
		c.show(v.shown[at])
	}
	return c
}

// show adds the demonstrations in the order in which the model saw them, and the terms.
func (c *Case) show(shown tag.Shown) {
	for _, i := range shown.Prompt.Shown {
		d := shown.Evidence.Demonstrations[i]
		c.Demonstrations = append(c.Demonstrations, ShownDemo{
			Ref: d.Ref(), Text: d.Sentence.Text, Marks: marks(corpora.NewMapper(d.Sentence.Text), d.Entities),
		})
	}
	for _, h := range shown.Evidence.Terms {
		c.Terms = append(c.Terms, h.Surface+" ("+h.Term.Label+")")
	}
}

// marks are the extents of entities in code points, in order.
func marks(offsets *corpora.Mapper, entities []corpora.Entity) []Mark {
	list := make([]Mark, 0, len(entities))
	for _, e := range slices.SortedStableFunc(slices.Values(entities), corpora.CompareEntities) {
		if e.Start() >= 0 {
			list = append(list, Mark{offsets.CodePoints(e.Start()), offsets.CodePoints(e.End()), e.Label})
		}
	}
	return list
}
