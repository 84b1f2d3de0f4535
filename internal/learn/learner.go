package learn

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/ragner/ragner/index"
)

// Learner is the step of a build that learns a tagger; it leaves an index without one where there is too little to learn
// from.
func Learner(s Settings) index.Learn {
	return func(ctx context.Context, x *index.Index, progress func(stage string, done, total int)) ([]byte, index.Learned, string, error) {
		started := time.Now()
		if err := s.Validate(); err != nil {
			return nil, index.Learned{}, "", err
		}
		if why := s.tooLittle(x); why != "" {
			return nil, index.Learned{}, why, nil
		}
		m, about, err := learn(ctx, x, s, progress)
		if why, ok := whyNot(err); ok {
			return nil, index.Learned{}, why, nil
		}
		if err != nil {
			return nil, index.Learned{}, "", err
		}
		about.Seconds = time.Since(started).Seconds()
		return m.encode(), about, "", nil
	}
}

// tooLittle says what there is too little of.
func (s Settings) tooLittle(x *index.Index) string {
	c := x.Manifest().Counts
	switch {
	case c.DistinctSentences < max(s.Least, foldCount):
		return fmt.Sprintf("%d annotated sentences are too few, %d are wanted; neighbours tags", c.DistinctSentences, max(s.Least, foldCount))
	case c.Entities == 0:
		return "no sentence has a mention; neighbours tags"
	}
	return ""
}

// learning is one run.
type learning struct {
	Settings
	all      *collection
	held     *recorder
	progress func(done int)
}

func learn(ctx context.Context, x *index.Index, s Settings, progress func(stage string, done, total int)) (*Model, index.Learned, error) {
	if s.Workers == 0 {
		s.Workers = runtime.GOMAXPROCS(0)
	}
	r, err := NewSearcher(x)
	if err != nil {
		return nil, index.Learned{}, err
	}
	src := newSource(x)
	all, err := collect(ctx, src, r, s.Workers, func(done int) { progress("features", done, len(src.documents)) })
	if err != nil {
		return nil, index.Learned{}, err
	}
	groups, hidden, lost, err := shownGroups(all.examples)
	if err != nil {
		return nil, index.Learned{}, err
	}
	l := &learning{Settings: s, all: all, held: newRecorder(all, src, len(groups))}
	m := &Model{hashes: newTable(all.hashes)}
	about := index.Learned{
		Version: Version, Sentences: len(all.examples), Features: len(all.hashes),
		Settings: index.LearnedSettings{L2: s.L2, Iterations: s.Iterations}, Warning: oddities(src, hidden), Lost: lost,
	}
	for i, labels := range groups {
		l.progress = func(done int) { progress("learn", i*l.work()+done, len(groups)*l.work()) }
		g, told, lost, err := l.group(ctx, labels)
		if err != nil {
			return nil, about, err
		}
		m.groups, about.Groups, about.Lost = append(m.groups, g), append(about.Groups, told), about.Lost+lost
	}
	m.held = l.held.record()
	return m, about, nil
}

// work is how many evaluations of the loss a group takes at most, about: two fits a fold and one in the end.
func (l *learning) work() int { return (2*foldCount + 1) * l.Iterations }

// fit finds the weights of least loss from x on. turn counts the fits of a group from 0.
func (l *learning) fit(ctx context.Context, o *objective, x []float64, turn int) ([]float64, error) {
	return fit(ctx, o, x, o.iterations(l.Iterations), func(n int) { l.progress(turn*l.Iterations + min(n, l.Iterations)) })
}

// enoughJudged is how many mentions of held-out sentences tell threshold and calibration well enough: with so many no
// further fold is held out.
const enoughJudged = 1000

// group learns one model: first, for each fold, one from the others, by which the fold is tagged to calibrate the scores and to
// choose the threshold, then from their mean on the one that stays. That is done with one prior for all weights and with a
// prior for each, and what finds more in the folds is kept: names that are told by what many words have in common, as in
// texts of the day, are lost by the latter.
func (l *learning) group(ctx context.Context, labels []string) (*group, index.LearnedGroup, int, error) {
	told := index.LearnedGroup{Labels: labels}
	whole, lost := l.all.chains(labels, func(int) bool { return true })
	w := newWeights(whole)
	even, adapted := newTrial(l, labels, w), newTrial(l, labels, w)
	adapted.adapted = true
	for fold := 0; fold < foldCount && even.judge.gold < enoughJudged; fold++ {
		if err := l.fold(ctx, fold, even, adapted); err != nil {
			return nil, told, 0, err
		}
	}
	best := even
	even.conclude()
	if adapted.conclude(); adapted.f1 > even.f1 {
		best = adapted
	}
	o, mean := newObjective(whole, w, l.L2, l.Workers), best.mean()
	if best.adapted {
		o.adapt(mean, l.L2)
	}
	x, err := l.fit(ctx, o, mean, 2*foldCount)
	if err != nil {
		return nil, told, 0, err
	}
	g := newGroup(labels, w, x)
	g.Calibration, g.Agreement, g.Threshold = best.calibration, best.agreement, best.threshold
	told.F1, told.Threshold, told.Adapted, told.Weights = best.f1, best.threshold, best.adapted, len(g.weights)
	l.held.add(best.judge.tagged, labels)
	return g, told, lost, nil
}

// fold learns from all but a fold, with one prior and from there on with a prior for each weight, and tags the fold by both.
func (l *learning) fold(ctx context.Context, fold int, even, adapted *trial) error {
	part, _ := l.all.chains(even.judge.labels, func(f int) bool { return f != fold })
	o := newObjective(part, even.weights, l.L2, l.Workers)
	x, err := l.fit(ctx, o, make([]float64, o.weights.len()), 2*fold)
	if err != nil {
		return err
	}
	even.add(x, fold)
	o.adapt(x, l.L2)
	if x, err = l.fit(ctx, o, x, 2*fold+1); err != nil {
		return err
	}
	adapted.add(x, fold)
	return nil
}
