// Package parts gives tests and benchmarks the real parts they run against:
// a local Ollama with small models. The parts are installed by scripts/parts.sh
// into a cache folder outside the checkout; nothing here is used by the product.
package parts

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Ollama starts a real Ollama server on a free loopback port, with the named
// models ready ("smollm2", "qwen0.5b", "qwen1.5b"), and returns its base URL,
// such as http://127.0.0.1:43210. The server is stopped when tb is done, and
// also dies when the test binary is killed.
//
// Where the server or a model is not installed, tb is skipped, naming the
// command that installs it; with CI=true or RAGNER_REQUIRE_PARTS=1 it fails.
func Ollama(tb testing.TB, models ...string) (baseURL string) {
	tb.Helper()
	baseURL, _ = Doomed(tb, models...)
	return baseURL
}

// Doomed is Ollama with a way to kill the server and its model runners, as a
// crash would. Nobody starts it again.
func Doomed(tb testing.TB, models ...string) (baseURL string, kill func()) {
	tb.Helper()
	scripts, err := scriptsFolder()
	if err != nil {
		tb.Fatal(err)
	}
	if missing := notInstalled(scripts, models); len(missing) > 0 {
		leaveOut(tb, missing)
	}
	server, err := start(filepath.Join(scripts, "ollama-up.sh"), models)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(server.stop)
	return server.url, func() { killGroup(server.cmd) }
}

// leaveOut ends tb: a real part is missing, and the commands install it.
func leaveOut(tb testing.TB, commands []string) {
	tb.Helper()
	message := "a real part is not installed; run: " + strings.Join(commands, " && ")
	if required() {
		tb.Fatal(message)
	}
	tb.Skip(message)
}

// required tells whether a missing part is a failure: it is where the parts
// were promised, so that a run there cannot pass by skipping.
func required() bool {
	return os.Getenv("CI") == "true" || os.Getenv("RAGNER_REQUIRE_PARTS") == "1"
}

// notInstalled returns the commands that install what is missing.
func notInstalled(scripts string, models []string) []string {
	var commands []string
	if !installed(scripts, "ollama") {
		commands = append(commands, "scripts/parts.sh ollama")
	}
	for _, model := range models {
		if !installed(scripts, model) {
			commands = append(commands, "scripts/parts.sh weights "+model)
		}
	}
	return commands
}

// installed asks parts.sh, which alone knows the pinned versions and the
// folder's layout.
func installed(scripts, part string) bool {
	return exec.Command(filepath.Join(scripts, "parts.sh"), "path", part).Run() == nil
}

// scriptsFolder finds the checkout's scripts folder: a test runs in the folder
// of its package, somewhere below the folder with go.mod.
func scriptsFolder() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	for {
		scripts := filepath.Join(folder, "scripts")
		if _, err := os.Stat(filepath.Join(scripts, "parts.sh")); err == nil {
			return scripts, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("no scripts/parts.sh in any folder above this test")
		}
		folder = parent
	}
}
