package ablation

import (
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/ragner/ragner/internal/score"
)

// summarise adds up what the documents say.
func summarise(all []evidenceOf) *Evidence {
	covered, agreed, hits := make([]score.Ratio, len(all)), make([]score.Ratio, len(all)), make([]score.Ratio, len(all))
	votes := make([]score.Counts, len(all))
	var seconds []float64
	for i, x := range all {
		covered[i], agreed[i], hits[i], votes[i] = x.covered, x.agreed, x.hit, x.vote
		seconds = append(seconds, x.seconds...)
	}
	e := &Evidence{Coverage: share(covered), Agreement: share(agreed), TermHits: share(hits), Sentences: len(seconds)}
	var sum score.Counts
	for _, v := range votes {
		sum.Add(v)
	}
	interval := score.CountsInterval(votes, score.Defaults())
	e.Vote = Share{sum.Ratios().F1, interval.Low, interval.High}
	if slices.Sort(seconds); len(seconds) > 0 {
		e.Seconds = stat.Quantile(.5, stat.Empirical, seconds, nil)
	}
	return e
}

func share(docs []score.Ratio) Share {
	var sum score.Ratio
	for _, d := range docs {
		sum.Hit += d.Hit
		sum.Of += d.Of
	}
	if sum.Of == 0 {
		return Share{}
	}
	interval := score.RatioInterval(docs, score.Defaults())
	return Share{sum.Hit / sum.Of, interval.Low, interval.High}
}
