package learn

// trial is one way to learn a group's model, judged on folds that it was not learned from.
type trial struct {
	*learning
	adapted bool // each weight has a prior of its own
	weights *weights
	judge   *judge
	sum     []float64 // of the folds' weights
	folds   int

	calibration calibration
	agreement   Stack
	threshold   float64
	f1          float64
}

func newTrial(l *learning, labels []string, w *weights) *trial {
	return &trial{learning: l, weights: w, judge: &judge{labels: labels, all: l.all}, sum: make([]float64, w.len())}
}

// add tags a fold by the weights that were learned from the others.
func (t *trial) add(x []float64, fold int) {
	t.judge.tag(newGroup(t.judge.labels, t.weights, x), fold, t.Workers)
	for i, v := range x {
		t.sum[i] += v
	}
	t.folds++
}

// mean is that of the folds' weights.
func (t *trial) mean() []float64 {
	x := make([]float64, len(t.sum))
	for i, v := range t.sum {
		x[i] = v / float64(t.folds)
	}
	return x
}

// conclude finds what the folds say of scores and threshold.
func (t *trial) conclude() {
	t.calibration = calibrate(t.judge.list)
	t.judge.calibrate(t.calibration)
	t.agreement = t.judge.agreement(func(example int) int { return t.all.places[example].document })
	t.threshold, t.f1 = t.judge.threshold()
}
