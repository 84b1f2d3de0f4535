package learn

import "math"

// calibration maps the probability that a model gives to a mention to how often it is right: a beta calibration (Kull,
// Silva Filho and Flach 2017), a line on the log-odds whose slope is one towards 0 and another towards 1. The mentions
// that matter are few beside those that the model nearly rules out, and a single slope is that of the latter.
type calibration struct {
	Low   float64 `json:"low"`  // slope of ln p
	High  float64 `json:"high"` // slope of -ln(1-p)
	Shift float64 `json:"shift"`
}

// identity changes nothing.
var identity = calibration{Low: 1, High: 1}

func (c calibration) of(p float64) float64 {
	return 1 / (1 + math.Exp(-c.Low*(logOdds(p)-toOne(p))-c.High*toOne(p)-c.Shift))
}

// valid reports whether it can be used.
func (c calibration) valid() bool {
	return finite(c.Low) && finite(c.High) && finite(c.Shift) && c.Low >= 0 && c.High >= 0
}

// leastOdds keeps logarithms finite.
const leastOdds = 1e-6

func logOdds(p float64) float64 {
	p = min(max(p, leastOdds), 1-leastOdds)
	return math.Log(p) - math.Log1p(-p)
}

// toOne grows without bound as p comes near 1.
func toOne(p float64) float64 {
	return -math.Log1p(-min(max(p, leastOdds), 1-leastOdds))
}

// judged is a mention that a model found in a sentence that it had not learned from.
type judged struct {
	p     float64
	right bool
}

// leastSlope keeps the order of the scores; fewJudged is the least that is calibrated on.
const (
	leastSlope = 0.01
	fewJudged  = 50
)

// calibrate finds the calibration of greatest likelihood, pulled towards the identity where there is little to go by.
// Where that would turn the order of the scores around it has one slope (Platt 1999), or says the share of right ones.
func calibrate(list []judged) calibration {
	if len(list) < fewJudged {
		return identity
	}
	two, one, right := make([]Judged, len(list)), make([]Judged, len(list)), 0.0
	for i, j := range list {
		one[i] = Judged{Opinion: Opinion{Probability: j.p}, Right: j.right}
		two[i] = Judged{Opinion: Opinion{Probability: j.p, Model: []float64{toOne(j.p)}}, Right: j.right}
		right += truth(j.right)
	}
	if s := FitStack(two, 1); min(s[1], s[1]+s[2]) >= leastSlope {
		return calibration{s[1], s[1] + s[2], s[0]}
	}
	if s := FitStack(one, 0); s[1] >= leastSlope {
		return calibration{s[1], s[1], s[0]}
	}
	return calibration{leastSlope, leastSlope, logOdds(right / float64(len(list)))}
}
