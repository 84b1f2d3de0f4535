package learn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"
)

// The optimiser stops when the loss falls by less than this share in so many steps.
const (
	enough      = 3e-4
	enoughSteps = 3
)

// memory is the number of steps from which L-BFGS estimates the curvature.
const memory = 7

// fit finds the weights of least loss by L-BFGS (Liu and Nocedal 1989), from x on, which stays as it is.
func fit(ctx context.Context, o *objective, x []float64, iterations int, progress func(evaluations int)) ([]float64, error) {
	e := evaluated{gradient: make([]float64, len(x))}
	evaluate := func(y []float64) {
		if slices.Equal(e.at, y) {
			return
		}
		e.loss, e.count = o.evaluate(y, e.gradient), e.count+1
		e.at = append(e.at[:0], y...)
		progress(e.count)
	}
	problem := optimize.Problem{
		Func:   func(y []float64) float64 { evaluate(y); return e.loss },
		Grad:   func(gradient, y []float64) { evaluate(y); copy(gradient, e.gradient) },
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, ctx.Err() },
	}
	settings := &optimize.Settings{
		MajorIterations: iterations,
		Converger:       &optimize.FunctionConverge{Relative: enough, Iterations: enoughSteps},
	}
	method := &optimize.LBFGS{Store: memory, Linesearcher: &optimize.MoreThuente{}}
	result, err := optimize.Minimize(problem, x, settings, method)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case result == nil:
		return nil, fmt.Errorf("minimise the loss: %w", err)
	case !finite(result.F):
		return nil, errors.New("minimise the loss: it is not a number")
	}
	return result.X, nil // with the best that was found, even where a line search gave up
}

// evaluated is the last point that was asked for: the optimiser asks for its loss and its gradient one after the other.
type evaluated struct {
	at, gradient []float64
	loss         float64
	count        int
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
