package score

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/conll"
)

// The figures of testdata/crosscheck come from seqeval, conlleval's rules and nervaluate (scripts/check-scorer); the
// texts from NCBI disease, WNUT 2017 and CrossNER, see the NOTICE there. The "-stray" ones have I- tags that follow
// O or another label.
func TestAgreesWithReferenceScorers(t *testing.T) {
	files, err := filepath.Glob("testdata/crosscheck/*.reference.txt")
	if err != nil || len(files) != 5 {
		t.Fatalf("found %d reference files, error %v", len(files), err)
	}
	for _, file := range files {
		stem := strings.TrimSuffix(file, ".reference.txt")
		t.Run(filepath.Base(stem), func(t *testing.T) {
			pairs, pairing := Pairs(readTagged(t, stem+".gold.conll"), readTagged(t, stem+".pred.conll"))
			if !pairing.Clean() || pairing.ByOrder != len(pairs) {
				t.Fatalf("pairing %+v", pairing)
			}
			report := Evaluate(pairs)
			for name, want := range readFigures(t, file) {
				if got := figure(t, report, name); math.Abs(got-want) > .00005 {
					t.Errorf("%s: %.6f, reference %.6f", name, got, want)
				}
			}
		})
	}
}

func readFigures(t *testing.T, file string) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for line := range strings.Lines(readFile(t, file)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		x, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = x
	}
	if len(out) < 25 {
		t.Fatalf("%s: only %d figures", file, len(out))
	}
	return out
}

// figure finds what "seqeval.strict.macro.f1", "conlleval.micro.f1", "nervaluate.type.label.product.f1" or
// "tokens.accuracy" names.
func figure(t *testing.T, r Report, name string) float64 {
	t.Helper()
	path := strings.Split(name, ".")
	if path[0] == "tokens" {
		return map[string]float64{"accuracy": r.Token.Accuracy, "macro_f1": r.Token.MacroF1}[path[1]]
	}
	if path[0] == "conlleval" {
		path = slices.Insert(path, 1, "strict")
	}
	score := r.Criteria.Strict
	for _, c := range AllCriteria() {
		if path[0] == "nervaluate" && c.String() == path[1] {
			score = *r.Criteria.By(c)
		}
	}
	var of Ratios
	switch path[2] {
	case "micro":
		of = score.Micro.Ratios
	case "macro":
		of = score.Macro
	case "label":
		of = score.Labels[path[3]].Ratios
	default:
		t.Fatalf("%s: no such figure", name)
	}
	return map[string]float64{"precision": of.Precision, "recall": of.Recall, "f1": of.F1}[path[len(path)-1]]
}

func readTagged(t *testing.T, file string) []corpora.Document {
	t.Helper()
	docs, bad, err := corpora.ReadAll(corpora.Spec{Path: file, Options: map[string]string{"format": "conll"}})
	if err != nil || len(bad) > 0 {
		t.Fatal(err, bad)
	}
	return docs
}

// tokenisedDoc has one sentence of the given tokens.
func tokenisedDoc(id string, words ...string) corpora.Document {
	doc := corpora.Document{ID: id, Text: strings.Join(words, " ")}
	sentence := corpora.Sentence{DocID: id, Text: doc.Text}
	at := 0
	for _, w := range words {
		sentence.Tokens = append(sentence.Tokens, corpora.Token{Start: at, End: at + len(w)})
		at += len(w) + 1
	}
	doc.Sentences = []corpora.Sentence{sentence}
	return doc
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
