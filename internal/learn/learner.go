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
		Settings: index.LearnedSettings{L2: s.L2, Iterations: s.Iterations}, Warning: oddities(src.documents, hidden), Lost: lost,
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

// work is how many evaluations of the loss a group takes at most, about.
func (l *learning) work() int { return (foldCount + 1) * l.Iterations }

// enoughJudged is how many mentions of held-out sentences tell threshold and calibration well enough: with so many no
// further fold is held out.
const enoughJudged = 1000

// group learns one model: first one for each fold from the others, by which the fold is tagged to calibrate the scores and
// to choose the threshold, then from their mean on the one that stays.
func (l *learning) group(ctx context.Context, labels []string) (*group, index.LearnedGroup, int, error) {
	told := index.LearnedGroup{Labels: labels}
	whole, lost := l.all.chains(labels, func(int) bool { return true })
	w := newWeights(whole)
	x, judge := make([]float64, w.len()), &judge{labels: labels, all: l.all}
	fold := 0
	for ; fold < foldCount && judge.gold < enoughJudged; fold++ {
		part, _ := l.all.chains(labels, func(f int) bool { return f != fold })
		found, err := fit(ctx, newObjective(part, w, l.L2, l.Workers), make([]float64, w.len()), l.Iterations, func(n int) {
			l.progress(min(fold*l.Iterations+n, (fold+1)*l.Iterations))
		})
		if err != nil {
			return nil, told, 0, err
		}
		judge.tag(newGroup(labels, w, found), fold, l.Workers)
		for i, v := range found {
			x[i] += v
		}
	}
	for i := range x {
		x[i] /= float64(fold)
	}
	x, err := fit(ctx, newObjective(whole, w, l.L2, l.Workers), x, l.Iterations, func(n int) {
		l.progress(min(foldCount*l.Iterations+n, l.work()))
	})
	if err != nil {
		return nil, told, 0, err
	}
	g := newGroup(labels, w, x)
	g.Calibration = calibrate(judge.list)
	judge.calibrate(g.Calibration)
	g.Agreement = judge.agreement(func(example int) int { return l.all.places[example].document })
	g.Threshold, told.F1 = judge.threshold()
	told.Threshold, told.Weights = g.Threshold, len(g.weights)
	l.held.add(judge.tagged, labels)
	return g, told, lost, nil
}
