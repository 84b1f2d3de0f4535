package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/internal/testkit/torture"
)

// use opens the index and does everything a reader does.
func use(dir string, o OpenOptions) error {
	x, err := Open(dir, o)
	if err != nil {
		return err
	}
	for i := range x.Sentences().Len() {
		x.SentencesOf(x.Sentence(i).DocID)
		x.Sentences().BM25(Analyze(x.Sentences().Text(i)), 3, nil)
		x.Sentences().Nearest(x.Sentences().Vector(i), 3, nil)
		x.SentenceLength(i)
		x.SentenceRoles(nil, i)
		for _, word := range x.SentenceWords(nil, i) {
			x.Occurrence(word)
		}
		for _, mention := range x.SentenceMentions(nil, i) {
			x.SentencesWith(nil, mention.Key)
		}
	}
	for i := range x.Terms().Len() {
		x.Term(x.TermOfName(i))
	}
	x.Lexicon().Lookup("zinc")
	return errors.Join(x.Err(), x.Close())
}

// TestEveryFlippedByteIsFound: by Open already, as all files of this index are small; in bleve's segments, from which no
// answer comes, by Check.
func TestEveryFlippedByteIsFound(t *testing.T) {
	dir := t.TempDir()
	in := Input{
		Corpora:    []Corpus{corpus("c", doc(t, "d", "Zinc here.", "Chemical=Zinc"))},
		Ontologies: []Ontology{{Terms: sampleTerms()[2:]}},
	}
	build(t, dir, in, sampleOptions())
	flips := 0
	for name, content := range files(t, dir) {
		path := filepath.Join(dir, name)
		for i := range len(content) {
			damaged := []byte(content)
			damaged[i] ^= 1 << (i % 8)
			if err := os.WriteFile(path, damaged, 0o644); err != nil {
				t.Fatal(err)
			}
			find := func() error { return use(dir, OpenOptions{}) }
			if neverMapped(name) {
				find = func() error { return Check(dir) }
			}
			err := find()
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("byte %d of %s flipped: %v", i, name, err)
			}
			if i%101 == 0 && !errors.Is(Check(dir), ErrCorrupt) {
				t.Fatalf("byte %d of %s flipped: not found by Check", i, name)
			}
			if !strings.Contains(err.Error(), "rebuild") || !strings.Contains(err.Error(), filepath.Base(name)) && filepath.Base(name) != currentName {
				t.Fatalf("byte %d of %s flipped: %v names neither file nor remedy", i, name, err)
			}
		}
		flips += len(content)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(use(dir, OpenOptions{}), Check(dir)); err != nil {
		t.Fatal(err)
	}
	stray := filepath.Join(dir, "gen-000001", "stray")
	if err := os.WriteFile(stray, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Check(dir); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a stray file: %v", err)
	}
	torture.Report(t, "%d bytes of a tiny index flipped one by one; all found", flips)
}

// TestDamageOfLargeFiles: what is not compared when the index is opened is found when it is used, or by Check.
func TestDamageOfLargeFiles(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	met := map[string]int{}
	for name, content := range files(t, dir) {
		path := filepath.Join(dir, name)
		for i := range len(content) {
			damaged := []byte(content)
			damaged[i] ^= 0xff
			replaceFile(t, path, damaged)
			err := use(dir, OpenOptions{lazy: true})
			if err != nil && !errors.Is(err, ErrCorrupt) {
				t.Fatalf("byte %d of %s: %v", i, name, err)
			}
			if err != nil {
				met[filepath.Base(name)]++
			} else if i%31 == 0 && !errors.Is(Check(dir), ErrCorrupt) {
				t.Fatalf("byte %d of %s flipped: not found by Check", i, name)
			}
		}
		replaceFile(t, path, []byte(content))
	}
	for _, name := range []string{"sentences.records", "sentences.documents", "sentences.ids", "sentences.postings", "sentences.vectors", "sentences.forward", "lexicon.bin", sumsName} {
		if met[name] == 0 {
			t.Errorf("no damage of %s was met while it was used", name)
		}
	}
}

// TestReadersStandAnyContent: even without checksums nothing panics.
func TestReadersStandAnyContent(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	path := open(t, dir).path
	manifest, labels := open(t, dir).manifest, open(t, dir).labels
	for _, f := range manifest.Files {
		if neverMapped(f.Name) || f.Name == sumsName {
			continue
		}
		sound, err := os.ReadFile(filepath.Join(path, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range sound {
			damaged := slices.Clone(sound)
			damaged[i] ^= 0xff
			replaceFile(t, filepath.Join(path, f.Name), damaged)
			x := &Index{path: path, manifest: manifest, labels: labels}
			err := x.openFiles()
			if err == nil {
				err = errors.Join(x.openForward(), x.openLexicon())
			}
			if err == nil {
				err = x.check(t.Context())
			}
			if err != nil && !errors.Is(err, ErrCorrupt) {
				t.Fatalf("byte %d of %s: %v", i, f.Name, err)
			}
			x.Close()
		}
		replaceFile(t, filepath.Join(path, f.Name), sound)
	}
}

// TestAnswersOutliveTheIndex: only vectors point into mapped files; everything else may be kept after Close.
func TestAnswersOutliveTheIndex(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	x, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var kept []any
	for i := range x.Sentences().Len() {
		kept = append(kept, x.Sentence(i), x.Lexicon().Candidates(x.Sentence(i).Sentence, nil))
	}
	for i := range x.TermCount() {
		kept = append(kept, x.Term(i))
	}
	if err := x.Lexicon().Entries(func(e lexicon.Entry) { kept = append(kept, e) }); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(kept...)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if after := fmt.Sprint(kept...); after != before || len(kept) < 10 {
		t.Errorf("what %d answers say changed when the index was closed", len(kept))
	}
}

// replaceFile puts a new file in the place of one that may be mapped.
func replaceFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := errors.Join(os.Remove(path), os.WriteFile(path, data, 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestOtherFormatVersion(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	path := filepath.Join(dir, "gen-000001")
	for _, change := range []func(*Manifest){
		func(m *Manifest) { m.Format = FormatVersion + 1 },
		func(m *Manifest) { m.Analyzer = "another" },
	} {
		m := open(t, dir).Manifest()
		change(&m)
		digest, err := writeManifest(path, m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := openGeneration(path, digest, OpenOptions{}); !errors.Is(err, ErrMismatch) || errors.Is(err, ErrCorrupt) {
			t.Errorf("%v", err)
		}
		build(t, dir, sampleInput(t), sampleOptions())
		path = filepath.Join(dir, "gen-000002")
	}
}
