package learn

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Stack makes one probability of what the learned tagger and a language model say of a mention: a line on the log-odds,
// learned from sentences that the tagger did not learn from (stacked generalization, Wolpert 1992). Its weights are those
// of Opinion's features, in their order; the first is that of 1.
type Stack []float64

// Opinion is what is said of one possible mention.
type Opinion struct {
	Probability float64   // of the learned tagger
	Model       []float64 // what the model says, as numbers; all 0: nothing
}

// Judged is an opinion of which the truth is known.
type Judged struct {
	Opinion
	Sentence int // a number of its sentence, whose opinions are not parted for testing
	Right    bool
}

// Alone is the stack that leaves the learned tagger's probability as it is.
func Alone(features int) Stack {
	s := make(Stack, 2+features)
	s[1] = 1
	return s
}

// Ignores reports whether the model's say changes nothing.
func (s Stack) Ignores() bool {
	for _, w := range s[2:] {
		if w != 0 {
			return false
		}
	}
	return true
}

// Of is the probability that opinion's mention is right.
func (s Stack) Of(o Opinion) float64 {
	z := s[0] + s[1]*logOdds(o.Probability)
	for i, x := range o.Model {
		z += s[2+i] * x
	}
	return 1 / (1 + math.Exp(-z))
}

// Validate reports weights that cannot be used with so many features of the model.
func (s Stack) Validate(features int) error {
	if len(s) != 2+features {
		return fmt.Errorf("%d weights, want %d", len(s), 2+features)
	}
	for _, w := range s {
		if !finite(w) {
			return fmt.Errorf("a weight is no number")
		}
	}
	return nil
}

func (o Opinion) features() []float64 {
	return append([]float64{1, logOdds(o.Probability)}, o.Model...)
}

// stackPrior is the strength of the prior that pulls the weights towards those of the tagger alone.
const stackPrior = 2.0

// FitStack finds the weights of greatest posterior probability by Newton's method.
func FitStack(list []Judged, features int) Stack {
	prior, s := Alone(features), Alone(features)
	n := len(s)
	for range 50 {
		gradient, hessian := mat.NewVecDense(n, nil), mat.NewSymDense(n, nil)
		for i := range n {
			gradient.SetVec(i, stackPrior*(s[i]-prior[i]))
			hessian.SetSym(i, i, stackPrior)
		}
		for _, j := range list {
			p := s.Of(j.Opinion)
			x := mat.NewVecDense(n, j.features())
			gradient.AddScaledVec(gradient, p-truth(j.Right), x)
			hessian.SymRankOne(hessian, p*(1-p), x)
		}
		var chol mat.Cholesky
		var step mat.VecDense
		if !chol.Factorize(hessian) || chol.SolveVecTo(&step, gradient) != nil {
			return prior
		}
		moved := 0.0
		for i := range s {
			d := math.Max(-1, math.Min(1, step.AtVec(i)))
			s[i] -= d
			moved += math.Abs(d)
		}
		if moved < 1e-9 {
			break
		}
	}
	return s
}

func truth(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

// stackFolds are the parts by which it is told what a stack is worth.
const stackFolds = 5

// Worth is the mean loss (negative log-likelihood) an opinion of a stack fitted on the other sentences, and that of the
// learned tagger alone: the model is worth something where the first is smaller.
func Worth(list []Judged, features int) (stacked, alone float64) {
	before := Alone(features)
	for fold := range stackFolds {
		var rest, part []Judged
		for _, j := range list {
			if j.Sentence%stackFolds == fold {
				part = append(part, j)
			} else {
				rest = append(rest, j)
			}
		}
		s := FitStack(rest, features)
		for _, j := range part {
			stacked += loss(s.Of(j.Opinion), j.Right)
			alone += loss(before.Of(j.Opinion), j.Right)
		}
	}
	n := float64(max(len(list), 1))
	return stacked / n, alone / n
}

func loss(p float64, right bool) float64 {
	if !right {
		p = 1 - p
	}
	return -math.Log(max(p, 1e-12))
}
