package corpora

import (
	"math"
	"slices"
)

// Rounded is the entity with its scores, also those of steps and links, to four decimals.
func (e Entity) Rounded() Entity {
	e.Score = round(e.Score)
	e.From.Steps, e.Links = slices.Clone(e.From.Steps), slices.Clone(e.Links)
	for i := range e.From.Steps {
		e.From.Steps[i].Score = round(e.From.Steps[i].Score)
	}
	for i := range e.Links {
		e.Links[i].Score = round(e.Links[i].Score)
	}
	return e
}

func round(score float64) float64 { return math.Round(score*1e4) / 1e4 }
