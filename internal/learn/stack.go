package learn

import (
	"fmt"
	"maps"
	"math"
	"slices"

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
	if len(s) < 2 {
		return true
	}
	for _, w := range s[2:] {
		if w != 0 {
			return false
		}
	}
	return true
}

// Of is the probability that opinion's mention is right.
func (s Stack) Of(o Opinion) float64 { return 1 / (1 + math.Exp(-s.line(o))) }

func (s Stack) line(o Opinion) float64 {
	z := s[0] + s[1]*logOdds(o.Probability)
	for i, x := range o.Model {
		z += s[2+i] * x
	}
	return z
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
	cost := s.cost(list, prior)
	for range 50 {
		step, ok := s.newton(list, prior)
		if !ok {
			return prior
		}
		next, moved := s.less(step)
		costs := next.cost(list, prior)
		for range 30 { // back from where it costs more
			if costs <= cost {
				break
			}
			step.ScaleVec(0.5, step)
			next, moved = s.less(step)
			costs = next.cost(list, prior)
		}
		if s, cost = next, costs; moved < 1e-9 {
			break
		}
	}
	return s
}

// cost is the negative logarithm of the posterior, but for a constant.
func (s Stack) cost(list []Judged, prior Stack) float64 {
	sum := 0.0
	for i := range s {
		sum += stackPrior / 2 * (s[i] - prior[i]) * (s[i] - prior[i])
	}
	for _, j := range list {
		z := s.line(j.Opinion)
		if j.Right {
			z = -z
		}
		sum += max(z, 0) + math.Log1p(math.Exp(-math.Abs(z)))
	}
	return sum
}

// newton is the step of Newton's method; ok is false where there is none.
func (s Stack) newton(list []Judged, prior Stack) (step *mat.VecDense, ok bool) {
	n := len(s)
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
	step = new(mat.VecDense)
	return step, chol.Factorize(hessian) && chol.SolveVecTo(step, gradient) == nil
}

// less is s without a step, and how far that is.
func (s Stack) less(step *mat.VecDense) (next Stack, moved float64) {
	next = make(Stack, len(s))
	for i := range s {
		next[i] = s[i] - step.AtVec(i)
		moved += math.Abs(step.AtVec(i))
	}
	return next, moved
}

func truth(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

// stackFolds are the parts by which it is told what a stack is worth.
const stackFolds = 5

// Worth says what a model is worth beside the learned tagger: mean losses (negative log-likelihoods) of an opinion by
// stacks that were fitted on other sentences.
type Worth struct {
	Loss, Alone float64 // of the stack, and of one of the learned tagger's probability alone
	Error       float64 // standard error of the difference, over sentences
}

// sure is how many standard errors lie below the difference in 95 of 100 draws of a normal distribution.
const sure = 1.645

// Surely reports whether the model helps, at the level of one in twenty.
func (w Worth) Surely() bool { return w.Alone-w.Loss > sure*w.Error }

// WorthOf cross-validates a stack.
func WorthOf(list []Judged, features int) Worth {
	var w Worth
	gains := map[int]float64{} // by sentence
	for fold := range stackFolds {
		var rest, part []Judged
		for _, j := range list {
			if j.Sentence%stackFolds == fold {
				part = append(part, j)
			} else {
				rest = append(rest, j)
			}
		}
		with, without := FitStack(rest, features), FitStack(mute(rest), 0)
		for i, muted := range mute(part) {
			stacked, alone := loss(with.Of(part[i].Opinion), muted.Right), loss(without.Of(muted.Opinion), muted.Right)
			w.Loss, w.Alone = w.Loss+stacked, w.Alone+alone
			gains[muted.Sentence] += alone - stacked
		}
	}
	n, sentences := float64(max(len(list), 1)), float64(len(gains))
	mean := (w.Alone - w.Loss) / max(sentences, 1)
	for _, i := range slices.Sorted(maps.Keys(gains)) {
		w.Error += (gains[i] - mean) * (gains[i] - mean)
	}
	w.Error = math.Sqrt(w.Error*sentences/max(sentences-1, 1)) / n
	w.Loss, w.Alone = w.Loss/n, w.Alone/n
	return w
}

// mute leaves out what the model says.
func mute(list []Judged) []Judged {
	out := slices.Clone(list)
	for i := range out {
		out[i].Model = nil
	}
	return out
}

func loss(p float64, right bool) float64 {
	if !right {
		p = 1 - p
	}
	return -math.Log(max(p, 1e-12))
}
