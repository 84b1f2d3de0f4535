package score

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// CalibrationBins is the number of bins that the literature uses.
const CalibrationBins = 10

// Calibration compares the scores of predictions with how often they are right (strict).
type Calibration struct {
	Predictions int     `json:"predictions"` // that have a score
	Error       float64 `json:"ece"`         // expected calibration error: the bins' mean gap, weighted by their size
	Brier       float64 `json:"brier"`       // mean squared difference of the score and 1 (right) or 0 (wrong)
	Bins        []Bin   `json:"bins"`        // the reliability curve, only those that hold predictions, by score
	Chance      Chance  `json:"chance"`
}

// String tells the error to people.
func (c Calibration) String() string {
	return fmt.Sprintf("expected calibration error %.3f, by chance alone %.3f, seldom above %.3f", c.Error, c.Chance.Mean, c.Chance.High)
}

// Chance is the expected calibration error that scores without any fault have on as few predictions: each is right as often
// as its score says, and the error comes from chance alone.
type Chance struct {
	Mean float64 `json:"mean"`
	High float64 `json:"high"` // below which it stays in 95 of 100 draws
}

// Bin is one range of scores, [Low, High), the last one closed.
type Bin struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Count int     `json:"count"`
	Score float64 `json:"score"` // mean score of its predictions
	Right float64 `json:"right"` // share of them that are right
}

// Calibrator sorts predictions into bins of equal width and compares each bin's mean score with its share of right
// predictions: expected calibration error (Naeini and others 2015, Guo and others 2017) and Brier score (1950). A
// prediction without a score (0) is left out, a score above 1 counts as 1; equal predictions count once; those for a text
// that differs from gold's are wrong.
type Calibrator struct{ sums Calibration }

// NewCalibrator is empty. It has so many bins, CalibrationBins for less than 1.
func NewCalibrator(bins int) *Calibrator {
	if bins < 1 {
		bins = CalibrationBins
	}
	c := &Calibrator{Calibration{Bins: make([]Bin, bins)}}
	for i := range c.sums.Bins {
		c.sums.Bins[i].Low, c.sums.Bins[i].High = edge(i, bins), edge(i+1, bins)
	}
	return c
}

// Add adds the predictions of a pair.
func (c *Calibrator) Add(p Pair) {
	for _, s := range p.comparable(p.mentions()) {
		c.sums.add(s)
	}
}

// Calibration derives the figures of what was added so far.
func (c *Calibrator) Calibration() Calibration {
	out := c.sums
	out.Bins = slices.Clone(out.Bins)
	out.finish()
	return out
}

// edge is the lower border of a bin.
func edge(bin, bins int) float64 { return float64(bin) / float64(bins) }

// add sums up scores and right predictions; finish makes means of the sums.
func (c *Calibration) add(s sides) {
	gold := make(map[string]bool, len(s.gold))
	for _, m := range s.gold {
		gold[m.key()] = true
	}
	for _, m := range s.pred {
		c.count(m.entity.Score, gold[m.key()])
	}
}

// count sums up one score, if it is one.
func (c *Calibration) count(score float64, isRight bool) {
	score = min(score, 1)
	if !(score > 0) {
		return
	}
	right := 0.
	if isRight {
		right = 1
	}
	b := &c.Bins[bin(score, len(c.Bins))]
	b.Count++
	b.Score += score
	b.Right += right
	c.Predictions++
	c.Brier += (score - right) * (score - right)
}

// bin is the one that score lies in. The product may be rounded across a border, which the comparisons undo.
func bin(score float64, bins int) int {
	i := min(int(score*float64(bins)), bins-1)
	switch {
	case score < edge(i, bins):
		return i - 1
	case i+1 < bins && score >= edge(i+1, bins):
		return i + 1
	}
	return i
}

func (c *Calibration) finish() {
	n, filled := float64(c.Predictions), c.Bins[:0]
	for _, b := range c.Bins {
		if b.Count == 0 {
			continue
		}
		gap := b.Score - b.Right // of sums: the bin's gap times its size
		c.Error += ratio(max(gap, -gap), n)
		b.Score /= float64(b.Count)
		b.Right /= float64(b.Count)
		filled = append(filled, b)
	}
	c.Bins, c.Brier = filled, ratio(c.Brier, n)
	c.Chance = chance(filled, n)
}

// chanceDraws and chanceSeed make the figures of chance the same in every run.
const (
	chanceDraws = 1000
	chanceSeed  = 1
)

// chance draws how many predictions of each bin are right if its mean score is the truth (consistency resampling: Bröcker and
// Smith 2007).
func chance(bins []Bin, n float64) Chance {
	if n == 0 {
		return Chance{}
	}
	source := rand.NewPCG(chanceSeed, 0)
	errors, sum := make([]float64, chanceDraws), 0.0
	for i := range errors {
		for _, b := range bins {
			right := distuv.Binomial{N: float64(b.Count), P: b.Score, Src: source}.Rand()
			errors[i] += math.Abs(right-b.Score*float64(b.Count)) / n
		}
		sum += errors[i]
	}
	slices.Sort(errors)
	return Chance{sum / chanceDraws, errors[chanceDraws*95/100]}
}
