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

// leastSlope keeps the order of the scores.
const leastSlope = 0.01

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
		next := c.newton(list)
		for range 30 { // back from where the loss is greater
			if next.loss(list) <= c.loss(list) {
				break
			}
			next = calibration{(c.Slope + next.Slope) / 2, (c.Shift + next.Shift) / 2}
		}
		moved := math.Abs(next.Slope-c.Slope) + math.Abs(next.Shift-c.Shift)
		if c = next; moved < 1e-9 {
			break
		}
	}
	if c.Slope >= leastSlope && finite(c.Slope) && finite(c.Shift) {
		return c
	}
	right := 0.0
	for _, j := range list {
		if j.right {
			right++
		}
	}
	return calibration{leastSlope, logOdds(right / float64(len(list)))} // the model's order says nothing: the share of right ones
}

// loss is the negative log-likelihood with the prior.
func (c calibration) loss(list []judged) float64 {
	sum := calibrationPrior / 2 * ((c.Slope-1)*(c.Slope-1) + c.Shift*c.Shift)
	for _, j := range list {
		z := c.Slope*logOdds(j.p) + c.Shift
		if j.right {
			z = -z
		}
		sum += max(z, 0) + math.Log1p(math.Exp(-math.Abs(z)))
	}
	return sum
}

// newton is where Newton's method goes from c.
func (c calibration) newton(list []judged) calibration {
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
	return calibration{c.Slope - (ga*hbb-gb*hab)/det, c.Shift - (gb*haa-ga*hab)/det}
}
