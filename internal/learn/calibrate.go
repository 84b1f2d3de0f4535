package learn

import "math"

// calibration maps the probability that a model gives to a mention to how often it is right: a line on the log-odds
// (Platt 1999). The identity is {1, 0}.
type calibration struct {
	Slope float64 `json:"slope"`
	Shift float64 `json:"shift"`
}

func (c calibration) of(p float64) float64 {
	return 1 / (1 + math.Exp(-c.Slope*logOdds(p)-c.Shift))
}

func logOdds(p float64) float64 {
	const least = 1e-6
	p = min(max(p, least), 1-least)
	return math.Log(p) - math.Log1p(-p)
}

// judged is a mention that a model found in a sentence that it had not learned from.
type judged struct {
	p     float64
	right bool
}

// Both are pseudo-observations of the line that changes nothing, and the least that is calibrated on.
const (
	calibrationPrior = 5.0
	fewJudged        = 50
)

// calibrate finds the line of greatest likelihood by Newton's method, pulled towards the identity where there is little
// to go by.
func calibrate(list []judged) calibration {
	c := calibration{Slope: 1}
	if len(list) < fewJudged {
		return c
	}
	for range 30 {
		step := c.newton(list)
		c.Slope, c.Shift = c.Slope-step[0], c.Shift-step[1]
		if math.Abs(step[0])+math.Abs(step[1]) < 1e-9 {
			break
		}
	}
	if !finite(c.Slope) || !finite(c.Shift) || c.Slope <= 0 {
		return calibration{Slope: 1}
	}
	return c
}

// newton is the inverse of the second derivatives times the first.
func (c calibration) newton(list []judged) [2]float64 {
	ga, gb := calibrationPrior*(c.Slope-1), calibrationPrior*c.Shift
	haa, hab, hbb := calibrationPrior, 0.0, calibrationPrior
	for _, j := range list {
		x := logOdds(j.p)
		q := 1 / (1 + math.Exp(-c.Slope*x-c.Shift))
		d, w := q, q*(1-q)
		if j.right {
			d--
		}
		ga, gb = ga+d*x, gb+d
		haa, hab, hbb = haa+w*x*x, hab+w*x, hbb+w
	}
	det := haa*hbb - hab*hab
	return [2]float64{(ga*hbb - gb*hab) / det, (gb*haa - ga*hab) / det}
}
