package index

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/testkit/torture"
)

const (
	crashDir   = "RAGNER_TEST_BUILD"      // tells the test program to build an index here, and nothing else
	crashKind  = "RAGNER_TEST_BUILD_KIND" // one of buildKinds; "add" by default
	crashURL   = "RAGNER_TEST_BUILD_URL"  // of the embedding server of the kind "cache"
	crashLimit = "RAGNER_TEST_FILE_LIMIT" // bytes that a file may have
	crashTexts = "RAGNER_TEST_BUILD_DOCS" // how many documents are new
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		os.Exit(buildInChild(dir))
	}
	os.Exit(m.Run())
}

// buildInChild builds in dir; past the limit the system fails every write.
func buildInChild(dir string) int {
	if limit, err := strconv.ParseUint(os.Getenv(crashLimit), 10, 64); err == nil {
		signal.Ignore(unix.SIGXFSZ)
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			fmt.Println(err)
			return 2
		}
	}
	docs, err := strconv.Atoi(os.Getenv(crashTexts))
	if err != nil {
		docs = 400
	}
	if err := buildKind(cmp.Or(os.Getenv(crashKind), "add"), dir, os.Getenv(crashURL), docs); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// buildKinds are the ways to build: into a new folder, in the place of an index, onto one, and with vectors of a server.
var buildKinds = []string{"first", "replace", "add", "cache"}

// buildKind builds with so many new documents, and the same ones each time.
func buildKind(kind, dir, url string, docs int) error {
	o := sampleOptions()
	o.Add = kind == "add"
	if kind == "cache" {
		e, err := embed.Parse(context.Background(), "ollama:m", embed.Options{URL: url, Batch: 4, Retries: -1})
		if err != nil {
			return err
		}
		o.Embedder, o.EmbedderID, o.Cache = e, "ollama:m", CacheResume
	}
	terms := []Ontology{{Terms: []corpora.Term{{ID: "D:9", Name: "zinc"}}}}
	_, err := Build(context.Background(), dir, Input{Corpora: []Corpus{corpus("more", generated(docs)...)}, Ontologies: terms}, o)
	return err
}

func child(dir string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), crashDir+"="+dir), env...)
	return cmd
}

// TestKilledBuilds kills builds at random moments: at any time there is the old index or the new one, whole, and the
// next build works.
func TestKilledBuilds(t *testing.T) {
	seed := torture.Seed(t, uint64(time.Now().UnixNano()))
	r := rand.New(rand.NewPCG(seed, 0))
	killed, fresh, docs := 0, 0, torture.Scale(60, 400)
	texts := fmt.Sprint(crashTexts, "=", docs)
	for _, kind := range []string{"add", "replace"} {
		dir := t.TempDir()
		build(t, dir, sampleInput(t), sampleOptions())
		before, want := portrait(t, dir), finished(t, kind, "", docs)
		took := time.Now()
		if out, err := child(filepath.Join(t.TempDir(), "timed"), crashKind+"=first", texts).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		most := int(time.Since(took))
		for range torture.Scale(5, 500) {
			cmd := child(dir, crashKind+"="+kind, texts)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(r.IntN(most)))
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			if cmd.Wait() != nil {
				killed++
			}
			switch got := portrait(t, dir); got {
			case before:
			case want: // it was too late to be killed
				fresh++
				dir = t.TempDir()
				build(t, dir, sampleInput(t), sampleOptions())
			default:
				t.Fatalf("after a kill the index is neither the old nor the new one: %v", entries(t, dir))
			}
		}
		if err := buildKind(kind, dir, "", docs); err != nil {
			t.Fatalf("the build after the kills: %v", err)
		}
		if portrait(t, dir) != want {
			t.Error("the build after the kills made another index")
		}
		noLeftovers(t, dir)
	}
	if killed == 0 {
		t.Error("no build was killed in its course")
	}
	torture.Report(t, "%d builds killed at random moments, %d of them after the new index was in use; 0 losses", killed, fresh)
}

// TestFailingWrites lets the disk "fill up" at several sizes: the build says so and the old index stays in use.
func TestFailingWrites(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	failed := 0
	for limit := 16; limit < 1<<17; limit *= 3 {
		before, err := readCurrent(dir)
		if err != nil {
			t.Fatal(err)
		}
		out, err := child(dir, crashLimit+"="+strconv.Itoa(limit)).CombinedOutput()
		after, readErr := readCurrent(dir)
		if readErr != nil || err != nil && after != before {
			t.Fatalf("limit %d: %v; %v", limit, err, readErr)
		}
		if err != nil {
			failed++
			if !strings.Contains(string(out), "file too large") {
				t.Errorf("limit %d: the build says %q", limit, out)
			}
		}
		if err := Check(dir); err != nil {
			t.Fatalf("limit %d: %v", limit, err)
		}
	}
	if failed < 4 {
		t.Errorf("%d builds failed only", failed)
	}
}

// TestWritersAtOnce: of several programs that build at the same time each is done or told who was first, and nothing is
// mixed.
func TestWritersAtOnce(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	want := finished(t, "replace", "", 20)
	done, told := 0, 0
	for range torture.Scale(3, 60) {
		var writers [3]*exec.Cmd
		var said [3]bytes.Buffer
		for i := range writers {
			writers[i] = child(dir, crashKind+"=replace", crashTexts+"=20")
			writers[i].Stdout = &said[i]
			if err := writers[i].Start(); err != nil {
				t.Fatal(err)
			}
		}
		for i, w := range writers {
			switch err := w.Wait(); {
			case err == nil:
				done++
			case strings.Contains(said[i].String(), "is being written by another process ("):
				told++
			default:
				t.Errorf("a writer ended with %v: %s", err, said[i].String())
			}
		}
		if portrait(t, dir) != want {
			t.Fatal("the index is not what each of the writers writes")
		}
		noLeftovers(t, dir)
	}
	if done == 0 || told == 0 {
		t.Errorf("%d writers were done, %d told of another", done, told)
	}
	torture.Report(t, "%d programs built at once with another and were done, %d were told to wait", done, told)
}
