// Package torture scales the tests of what survives: short in every test run, long with the build tag torture, as make
// torture runs them. It is for tests alone.
package torture

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// Scale is short, or long with the build tag; of that, RAGNER_TORTURE_PERCENT percent where it is set, but not less than
// short.
func Scale(short, long int) int {
	if !Long {
		return short
	}
	percent, err := strconv.Atoi(os.Getenv("RAGNER_TORTURE_PERCENT"))
	if err != nil {
		percent = 100
	}
	return max(short, long*percent/100)
}

// Seed is the seed of what is drawn at random: that of RAGNER_TORTURE_SEED, else seed. It is said where the test fails.
func Seed(tb testing.TB, seed uint64) uint64 {
	if given, err := strconv.ParseUint(os.Getenv("RAGNER_TORTURE_SEED"), 10, 64); err == nil {
		seed = given
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("the seed was %d: repeat it with RAGNER_TORTURE_SEED=%d", seed, seed)
		}
	})
	return seed
}

// Report prints what a long run has counted, for the table of docs/reliability.md; it stands alone on a line.
func Report(tb testing.TB, format string, values ...any) {
	if Long {
		fmt.Printf("torture: %s: %s\n", tb.Name(), fmt.Sprintf(format, values...))
	}
}
