package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run this very binary as ragner.
func TestMain(m *testing.M) {
	testscript.Main(&tests{M: m}, map[string]func(){"ragner": func() { os.Exit(program()) }})
}

// tests are run with a folder for what several of them share.
type tests struct{ *testing.M }

// shared is that folder.
var shared string

func (t *tests) Run() int {
	dir, err := os.MkdirTemp("", "ragner-tests-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	shared = dir
	return t.M.Run()
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
			env.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: scriptCommands(t),
	})
}

// learnIterations are those of the learned taggers of tests: what they learn is not looked at closely, and -race is slow.
const learnIterations = "25"

// keptSample is a folder as ragner demo --keep leaves it, one for all tests, which must not write into it.
func keptSample(t *testing.T) string {
	t.Helper()
	dir, err := makeSample()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var makeSample = sync.OnceValues(func() (string, error) {
	const key = "RAGNER_LEARN_ITERATIONS"
	os.Setenv(key, learnIterations)
	defer os.Unsetenv(key)
	dir := filepath.Join(shared, "sample")
	out, err := os.Create(filepath.Join(shared, "out"))
	if err != nil {
		return "", err
	}
	defer out.Close()
	if code := run(context.Background(), []string{"demo", "--keep", dir}, streams{os.Stdin, out, out}); code != exitDone {
		return "", fmt.Errorf("ragner demo --keep ended with %d", code)
	}
	return dir, nil
})
