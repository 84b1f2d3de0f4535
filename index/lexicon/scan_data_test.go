//go:build data && unix

package lexicon

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/ontology"
)

// BenchmarkScan matches biomedical sentences against the names of HPO, Orphanet, MONDO, DOID and MeSH together, on one core:
// "scan" from bytes to spans, "tokenise" what of it only takes the text apart, "candidates" with counts and priors,
// "variants" with other forms besides; "aho-corasick" is a peer that searches the lower-cased bytes for the same names,
// without regard to words and their forms. "cpu-MB/s" counts processor time. RAGNER_DATA names the folder of the ontologies and the pool of sentences.
func BenchmarkScan(b *testing.B) {
	names, terms := manyNames(b)
	l := lexiconOf(b, terms)
	sentences := poolSentences(b, 4<<20)
	size := int64(len(strings.Join(sentences, "")))
	b.Logf("%d terms, %d distinct names, %d sentences of %d bytes", len(terms), len(names), len(sentences), size)
	each := func(name string, work func(text string)) {
		b.Run(name, func(b *testing.B) {
			work("") // builds what is built on first use
			b.SetBytes(size)
			b.ReportAllocs()
			start := cpuSeconds(b)
			for b.Loop() {
				for _, s := range sentences {
					work(s)
				}
			}
			b.ReportMetric(float64(size)*float64(b.N)/1e6/(cpuSeconds(b)-start), "cpu-MB/s")
		})
	}
	found, spans := 0, []Span(nil)
	scanner := l.Scanner()
	each("tokenise", func(s string) { scanner.parsed.read(s) })
	each("scan/longest", func(s string) { spans = scanner.Longest(spans[:0], s); found += len(spans) })
	each("scan/all", func(s string) { spans = scanner.All(spans[:0], s); found += len(spans) })
	each("candidates", func(s string) { found += len(l.Candidates(corpora.Sentence{Text: s}, nil)) })
	each("variants", func(s string) {
		found += len(l.Variants(corpora.Sentence{Text: s}, Forms{true, true, true}, nil, nil))
	})
	var peer *ahocorasick.AhoCorasick
	each("aho-corasick", func(s string) {
		if peer == nil {
			peer = ahoCorasick(names)
		}
		found += len(peer.FindAll(s))
	})
	if found == 0 {
		b.Fatal("nothing was found")
	}
}

// cpuSeconds is the processor time of this process so far, which other processes on the machine disturb little.
func cpuSeconds(tb testing.TB) float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

func ahoCorasick(names []string) *ahocorasick.AhoCorasick {
	builder := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{AsciiCaseInsensitive: true, MatchKind: ahocorasick.LeftMostLongestMatch})
	built := builder.Build(names)
	return &built
}

// manyNames are the distinct names of all terms, lower-cased, and the terms.
func manyNames(tb testing.TB) ([]string, []corpora.Term) {
	var terms []corpora.Term
	for _, path := range []string{
		"doid/doid.2016-09-01.obo", "hpo/hp.2017-04-13.obo.gz", "orphanet/ordo-2.6-2018-07-12.json.gz", "mondo", "mesh/2017MeshTree.txt",
	} {
		list, _, err := ontology.Read(corpora.Spec{Path: filepath.Join(os.Getenv("RAGNER_DATA"), path), Options: map[string]string{"label": "Disease"}})
		if err != nil {
			tb.Fatal(err)
		}
		terms = append(terms, list...)
	}
	seen := map[string]bool{}
	var names []string
	add := func(name string) {
		if name = strings.ToLower(name); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, t := range terms {
		add(t.Name)
		for _, s := range t.Synonyms {
			add(s.Text)
		}
	}
	return names, terms
}

func lexiconOf(tb testing.TB, terms []corpora.Term) *Lexicon {
	builder := NewBuilder()
	for _, t := range terms {
		builder.AddTerm(t)
	}
	return opened(tb, builder)
}

// poolSentences are the first sentences of the pool, of about so many bytes.
func poolSentences(tb testing.TB, size int) (sentences []string) {
	f, err := os.Open(filepath.Join(os.Getenv("RAGNER_DATA"), "pool", "pool.txt.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	for lines := bufio.NewScanner(unzipped); size > 0 && lines.Scan(); {
		sentences = append(sentences, lines.Text())
		size -= len(lines.Text())
	}
	return sentences
}
