package index

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/testkit/torture"
)

// TestCutSwappedAndMissingFiles: every file cut to every length or grown, with each block of 512 bytes zeroed, missing, a
// folder, and that of another generation or of another name, is found by Open and by Check.
func TestCutSwappedAndMissingFiles(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	build(t, other, Input{Corpora: []Corpus{corpus("other", generated(20)...)}}, sampleOptions())
	stranger, tried := files(t, other), map[string]int{}
	sound := files(t, dir)
	for name, content := range sound {
		path := filepath.Join(dir, name)
		found := func(how string, data []byte) {
			tried[how]++
			replaceFile(t, path, data)
			if err := use(dir, OpenOptions{}); !errors.Is(err, ErrCorrupt) && !neverMapped(name) {
				t.Fatalf("%s %s: %v", name, how, err)
			} else if (err == nil || tried[how]%50 == 1) && !errors.Is(Check(dir), ErrCorrupt) {
				t.Fatalf("%s %s: not found by Check", name, how)
			}
		}
		for size := 0; size < len(content); size += stride(len(content)) {
			found("cut", []byte(content[:size]))
		}
		found("grown", append([]byte(content), 0))
		for first := 0; first < len(content); first += 512 {
			zeroed := []byte(content)
			clear(zeroed[first:min(first+512, len(zeroed))])
			if string(zeroed) != content {
				found("zeroed", zeroed)
			}
		}
		if swapped, ok := stranger[name]; ok && swapped != content {
			found("of another index", []byte(swapped))
		}
		for elsewhere, swapped := range sound {
			if filepath.Ext(elsewhere) == filepath.Ext(name) && swapped != content {
				found("of another name", []byte(swapped))
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		missing := use(dir, OpenOptions{})
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if folder := use(dir, OpenOptions{}); missing == nil || folder == nil || filepath.Base(name) != currentName && !errors.Is(missing, ErrCorrupt) {
			t.Errorf("%s missing: %v; a folder: %v", name, missing, folder)
		}
		replaceFile(t, path, []byte(content))
	}
	if err := errors.Join(use(dir, OpenOptions{}), Check(dir)); err != nil {
		t.Fatal(err)
	}
	torture.Report(t, "files of a small index damaged in other ways, all found: %v", tried)
}

// largeIndex has files of several MiB, of which opening reads the beginnings only.
func largeIndex(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	o := sampleOptions()
	o.Embedder = hashEmbedder{dimensions: 64}
	terms := Ontology{}
	for i := range 200 {
		terms.Terms = append(terms.Terms, corpora.Term{ID: fmt.Sprint("T:", i), Name: fmt.Sprint("w", i, " w", i/7), Label: "A"})
	}
	in := Input{Corpora: []Corpus{corpus("large", generated(torture.Scale(2500, 10000))...)}, Ontologies: []Ontology{terms}}
	build(t, dir, in, o)
	return dir
}

// answers are what an index says to some questions that touch all its files.
func answers(x *Index, seed uint64) (said string, err error) {
	defer x.Safely(&err)()
	r := rand.New(rand.NewPCG(seed, 5))
	var b strings.Builder
	for range 4 {
		row := r.IntN(x.Sentences().Len())
		s := x.Sentence(row)
		fmt.Fprintln(&b, s, shows(x, row), x.SentenceLength(row), x.SentencesOf(s.DocID))
		fmt.Fprintln(&b, x.Sentences().BM25(Analyze(s.Text), 10, nil), x.Sentences().Nearest(x.Sentences().Vector(row), 10, nil))
		fmt.Fprintln(&b, x.Terms().BM25(Analyze(s.Text), 5, nil), x.Lexicon().Candidates(s.Sentence, nil))
		for _, m := range x.SentenceMentions(nil, row) {
			fmt.Fprintln(&b, x.SentencesWith(nil, m.Key))
		}
		for _, h := range x.Terms().BM25(Analyze(s.Text), 5, nil) {
			fmt.Fprintln(&b, x.Term(x.TermOfName(h.Row)), x.Terms().Text(h.Row))
		}
	}
	return b.String(), nil
}

// TestFlipsInALargeIndex: of a flipped byte anywhere Open with Verify tells always; without it the index answers as it did,
// or with ErrCorrupt.
func TestFlipsInALargeIndex(t *testing.T) {
	dir := largeIndex(t)
	x := open(t, dir)
	seed := torture.Seed(t, 1)
	r := rand.New(rand.NewPCG(seed, 4))
	sound := make([]string, 8)
	for i := range sound {
		var err error
		if sound[i], err = answers(x, uint64(i)); err != nil {
			t.Fatal(err)
		}
	}
	var sizes []int64
	list := x.manifest.Files
	for _, f := range list {
		sizes = append(sizes, f.Size)
	}
	flips, right, refused, stopped := torture.Scale(60, 10000), 0, 0, 0
	for n := range flips {
		f := list[weighted(r, sizes)]
		path, at := filepath.Join(x.path, f.Name), r.Int64N(f.Size)
		flip(t, path, at, byte(1+r.IntN(255)))
		if y, err := Open(dir, OpenOptions{Verify: true}); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("byte %d of %s: %v, %v", at, f.Name, y, err)
		}
		y, err := Open(dir, OpenOptions{})
		said := ""
		if err == nil {
			said, err = answers(y, uint64(n%len(sound)))
			err = errors.Join(err, y.Close())
		} else {
			stopped++
		}
		switch {
		case errors.Is(err, ErrCorrupt):
			refused++
		case err != nil || said != sound[n%len(sound)]:
			t.Fatalf("byte %d of %s is flipped: another answer, %v", at, f.Name, err)
		default:
			right++
		}
		restore(t, path, at)
	}
	if right == 0 || refused == 0 {
		t.Errorf("%d right answers, %d refusals", right, refused)
	}
	torture.Report(t, "%d bytes of an index of %d MB flipped: all found by verification; queries got the right answer %d times, ErrCorrupt %d times (%d when it was opened), a wrong one never",
		flips, x.Summary().Bytes>>20, right, refused, stopped)
}

// weighted draws a place with a chance that is half by size, half the same for all.
func weighted(r *rand.Rand, sizes []int64) int {
	total := int64(0)
	for _, s := range sizes {
		total += s
	}
	for {
		i := r.IntN(len(sizes))
		if sizes[i] > 0 && (r.IntN(2) == 0 || r.Int64N(total) < sizes[i]) {
			return i
		}
	}
}

var flipped byte // before flip

// flip changes a byte as a disk would: the file stays, and so does its time.
func flip(t *testing.T, path string, at int64, by byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	_, readErr := f.ReadAt(b, at)
	flipped = b[0]
	b[0] ^= by
	_, writeErr := f.WriteAt(b, at)
	if err := errors.Join(readErr, writeErr); err != nil {
		t.Fatal(err)
	}
}

func restore(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{flipped}, at); err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// TestFilesChangedWhileOpen cuts, empties or overwrites files of an index that is open: it answers as it did, or with
// ErrCorrupt, and the program lives.
func TestFilesChangedWhileOpen(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, Input{Corpora: []Corpus{corpus("c", generated(400)...)}, Ontologies: []Ontology{{Terms: sampleTerms()}}}, sampleOptions())
	path, whole := open(t, dir).path, files(t, dir)
	time.Sleep(20 * time.Millisecond) // the clock of file times is coarse
	tried, refused := 0, 0
	for name, content := range whole {
		file := filepath.Join(dir, name)
		if filepath.Dir(file) != path || len(content) == 0 || filepath.Base(name) == manifestName {
			continue
		}
		for _, size := range slices.Compact([]int{0, min(4096, len(content)), len(content) / 2, len(content) - 1, len(content)}) {
			x, err := Open(dir, OpenOptions{lazy: true})
			if err != nil {
				t.Fatal(err)
			}
			sound, err := answers(x, 1)
			if err != nil {
				t.Fatal(err)
			}
			damage := os.Truncate(file, int64(size))
			if size == len(content) { // as cp does
				damage = os.WriteFile(file, bytes.Repeat([]byte{7}, size), 0o644)
			}
			if damage != nil {
				t.Fatal(damage)
			}
			for seed := range uint64(2) {
				said, err := answers(x, 1+seed)
				if err == nil && (seed > 0 || said != sound) && !neverMapped(name) && filepath.Base(name) != sumsName || err != nil && !errors.Is(err, ErrCorrupt) {
					t.Fatalf("%s was cut to %d of %d bytes: %v", name, size, len(content), err)
				}
				if err != nil {
					refused++
				}
			}
			tried++
			x.Close()
			replaceFile(t, file, []byte(content))
		}
	}
	if refused < tried {
		t.Errorf("%d changes, %d refusals", tried, refused)
	}
	torture.Report(t, "%d files cut or overwritten while they were open: ErrCorrupt, no crash", tried)
}

// stride is 1 in a long run.
func stride(size int) int {
	if torture.Long {
		return 1
	}
	return 1 + size/40
}
