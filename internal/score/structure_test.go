package score

import "testing"

// Counts by hand of documents whose mentions nest, cross, have gaps or share a span: by label, and the errors.
func TestStructures(t *testing.T) {
	type byLabel map[string]Counts
	for _, c := range []struct {
		name, gold, pred string
		strict, overlap  byLabel
		errors           ErrorCounts
	}{
		{
			"three levels, the middle one missed", "A:0-29 B:0-17 A:6-11", "A:0-29 A:6-11",
			byLabel{"A": {2, 0, 0}, "B": {0, 0, 1}},
			byLabel{"A": {2, 0, 0}, "B": {0, 0, 1}},
			ErrorCounts{Missed: 1},
		},
		{
			"the inner one predicted twice as wide", "A:0-29 B:6-11", "A:0-29 B:6-17",
			byLabel{"A": {1, 0, 0}, "B": {0, 1, 1}},
			byLabel{"A": {1, 0, 0}, "B": {1, 0, 0}},
			ErrorCounts{Boundary: 1},
		},
		{
			"crossing, one border moved", "A:0-11 A:6-17", "A:0-11 A:6-23",
			byLabel{"A": {1, 1, 1}},
			byLabel{"A": {2, 0, 0}},
			ErrorCounts{Boundary: 1},
		},
		{
			// B stands on A's span and finds its own; the other B takes the free A there.
			"two labels on a span, one found twice", "A:0-11 B:0-11", "B:0-11 B:0-5",
			byLabel{"A": {0, 0, 1}, "B": {1, 1, 0}},
			byLabel{"A": {0, 0, 1}, "B": {1, 1, 0}},
			ErrorCounts{Both: 1},
		},
		{
			"two labels on a discontinuous span, one without its second part", "A:0-5+12-17 B:0-5+12-17", "A:0-5+12-17 B:0-5",
			byLabel{"A": {1, 0, 0}, "B": {0, 1, 1}},
			byLabel{"A": {1, 0, 0}, "B": {1, 0, 0}},
			ErrorCounts{Boundary: 1},
		},
		{
			"two discontinuous ones that share a part", "A:0-5+12-17 A:6-11+12-17", "A:0-5+12-17 A:6-17",
			byLabel{"A": {2, 0, 0}},
			byLabel{"A": {2, 0, 0}},
			ErrorCounts{}, // only white space stands between 6-11 and 12-17
		},
		{
			"a discontinuous one round another", "A:0-5+18-23 B:6-11", "A:0-23 B:6-11",
			byLabel{"A": {0, 1, 1}, "B": {1, 0, 0}},
			byLabel{"A": {1, 0, 0}, "B": {1, 0, 0}},
			ErrorCounts{Boundary: 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Evaluate([]Pair{pairOf(t, c.gold, c.pred)})
			for label, want := range c.strict {
				if got := r.Criteria.Strict.Labels[label].Counts; got != want {
					t.Errorf("strict %s: %v, want %v", label, got, want)
				}
				if got := r.Criteria.Overlap.Labels[label].Counts; got != c.overlap[label] {
					t.Errorf("overlap %s: %v, want %v", label, got, c.overlap[label])
				}
			}
			if len(r.Criteria.Strict.Labels) != len(c.strict) || r.Errors != c.errors {
				t.Errorf("%d labels, errors %+v, want %+v", len(r.Criteria.Strict.Labels), r.Errors, c.errors)
			}
		})
	}
}

// Gold without mentions gives zeros and no NaN, whatever is predicted.
func TestGoldWithoutMentions(t *testing.T) {
	r := Evaluate([]Pair{pairOf(t, "", "A:0-5"), pairOf(t, "", "")})
	for _, c := range AllCriteria() {
		if m := r.Criteria.By(c).Micro; m.Counts != (Counts{FP: 1}) || m.Ratios != (Ratios{}) || m.F1Low != 0 || m.F1High != 0 {
			t.Errorf("%s: %+v", c, m)
		}
	}
	if gold, predicted := r.Mentions(); gold != 0 || predicted != 1 {
		t.Errorf("%d gold, %d predicted", gold, predicted)
	}
	if r.Errors != (ErrorCounts{Spurious: 1}) || r.Confusion[""]["A"] != 1 {
		t.Errorf("errors %+v, confusion %v", r.Errors, r.Confusion)
	}
}
