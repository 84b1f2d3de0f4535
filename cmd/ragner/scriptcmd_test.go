package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"
)

// scriptCommands are what scripts have besides testscript's own commands.
func scriptCommands(t *testing.T) map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	return map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"code":      cmdCode,
		"server":    func(ts *testscript.TestScript, _ bool, args []string) { ts.Setenv("URL", startServer(t, args[0])) },
		"bytes":     cmdBytes,
		"gzip":      cmdGzip,
		"flip":      cmdFlip,
		"cut":       cmdCut,
		"setformat": cmdSetFormat,
		"lock":      cmdLock,
		"await":     cmdAwait,
		"keys":      cmdKeys,
		"calls":     cmdCalls,
		"words":     cmdWords,
		"mixed":     cmdMixed,
		"awaitrows": cmdAwaitRows,
	}
}

// trace is what Go prints when a program breaks down.
var trace = regexp.MustCompile(`(?m)^(panic:|goroutine \d+ \[|fatal error:)`)

// cmdCode runs a program that must end with an exit code: code 2 ragner tag --bogus.
func cmdCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("run: %v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if trace.MatchString(ts.ReadFile("stderr")) {
		ts.Fatalf("a Go stack trace was printed")
	}
}

// cmdBytes writes bytes in Go's notation into a file: bytes latin1.txt caf\xe9.
func cmdBytes(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// cmdWords writes so many words in turn into a file, with a number behind the first: words 1000 long.txt unknown cancer.
func cmdWords(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b bytes.Buffer
	for i := range n {
		word := args[2+i%(len(args)-2)]
		if word == args[2] {
			word += strconv.Itoa(i)
		}
		b.WriteString(word + " ")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}

// cmdMixed puts each file of a folder in the place of the other folder's file of that name, one at a time, where the two
// differ, and runs a program that must name the file and end with exit code 5: mixed FROM TO ragner search -i idx x. A
// file that no search reads must not change the answer, and inspect --verify must name it.
func cmdMixed(ts *testscript.TestScript, _ bool, args []string) {
	from, to, program := ts.MkAbs(args[0]), ts.MkAbs(args[1]), args[2:]
	cmdCode(ts, false, append([]string{"0"}, program...))
	answer := ts.ReadFile("stdout")
	entries, err := os.ReadDir(from)
	ts.Check(err)
	refused := 0
	for _, e := range entries {
		path := filepath.Join(to, e.Name())
		old, err := os.ReadFile(path)
		ts.Check(err)
		other, err := os.ReadFile(filepath.Join(from, e.Name()))
		ts.Check(err)
		if bytes.Equal(old, other) {
			continue
		}
		ts.Check(os.WriteFile(path, other, 0o644))
		ts.Logf("%s of another generation", e.Name())
		if filepath.Ext(e.Name()) == ".words" {
			cmdCode(ts, false, append([]string{"0"}, program...))
			if ts.ReadFile("stdout") != answer {
				ts.Fatalf("another answer")
			}
			cmdCode(ts, false, []string{"5", "ragner", "inspect", "--verify", filepath.Dir(to)})
		} else {
			cmdCode(ts, false, append([]string{"5"}, program...))
		}
		if !strings.Contains(ts.ReadFile("stderr"), e.Name()) && e.Name() != "blocks.sums" {
			ts.Fatalf("the error does not name %s", e.Name())
		}
		ts.Check(os.WriteFile(path, old, 0o644))
		refused++
	}
	if refused < 5 {
		ts.Fatalf("%d files only differ", refused)
	}
	cmdCode(ts, false, append([]string{"0"}, program...))
}

// cmdGzip compresses FILE into FILE.gz.
func cmdGzip(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(errors.Join(err, w.Close()))
	ts.Check(os.WriteFile(ts.MkAbs(args[0])+".gz", b.Bytes(), 0o644))
}

// cmdFlip changes one bit in the middle of a file.
func cmdFlip(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	data[len(data)/2] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// cmdCut leaves the first half of a file.
func cmdCut(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), info.Size()/2))
}

// cmdSetFormat makes an index say that another format version wrote it, as such a program would.
func cmdSetFormat(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	generation, _, _ := strings.Cut(ts.ReadFile(filepath.Join(args[0], "CURRENT")), " ")
	manifest := filepath.Join(dir, generation, "manifest.json")
	data, err := os.ReadFile(manifest)
	ts.Check(err)
	data = regexp.MustCompile(`"format": \d+`).ReplaceAll(data, []byte(`"format": `+args[1]))
	ts.Check(os.WriteFile(manifest, data, 0o644))
	current := fmt.Sprintf("%s %x\n", generation, sha256.Sum256(data))
	ts.Check(os.WriteFile(filepath.Join(dir, "CURRENT"), []byte(current), 0o644))
}

// cmdLock holds a lock file until the script ends, as another process would.
func cmdLock(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	lock := flock.New(ts.MkAbs(args[0]))
	ok, err := lock.TryLock()
	ts.Check(err)
	if !ok {
		ts.Fatalf("%s is locked already", args[0])
	}
	ts.Defer(func() { release(lock) })
}

// cmdAwait waits until a file has so many lines.
func cmdAwait(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	for range 600 {
		if data, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && bytes.Count(data, []byte("\n")) >= want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s has not got %d lines in 30 s", args[0], want)
}

// cmdAwaitRows waits until an ablation in DIR has begun its second row and finished so many of its documents.
func cmdAwaitRows(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	for range 600 {
		paths, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "rows", "one-*.jsonl"))
		ts.Check(err)
		for _, path := range paths {
			if data, err := os.ReadFile(path); err == nil && bytes.Count(data, []byte("\n")) > want {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("no second row in %s in 30 s", args[0])
}

// cmdKeys checks that each line of a JSON file has keys, such as counts.documents: keys stdout counts.documents.
func cmdKeys(ts *testscript.TestScript, _ bool, args []string) {
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &value))
	for _, path := range args[1:] {
		at := value
		for _, key := range strings.Split(path, ".") {
			object, _ := at.(map[string]any)
			if list, ok := at.([]any); ok && len(list) > 0 {
				object, _ = list[0].(map[string]any)
			}
			next, ok := object[key]
			if !ok {
				ts.Fatalf("no %s in %s", path, args[0])
			}
			at = next
		}
	}
}
