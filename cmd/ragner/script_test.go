package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run this very binary as ragner.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ragner": func() { os.Exit(program()) }})
}

// TestScript runs the command line as users do. Scripts find the sample's files in $SAMPLE and its index, which
// they must not write, in $INDEX.
func TestScript(t *testing.T) {
	sample := keptSample(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("SAMPLE", sample)
			env.Setenv("INDEX", filepath.Join(sample, "index"))
			env.Setenv("RAGNER_LEARN_ITERATIONS", learnIterations)
			return nil
		},
		Cmds: scriptCommands(t),
	})
}

// learnIterations are those of the learned taggers of tests: what they learn is not looked at closely, and -race is slow.
const learnIterations = "25"

// keptSample is a folder as ragner demo --keep leaves it.
func keptSample(t *testing.T) string {
	t.Helper()
	t.Setenv("RAGNER_LEARN_ITERATIONS", learnIterations)
	dir := filepath.Join(t.TempDir(), "sample")
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if code := run(context.Background(), []string{"demo", "--keep", dir}, streams{os.Stdin, out, out}); code != exitDone {
		t.Fatal(fmt.Errorf("ragner demo --keep ended with %d", code))
	}
	return dir
}
