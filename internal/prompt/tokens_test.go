package prompt

import "testing"

// Bounds, not exact figures: how Estimate was set stands in its comment.
func TestEstimate(t *testing.T) {
	tests := []struct {
		text          string
		least, atMost int
	}{
		{"", 0, 0},
		{"gout", 1, 1},
		{"Patients with cystic fibrosis were screened .", 8, 16},
		{"1994", 4, 4},
		{"患者有糖尿病", 6, 13},
		{"< > | { } .", 6, 6},
	}
	for _, test := range tests {
		if got := Estimate(test.text); got < test.least || got > test.atMost {
			t.Errorf("Estimate(%q) = %d, want %d to %d", test.text, got, test.least, test.atMost)
		}
	}
}
