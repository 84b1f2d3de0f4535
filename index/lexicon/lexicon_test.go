package lexicon

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ragner/ragner/corpora"
)

// annotated reads "the [VHL|Disease] gene" into a sentence.
func annotated(t testing.TB, marked string) corpora.Annotated {
	t.Helper()
	var a corpora.Annotated
	for rest := marked; rest != ""; {
		open := strings.IndexByte(rest, '[')
		if open < 0 {
			a.Text += rest
			break
		}
		end := strings.IndexByte(rest, ']')
		surface, label, ok := strings.Cut(rest[open+1:end], "|")
		if !ok {
			t.Fatalf("no label in %q", marked)
		}
		a.Text += rest[:open]
		start := len(a.Text)
		a.Text += surface
		a.Entities = append(a.Entities, corpora.Entity{Label: label, Fragments: []corpora.Fragment{{Start: start, End: len(a.Text)}}})
		rest = rest[end+1:]
	}
	a.Tokens = corpora.Tokenize(a.Text)
	return a
}

// marked are marked sentences.
func marked(t testing.TB, list ...string) Sentences {
	return Sentences{len(list), func(i int) corpora.Annotated { return annotated(t, list[i]) }}
}

// build makes a lexicon of marked sentences and of terms "ID Name; synonym; …" with a label.
func build(t testing.TB, sentences []string, terms []corpora.Term) *Lexicon {
	t.Helper()
	b := NewBuilder()
	for _, term := range terms {
		b.AddTerm(term)
	}
	dir := t.TempDir()
	if err := b.Write(t.Context(), dir, marked(t, sentences...), 2, func(int) {}); err != nil {
		t.Fatal(err)
	}
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func lines(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
}

// TestSpans shows what is found in a sentence: "corpus" and "terms" set the lexicon up, "spans" prints the longest
// candidates with their priors, widened.
func TestSpans(t *testing.T) {
	datadriven.Walk(t, "testdata/spans", func(t *testing.T, path string) {
		var sentences []string
		var terms []corpora.Term
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "corpus":
				sentences = lines(d.Input)
				return ""
			case "terms":
				terms = readTerms(d.Input)
				return ""
			case "spans":
				l := build(t, sentences, terms)
				return spans(l, corpora.Sentence{Text: d.Input})
			case "held":
				return held(build(t, sentences, terms), annotated(t, d.Input))
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func readTerms(input string) []corpora.Term {
	var terms []corpora.Term
	for _, line := range lines(input) {
		id, names, _ := strings.Cut(line, " ")
		parts := strings.Split(names, "; ")
		term := corpora.Term{ID: id, Name: parts[0], Label: "Disease"}
		for _, s := range parts[1:] {
			term.Synonyms = append(term.Synonyms, corpora.Synonym{Text: s, Scope: corpora.ScopeRelated})
		}
		terms = append(terms, term)
	}
	return terms
}

func spans(l *Lexicon, s corpora.Sentence) string {
	found := l.Variants(s, Forms{Number: true, Spelling: true, Order: true}, l.Candidates(s, nil), nil)
	found = l.Respelled(s, func(string) bool { return false }, found, nil)
	found = l.Expand(s, found, Abbreviations(s.Text), nil)
	return printed(l.Widen(s, Longest(found, 0.1), nil))
}

func held(l *Lexicon, a corpora.Annotated) string {
	held := l.HoldOut(a)
	found := l.Variants(a.Sentence, Forms{Number: true, Spelling: true, Order: true}, l.Candidates(a.Sentence, held), held)
	return printed(Longest(l.Respelled(a.Sentence, func(string) bool { return false }, found, held), 0.1))
}

func printed(found []Candidate) string {
	var b strings.Builder
	for _, c := range found {
		fmt.Fprintf(&b, "%d-%d %s: %s %.2f %s\n", c.Fragment.Start, c.Fragment.End, c.Surface, c.Label, c.Prior, c.Source)
	}
	if b.Len() == 0 {
		return "none\n"
	}
	return b.String()
}

func TestNormalize(t *testing.T) {
	for token, want := range map[string]string{
		"Tumors": "tumor", "Diagnosis": "diagnosis", "virus": "virus", "deficiencies": "deficiency", "loss": "loss",
		"-": "", "–": "", "'": "", "’": "", "VHL": "vhl", "ﬁbrosis": "fibrosis", "Straße": "strasse", "Åsas": "åsa", "İ": "i̇", "´": "\u0301", "ﷺ": "صلىاللهعليهوسلم",
	} {
		if got := Normalize(token); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", token, got, want)
		}
	}
}

func TestWriteIsDeterministicAndReadsBack(t *testing.T) {
	sentences := []string{"the [VHL|Disease] gene and [breast cancer|Disease]", "[breast cancers|Disease] are [cancer|Disease]", "no cancer"}
	files := make([][]byte, 2)
	for i := range files {
		b := NewBuilder()
		b.AddTerm(corpora.Term{ID: "D:1", Name: "breast cancer", Label: "Disease"})
		dir := t.TempDir()
		if err := b.Write(t.Context(), dir, marked(t, sentences...), 1+i, func(int) {}); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, FileName))
		if err != nil {
			t.Fatal(err)
		}
		files[i] = data
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same input gave different files")
	}
	l, err := New(files[0])
	if err != nil {
		t.Fatal(err)
	}
	e, ok := l.Lookup("Breast Cancer")
	if !ok || e.Seen != 2 || e.Labelled("Disease") != 2 || len(e.Terms) != 1 || len(e.Variants) != 2 {
		t.Errorf("Lookup = %+v, %v", e, ok)
	}
	e, ok = l.Lookup("cancer")
	if !ok || e.Seen != 2 || e.Labelled("Disease") != 1 {
		t.Errorf("cancer: occurrences inside a longer mention must not count: %+v, %v", e, ok)
	}
}

// FuzzNew damages a file: reading it must end in an error or in some answer, never in a panic.
func FuzzNew(f *testing.F) {
	b := NewBuilder()
	b.AddTerm(corpora.Term{ID: "D:1", Name: "breast cancer", Label: "Disease"})
	dir := f.TempDir()
	if err := b.Write(context.Background(), dir, marked(f, "the [VHL|Disease] gene and [breast cancer|Disease]"), 1, func(int) {}); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		f.Fatal(err)
	}
	for i := range data {
		f.Add(i, byte(0x80))
	}
	s := corpora.Sentence{Text: "breast cancer and VHL"}
	f.Fuzz(func(t *testing.T, at int, flip byte) {
		damaged := bytes.Clone(data)
		damaged[uint(at)%uint(len(damaged))] ^= flip
		l, err := New(damaged)
		if err != nil {
			return
		}
		l.Widen(s, Longest(l.Candidates(s, nil), 0), nil)
		_ = l.Entries(func(Entry) {})
	})
}

func TestAbbreviations(t *testing.T) {
	for text, want := range map[string]string{
		"renal cell carcinoma (RCC) is":                               "RCC=renal cell carcinoma",
		"the ataxia-telangiectasia (A-T) gene":                        "A-T=ataxia-telangiectasia",
		"von Hippel-Lindau (VHL) disease":                             "VHL=von Hippel-Lindau",
		"three patients (RCC)":                                        "",
		"atelosteogenesis type 2 (AO2)":                               "AO2=atelosteogenesis type 2",
		"(HD) Huntington":                                             "",
		"see (Fig. 1)":                                                "",
		"congestive heart failure (CHF; class III) and no such (CHF)": "CHF=congestive heart failure",
		"ünlü İstanbul hastalığı (ÜİH)":                               "ÜİH=ünlü İstanbul hastalığı",
	} {
		var got []string
		for short, long := range Abbreviations(text) {
			got = append(got, short+"="+long)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Abbreviations(%q) = %q, want %q", text, got, want)
		}
	}
}
