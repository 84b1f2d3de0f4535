package report

import (
	"fmt"
	"math"
	"time"

	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/score"
)

// hostile is what no page may take for markup: tags, Markdown, a column's border, a line break, letters from right to
// left, an override of direction, a letter beyond the basic plane.
const hostile = "<script>alert(\"x\")</script> a|b *c* `d`\nsecond line שלום \u202eevil 🫀 &amp; '"

// made are results of eight rows: by k with and without terms, a pool, one partial, one failed, one not begun.
func made() ablation.Results {
	r := ablation.Results{
		Name: "shots", Version: "0.3.0", Created: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Seed: 1,
		Command: "ragner ablate -i idx --gold 'test.tsv,label=Disease' --preset shots -o out",
		Index: ablation.IndexInfo{
			Dir: "idx", Digest: digits64("ab"), Built: "2026-03-01 by ragner 0.3.0", Embedder: "static", Sentences: 6347, Mentions: 5921, Terms: 11942,
			Sources: []ablation.Source{{Path: "train.tsv", SHA256: digits64("01")}, {Path: "doid.obo"}},
		},
		Gold: ablation.GoldInfo{
			Sources: []ablation.Source{{Path: "test.tsv", SHA256: digits64("45")}}, Documents: 200, Of: 940, Sentences: 200, Mentions: 211,
			InIndex: 3, SameText: 1, UnseenLabels: []string{"Gene", hostile},
		},
		Reference: "zero-shot", Test: "paired bootstrap over documents", Interrupted: true,
	}
	r.Rows = []ablation.Row{
		madeRow("zero-shot", 0, 0, 6347, .21), madeRow("k 1, terms 0", 1, 0, 6347, .43), madeRow("k 5, terms 0", 5, 0, 6347, .58),
		madeRow("k 1, terms 10", 1, 10, 6347, .52), madeRow("k 5, terms 10", 5, 10, 6347, .66), madeRow("k 5, terms 10, pool 500 "+hostile, 5, 10, 500, .49),
		madeRow("k 8, terms 10", 8, 10, 6347, .64),
		{Name: "k 20, terms 10", State: ablation.Failed, Error: "model server: context of 4096 tokens is too small", Settings: madeSettings(20, 10)},
	}
	r.Rows[0].Against = nil
	r.Rows[6].State, r.Rows[6].Evaluation.Documents, r.Rows[6].Evaluation.Failed = ablation.Partial, 71, 2
	r.Rows[5].Cases = append(r.Rows[5].Cases, hostileCase())
	return r
}

func digits64(pair string) (s string) {
	for range 32 {
		s += pair
	}
	return s
}

func madeSettings(k, terms int) map[string]any {
	return map[string]any{"retrieval.k": k, "retrieval.terms": terms, "tagger": "llm", "model.trust": 1.0}
}

func madeRow(name string, k, terms, pool int, f1 float64) ablation.Row {
	return ablation.Row{
		Name: name, Settings: madeSettings(k, terms), Pool: pool, Tagger: "llm", Model: "qwen0.5b sha256:0123", State: ablation.Done,
		Evaluation: madeEvaluation(k, terms, f1),
		Against:    &ablation.Against{Delta: f1 - .21, Low: f1 - .25, High: f1 - .16, P: .002, PHolm: math.Min(1, .012+.6*math.Max(0, .5-f1)), Documents: 200},
		Cases:      madeCases(),
	}
}

func madeEvaluation(k, terms int, f1 float64) *ablation.Evaluation {
	e := &ablation.Evaluation{
		Report: score.Report{
			Documents: 200, Errors: score.ErrorCounts{Boundary: 31, Label: 2, Both: 1, Missed: 40, Spurious: 22},
			Confusion: score.Confusion{"Disease": {"Disease": 140, "Chemical": 2, "": 30}, "Chemical": {"Chemical": 20, "": 10}, "": {"Disease": 19, "Chemical": 3}},
		},
		Tagger: "llm", Seconds: 200 * (.4 + .13*float64(k)), Calls: 190, CacheHits: 10, PromptTokens: 200 * (180 + 90*k + 12*terms), OutputTokens: 200 * 18,
		Unaligned: 7, Leaks: 2, Dropped: 4, Sentences: 200,
		Calibration: score.Calibration{Predictions: 150, Error: .083, Brier: .171, Bins: madeBins(f1)},
	}
	for i, c := range score.AllCriteria() {
		*e.Criteria.By(c) = madeScore(f1 + .02*float64(i))
	}
	e.Seen.Strict, e.Unseen.Strict = madeScore(f1+.12), madeScore(f1-.15)
	return e
}

func madeScore(f1 float64) score.Score {
	s := score.Score{Labels: map[string]score.Figures{}}
	s.Micro.Figures = madeFigures(f1, 211)
	s.Micro.F1Low, s.Micro.F1High = f1-.05, f1+.045
	for i, label := range []string{"Disease", "Chemical", "Gene"} {
		s.Labels[label] = madeFigures(f1-.07*float64(i), 120-50*i)
	}
	return s
}

func madeFigures(f1 float64, gold int) score.Figures {
	tp := math.Round(f1 * float64(gold))
	return score.Figures{
		Counts: score.Counts{TP: tp, FP: math.Round(float64(gold) * .2), FN: float64(gold) - tp},
		Ratios: score.Ratios{Precision: f1 + .04, Recall: f1 - .04, F1: f1},
	}
}

func madeBins(f1 float64) (bins []score.Bin) {
	for i := range 5 {
		low := float64(i) / 5
		bins = append(bins, score.Bin{Low: low, High: low + .2, Count: 30, Score: low + .1, Right: math.Min(1, (low+.05)*(.6+f1/2))})
	}
	return bins
}

// madeCases are an error of each kind in a sentence with nested and overlapping mentions.
func madeCases() (cases []ablation.Case) {
	sentence := "Familial deficiency of the seventh component of complement was found with cystic fibrosis."
	whole, inner, second := ablation.Mark{Start: 0, End: 58, Label: "Disease"}, ablation.Mark{Start: 48, End: 58, Label: "Chemical"}, ablation.Mark{Start: 74, End: 89, Label: "Disease"}
	crossing := ablation.Mark{Start: 50, End: 80, Label: "Disease"}
	for i, kind := range []score.Kind{score.Boundary, score.Label, score.Both, score.Missed, score.Spurious} {
		at := []ablation.Mark{whole, second, second, inner, crossing}[i]
		cases = append(cases, ablation.Case{
			DocID: fmt.Sprintf("1019239%d", i), Kind: kind, Sentence: sentence, At: at,
			Gold:      []ablation.Mark{whole, inner, second},
			Predicted: []ablation.Mark{{Start: 9, End: 58, Label: "Disease"}, crossing, second},
			Demonstrations: []ablation.ShownDemo{
				{Ref: "9806818#2", Text: "A deficiency of complement component C7.", Marks: []ablation.Mark{{Start: 2, End: 39, Label: "Disease"}}},
			},
			Terms: []string{"cystic fibrosis (Disease)"},
		})
	}
	return cases
}

func hostileCase() ablation.Case {
	end := len([]rune(hostile))
	return ablation.Case{
		DocID: hostile, Kind: score.Missed, Sentence: hostile, At: ablation.Mark{Start: 0, End: 8, Label: hostile},
		Gold:           []ablation.Mark{{Start: 0, End: 8, Label: hostile}, {Start: end - 11, End: end + 5, Label: "Gene"}, {Start: 9, End: 9, Label: "none"}},
		Demonstrations: []ablation.ShownDemo{{Ref: hostile, Text: hostile, Marks: []ablation.Mark{{Start: -3, End: 4, Label: hostile}}}},
		Terms:          []string{hostile},
	}
}

// madeRetrieval are results of rows that only retrieve, by k and by pool.
func madeRetrieval() ablation.Results {
	r := made()
	r.Name, r.Retrieval, r.Interrupted, r.Reference, r.Rows = "retrieval", true, false, "hybrid, k 5", nil
	for i, k := range []int{1, 5, 20} {
		for j, mode := range []string{"lexical", "hybrid"} {
			r.Rows = append(r.Rows, madeEvidence(fmt.Sprintf("%s, k %d", mode, k), mode, k, 6347, .5+.1*float64(i)+.03*float64(j)))
		}
	}
	for i, pool := range []int{100, 1000} {
		r.Rows = append(r.Rows, madeEvidence(fmt.Sprintf("hybrid, pool %d", pool), "hybrid", 5, pool, .3+.15*float64(i)))
	}
	r.Rows[3].Against = nil
	return r
}

func madeEvidence(name, mode string, k, pool int, value float64) ablation.Row {
	s := func(off float64) ablation.Share {
		return ablation.Share{Value: value + off, Low: value + off - .03, High: value + off + .03}
	}
	return ablation.Row{
		Name: name, Settings: map[string]any{"retrieval.mode": mode, "retrieval.k": k, poolKey: pool}, Pool: pool, Tagger: "neighbours", State: ablation.Done,
		Evidence: &ablation.Evidence{Coverage: s(0), Agreement: s(.2), Vote: s(.1), TermHits: s(-.1), Seconds: .0042, Sentences: 200},
		Against:  &ablation.Against{Delta: value - .63, Low: value - .66, High: value - .6, P: .01, PHolm: .07, Documents: 200},
	}
}
