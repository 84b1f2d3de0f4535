package lexicon

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
)

// naive finds keys by comparing every stretch of words, as long as a key may be, with every name.
func naive(text string, keys map[string]bool) (all []corpora.Fragment) {
	tokens := corpora.Tokenize(text)
	words := Words(text, tokens)
	for i := range words {
		for j := i; j < min(len(words), i+MaxWords); j++ {
			if keys[joinWords(words[i:j+1])] {
				all = append(all, corpora.Fragment{Start: tokens[words[i].Token].Start, End: tokens[words[j].Token].End})
			}
		}
	}
	return all
}

// leftmostLongest takes the longest of the stretches that begin first, then goes on behind it.
func leftmostLongest(all []corpora.Fragment) (kept []corpora.Fragment) {
	for i := 0; i < len(all); {
		best := all[i]
		for ; i < len(all) && all[i].Start == best.Start; i++ {
			best = all[i] // by end
		}
		kept = append(kept, best)
		for i < len(all) && all[i].Start < best.End {
			i++
		}
	}
	return kept
}

func fragments(spans []Span) (list []corpora.Fragment) {
	for _, s := range spans {
		list = append(list, corpora.Fragment{Start: s.Start, End: s.End})
	}
	return list
}

// opened is the lexicon of what a builder was given.
func opened(t testing.TB, b *Builder) *Lexicon {
	t.Helper()
	file, err := b.encode(context.Background(), &walker{workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	l, err := New(file)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func scanned(t testing.TB, l *Lexicon, s *Scanner, text string, keys map[string]bool) {
	want := naive(text, keys)
	all := s.All(nil, text)
	if got := fragments(all); !slices.Equal(got, want) {
		t.Fatalf("all: %v, want %v", got, want)
	}
	if got := fragments(s.Longest(nil, text)); !slices.Equal(got, leftmostLongest(want)) {
		t.Fatalf("longest: %v, want %v", got, leftmostLongest(want))
	}
	for _, span := range all {
		if e, ok := l.Entry(span); !ok || !keys[e.Key] {
			t.Fatalf("the entry of a span does not verify: %q", e.Key)
		}
	}
}

// FuzzScan compares the scanner, and the candidates, with a naive search for the same names, one a line.
func FuzzScan(f *testing.F) {
	f.Add("breast cancer\ncancer\nhereditary breast cancer\nAlzheimer's disease", "Hereditary breast-cancers, Alzheimer disease; breast cancer")
	f.Add("a\nb a\na b a", "a b a b a a b")
	f.Add("anemia, sickle cell\nsickle cell", "sickle-cell anaemia: anemia, sickle cell")
	f.Add("糖尿病\nü\n\x00\n-", "患者有糖尿病 ü \x00 -")
	f.Add("\xff\n'\n's\nSjögren’s", "\xff Sjögren's 's ''s")
	f.Fuzz(func(t *testing.T, names, text string) {
		if len(names)+len(text) > 2000 {
			return
		}
		b, keys := NewBuilder(), map[string]bool{}
		for name := range strings.SplitSeq(names, "\n") {
			b.AddTerm(corpora.Term{ID: name, Name: name, Label: "L"})
			if words := Words(name, corpora.Tokenize(name)); len(words) > 0 && len(words) <= MaxWords {
				keys[joinWords(words)] = true
			}
		}
		l := opened(t, b)
		s := l.Scanner()
		scanned(t, l, s, text, keys)
		scanned(t, l, s, names, keys) // again, with buffers that were used
		checkForms(t, l, text)
	})
}

// checkForms: whatever is found in another form has the same words as its key, fillers aside, but for their folds; it is
// found again; and every stretch lies within the text on borders of tokens.
func checkForms(t *testing.T, l *Lexicon, text string) {
	s, forms := corpora.Sentence{Text: text}, Forms{Number: true, Spelling: true, Order: true}
	exact := l.Candidates(s, nil)
	found := l.Variants(s, forms, exact, nil)
	if again := l.Variants(s, forms, l.Candidates(s, nil), nil); len(again) != len(found) {
		t.Fatalf("%d candidates, then %d", len(found), len(again))
	}
	for _, c := range found {
		if c.Fragment.Start < 0 || c.Fragment.End > len(text) || c.Fragment.Start >= c.Fragment.End || text[c.Fragment.Start:c.Fragment.End] != c.Surface {
			t.Fatalf("a candidate at %v of %d bytes", c.Fragment, len(text))
		}
		if utf8.ValidString(text) && bagOf(Key(c.Surface)) != bagOf(c.Entry.Key) {
			t.Fatalf("%q is found as %q, by %s", c.Surface, c.Entry.Key, c.Source)
		}
	}
	l.Respelled(s, func(string) bool { return false }, found, nil)
}

// TestScanDoesNotAllocate: a scanner's buffers serve for all texts.
func TestScanDoesNotAllocate(t *testing.T) {
	l := build(t, nil, []corpora.Term{{ID: "D:1", Name: "breast cancer", Label: "Disease"}})
	s, text := l.Scanner(), "Hereditary Breast Cancer's and breast-cancers of 12 families"
	spans := s.All(nil, text)
	if n := testing.AllocsPerRun(100, func() { spans = s.Longest(spans[:0], text) }); n > 0 {
		t.Errorf("%.1f allocations a text", n)
	}
	if len(spans) != 2 {
		t.Errorf("%d spans", len(spans))
	}
}

// TestOddNames: names that cannot be keys are counted, the others found.
func TestOddNames(t *testing.T) {
	b := NewBuilder()
	long := strings.Repeat("very ", 1000) + "long"
	for _, name := range []string{"", "-", "'", "\x00", long, strings.Repeat("word ", MaxWords+1)} {
		b.AddTerm(corpora.Term{ID: "bad", Name: name, Label: "L"})
	}
	good := []string{"a", "糖尿病", "\xff\xfe", "e\u0301", strings.TrimSpace(strings.Repeat("word ", MaxWords)), strings.Repeat("x", 100_000)}
	for _, name := range good {
		b.AddTerm(corpora.Term{ID: "good", Name: name, Label: "L"})
	}
	if b.Unmatched != 6 {
		t.Errorf("%d names are left out, want 6", b.Unmatched)
	}
	l := opened(t, b)
	for _, name := range good {
		if _, ok := l.Lookup(name); !ok {
			t.Errorf("a name of %d bytes is not found", len(name))
		}
		s := corpora.Sentence{Text: name + ", " + name}
		if found := l.Respelled(s, func(string) bool { return false }, l.Variants(s, Forms{true, true, true}, l.Candidates(s, nil), nil), nil); len(found) < 2 {
			t.Errorf("%d candidates for a name of %d bytes twice", len(found), len(name))
		}
	}
	if found := l.Candidates(corpora.Sentence{Text: long}, nil); len(found) != 0 {
		t.Errorf("%d candidates in a name of 1,001 words", len(found))
	}
}
