package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
)

// texts are what all contestants index and search.
type texts struct {
	annotated []corpora.Document // of the built-in sample: they make the lexicon a real one
	plain     []string           // sentences without annotations
	queries   []string
	terms     []corpora.Term // the Disease Ontology
	altered   int            // of plain: copies with other words
	madeUp    bool
}

// annotate takes documents of the built-in sample while they have at most so many sentences together.
func (t *texts) annotate(most int) (sentences int, err error) {
	for doc, err := range sample.Train() {
		if err != nil {
			return 0, err
		}
		n := len(corpora.Segment(doc))
		if sentences+n > most {
			break
		}
		sentences += n
		t.annotated = append(t.annotated, doc)
	}
	return sentences, nil
}

// load takes terms and, for up to half of the sentences, annotated documents from the built-in sample, and fills up with
// the pool's sentences or with made-up ones.
func load(o options) (texts, error) {
	t := texts{madeUp: o.data == ""}
	annotated, err := t.annotate(o.sentences / 2)
	if err != nil {
		return t, err
	}
	if t.terms, err = sample.Ontology(); err != nil {
		return t, err
	}
	wanted := o.sentences - annotated
	if t.madeUp {
		t.plain, t.queries = madeUp(t, wanted), madeUp(t, o.queries)
		return t, nil
	}
	pool, err := readLines(filepath.Join(o.data, "pool.txt.gz"), wanted)
	if err != nil {
		return t, err
	}
	if t.plain = grown(pool, wanted); len(t.plain) < wanted {
		return t, fmt.Errorf("pool.txt.gz has too few sentences to make %d", wanted)
	}
	t.altered = max(0, wanted-len(pool))
	t.queries, err = readLines(filepath.Join(o.data, "queries.txt"), o.queries)
	return t, err
}

func (t texts) describe() string {
	source := "sentences of the pool"
	if t.madeUp {
		source = "made-up sentences"
	}
	if t.altered > 0 {
		source += fmt.Sprintf(" (%d of them altered copies)", t.altered)
	}
	return fmt.Sprintf("%d annotated documents, %d %s, %d terms, %d queries", len(t.annotated), len(t.plain), source, len(t.terms), len(t.queries))
}

// documents yields the annotated documents, then each plain sentence as a document.
func (t texts) documents() iter.Seq[corpora.Document] {
	return func(yield func(corpora.Document) bool) {
		for _, doc := range t.annotated {
			if !yield(doc) {
				return
			}
		}
		for i, text := range t.plain {
			if !yield(corpora.Document{ID: fmt.Sprintf("pool%d", i), Text: text}) {
				return
			}
		}
	}
}

// readLines reads at most n lines that are not empty, of a file that may be gzip-compressed.
func readLines(path string, n int) (lines []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		packed, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		defer func() { err = errors.Join(err, packed.Close()) }()
		r = packed
	}
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 1<<20)
	for len(lines) < n && scanner.Scan() {
		if line := strings.TrimSpace(scanner.Text()); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, scanner.Err()
}

// madeUp makes n sentences of invented words with the frequencies of real text (Zipf), with a name of the ontology in
// every fourth. The same t gives the same sentences, and a longer list begins otherwise than a shorter one.
func madeUp(t texts, n int) []string {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	words := rand.NewZipf(rng, 1.1, 8, 60_000)
	list := make([]string, n)
	for i := range list {
		parts := make([]string, 8+rng.IntN(30))
		for j := range parts {
			parts[j] = word(words.Uint64())
		}
		if i%4 == 0 {
			parts[rng.IntN(len(parts))] = t.terms[rng.IntN(len(t.terms))].Name
		}
		list[i] = strings.Join(parts, " ") + " ."
	}
	return list
}

// word spells a number in syllables, the frequent ones short.
func word(n uint64) string {
	const consonants, vowels = "bdfghklmnprstvwz", "aeiou"
	var b strings.Builder
	for more := true; more; more = n > 0 {
		syllable := n % 80
		b.WriteByte(consonants[syllable/5])
		b.WriteByte(vowels[syllable%5])
		n /= 80
	}
	return b.String()
}
