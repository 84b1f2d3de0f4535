package ablation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ragner/ragner/internal/config"
)

// TestHostileGrids are refused with the file's name.
func TestHostileGrids(t *testing.T) {
	laughs := "vary:\n  k: &l0 [1]\n"
	for i := range 20 {
		laughs += fmt.Sprintf("b%d: &l%d [%s]\n", i, i+1, strings.Repeat(fmt.Sprintf("*l%d,", i), 10))
	}
	for name, grid := range map[string]string{
		"20,000 nested lists": "vary: " + strings.Repeat("[", 20_000),
		"a billion laughs":    laughs,
		"an alias of itself":  "set: &s\n  k: *s\nvary:\n  k: [1]\n",
		"2 MB":                strings.Repeat("# comment\n", 200_000),
		"a billion rows":      "vary:\n" + many("k", 100) + many("terms", 100) + many("candidates", 100) + many("per_mention", 100) + many("seed", 100),
	} {
		if _, err := planned(grid, config.Defaults(), nil); err == nil || !strings.Contains(err.Error(), "grid.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func many(key string, n int) string {
	return "  " + key + ": [" + strings.TrimSuffix(strings.Repeat("1, ", n), ", ") + "]\n"
}

// FuzzGrid holds that a grid that is taken makes rows whose settings are valid.
func FuzzGrid(f *testing.F) {
	f.Add("vary:\n  k: [1, 3]\n")
	f.Add("set: {mode: lexical}\nrows:\n  - name: a\n    set: {k: 2}\nreference: a\n")
	f.Add("a: &x [*x]\n")
	f.Fuzz(func(t *testing.T, grid string) {
		p, err := planned(grid, config.Defaults(), nil)
		if err != nil {
			return
		}
		for _, row := range p.Rows {
			if err := row.Config.Validate(); err != nil {
				t.Errorf("row %s: %v", row.Name, err)
			}
		}
	})
}
