package retrieval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/embed"
)

// oddTexts are queries as nobody should send them, by what is odd.
func oddTexts() map[string]string {
	return map[string]string{
		"nothing":          "",
		"one letter":       "a",
		"one sign":         "?",
		"one ideograph":    "病",
		"half a character": "\xe7",
		"stop words":       "of the and in to a with for",
		"unknown words":    "zzqqx wwqqy xxqqz",
		"Chinese":          "患者患有囊性纤维化和乳腺癌。",
		"Arabic":           "التليف الكيسي مرض وراثي",
		"emoji":            "👩🏽‍⚕️🧬🩺",
		"combining marks":  "cancer" + strings.Repeat("\u0301", 500),
		"NUL":              "breast\x00cancer \x00",
		"invalid UTF-8":    "breast \xff\xfe cancer \xc3",
		"white space":      " \t\r\n\u00a0\u2003\u200b",
		"one long word":    strings.Repeat("cancer", 2_000),
		"control":          "\x01\x02\x1b[31mcancer\x7f",
		"numbers":          "0 1 -1 1e999 NaN Inf 0x7f",
		"one word":         "cancer",
		"capitals":         "BREAST CANCER AND ATAXIA",
	}
}

// oddWorlds are indexes of hardly anything, by what they hold.
func oddWorlds(t *testing.T) map[string]world {
	e := static(t)
	return map[string]world{
		"the sample":   sampleWorld(t, 20),
		"one sentence": {documents: []corpora.Document{document(t, "a: He has breast [cancer|Disease] .")}, embedder: e},
		"one word":     {documents: []corpora.Document{document(t, "a: [cancer|Disease]")}, embedder: e},
		"no word":      {documents: []corpora.Document{document(t, "a: ?!")}, embedder: e},
		"terms alone":  {terms: terms(t, "D:1 Disease breast cancer; cancer of breast"), embedder: e},
		"equal ones": {documents: []corpora.Document{
			document(t, "a: He has [cancer|Disease] ."), document(t, "b: He has [cancer|Other] ."), document(t, "c: He has cancer ."),
		}, embedder: e},
		"Chinese": {documents: []corpora.Document{document(t, "a: 患者患有[乳腺癌|Disease]。")}, embedder: e},
	}
}

// TestOddQueries: every odd text, over every odd index, in every mode, gets a defined answer: sentences of the index in
// order, of finite scores, that have something in common with the text, and the same ones again.
func TestOddQueries(t *testing.T) {
	for name, w := range oddWorlds(t) {
		x := w.build(t)
		for _, mode := range Modes {
			for i, k := range []int{0, 1, 5, 1 << 40} {
				s := Defaults()
				s.Mode, s.Fusion, s.K, s.Balance = mode, Fusions[i%2], k, true
				r := searcher(t, x, w.embedder, s)
				for odd, text := range oddTexts() {
					t.Run(fmt.Sprint(name, "/", mode, " ", k, "/", odd), func(t *testing.T) { askOdd(t, r, text) })
				}
			}
		}
	}
}

func askOdd(t *testing.T, r *Searcher, text string) {
	t.Helper()
	e := retrieve(t, r, query(text))
	checkEvidence(t, r.index, r.settings, text, e)
	if again := retrieve(t, r, query(text)); !reflect.DeepEqual(again, e) {
		t.Errorf("another answer: %s\nthan before: %s", show(again), show(e))
	}
	if _, err := r.NearTerms(context.Background(), text, 5); err != nil {
		t.Error(err)
	}
}

func checkEvidence(t *testing.T, x *index.Index, s Settings, text string, e Evidence) {
	t.Helper()
	if n := len(e.Demonstrations); n > min(s.K, x.Sentences().Len()) || n > 0 && s.Mode == "none" {
		t.Errorf("%d demonstrations of %d sentences", n, x.Sentences().Len())
	}
	words := index.Analyze(text)
	for i, d := range e.Demonstrations {
		if math.IsNaN(d.Score) || math.IsInf(d.Score, 0) || i > 0 && d.Score > e.Demonstrations[i-1].Score {
			t.Errorf("place %d has the score %v", i, d.Score)
		}
		if len(x.SentencesOf(d.Sentence.DocID)) == 0 {
			t.Errorf("%s is no sentence of the index", d.Ref())
		}
		for _, c := range d.From {
			if c.Source == "bm25" && !slices.ContainsFunc(index.Analyze(d.Sentence.Text), func(w string) bool { return slices.Contains(words, w) }) {
				t.Errorf("%s shares no word with the text", d.Ref())
			}
			if math.IsNaN(c.Score) {
				t.Errorf("%s: %s has no score", d.Ref(), c.Source)
			}
		}
	}
	for _, h := range e.Terms {
		if h.Fragment.Start < 0 || h.Fragment.End > len(text) || text[h.Fragment.Start:h.Fragment.End] != h.Surface {
			t.Errorf("a term at %v of %d bytes", h.Fragment, len(text))
		}
	}
}

// TestNothingToGoBy: a text without a known word has no lexical and no dense neighbours.
func TestNothingToGoBy(t *testing.T) {
	w := sampleWorld(t, 20)
	x := w.build(t)
	for _, text := range []string{"", "?", "\x00", "\xff", "病患者", " \t"} {
		for _, mode := range []string{"lexical", "dense", "hybrid"} {
			s := Defaults()
			s.Mode = mode
			vectors, err := w.embedder.Embed(t.Context(), []string{text})
			if err != nil {
				t.Fatal(err)
			}
			known := slices.ContainsFunc(vectors[0], func(v float32) bool { return v != 0 })
			if e := retrieve(t, searcher(t, x, w.embedder, s), query(text)); len(e.Demonstrations) > 0 && (mode == "lexical" || !known) {
				t.Errorf("%s, %q: %s", mode, text, show(e))
			}
		}
	}
}

// fixed is an embedder that gives the same answer to everything.
type fixed struct {
	embed.Embedder
	vectors [][]float32
}

func (f fixed) Embed(context.Context, []string) ([][]float32, error) { return f.vectors, nil }

// TestBadQueryVectors: what is no vector of the index's kind is an error, not a search.
func TestBadQueryVectors(t *testing.T) {
	w := sampleWorld(t, 2)
	x := w.build(t)
	wide := func(v float32) []float32 { return slices.Repeat([]float32{v}, w.embedder.Dimensions()) }
	nan, inf := wide(0), wide(0)
	nan[7], inf[7] = float32(math.NaN()), float32(math.Inf(-1))
	for name, vectors := range map[string][][]float32{
		"none": nil, "two": {wide(1), wide(1)}, "short": {{1, 2}}, "empty": {{}}, "NaN": {nan}, "infinite": {inf},
	} {
		for _, mode := range []string{"hybrid", "dense"} {
			s := Defaults()
			s.Mode = mode
			_, err := searcher(t, x, fixed{w.embedder, vectors}, s).Retrieve(context.Background(), query("breast cancer"))
			if err == nil || !strings.Contains(err.Error(), "embed the query: the embedder gave") || strings.Contains(err.Error(), "cancer") {
				t.Errorf("%s, %s: error %v", name, mode, err)
			}
		}
	}
	lexical := Defaults()
	lexical.Mode = "lexical"
	want := refs(retrieve(t, searcher(t, x, nil, lexical), query("breast cancer")))
	if got := refs(retrieve(t, searcher(t, x, fixed{w.embedder, [][]float32{wide(0)}}, Defaults()), query("breast cancer"))); got != want {
		t.Errorf("a zero vector finds %s, words find %s", got, want)
	}
}

// other is an embedder of another model.
type other struct{ embed.Embedder }

func (other) ID() string { return "other" }

func TestAnotherEmbedder(t *testing.T) {
	w := sampleWorld(t, 2)
	if _, err := New(w.build(t), other{w.embedder}, Defaults()); !errors.Is(err, index.ErrMismatch) {
		t.Errorf("error %v", err)
	}
}

// TestCostIsLinear: a text of a hundred thousand words takes no more than about ten times the memory of one of ten
// thousand, whatever it is made of. So does its time, but a test cannot hold a busy machine to that.
func TestCostIsLinear(t *testing.T) {
	w := sampleWorld(t, 20)
	s := Defaults()
	s.Balance = true
	r := searcher(t, w.build(t), w.embedder, s)
	mixed := strings.Fields(strings.Join(sample.Unseen(), " "))
	for name, word := range map[string]func(i int) string{
		"one name":      func(int) string { return "cancer" },
		"long names":    func(i int) string { return [...]string{"breast", "and", "ovarian", "cancer"}[i%4] },
		"misspelled":    func(int) string { return "carcinomaa" },
		"unknown words": func(i int) string { return fmt.Sprint("zzqqx", i) },
		"Chinese":       func(int) string { return "囊性纤维化。" },
		"abbreviations": func(i int) string { return fmt.Sprintf("ataxia telangiectasia (AT%d)", i) },
		"sentences":     func(i int) string { return mixed[i%len(mixed)] },
	} {
		t.Run(name, func(t *testing.T) {
			n := 10_000
			if racing {
				n = 1000
			}
			small, large := memoryOf(t, r, word, n), memoryOf(t, r, word, 10*n)
			t.Logf("%d words: %d MB; %d: %d MB", n, small>>20, 10*n, large>>20)
			if large > 20*small+64<<20 || large > 4<<30 {
				t.Errorf("%d MB for %d words, %d MB for ten times as many", small>>20, n, large>>20)
			}
		})
	}
}

// memoryOf is how many bytes a search takes in all, those given back among them.
func memoryOf(t *testing.T, r *Searcher, word func(i int) string, n int) uint64 {
	t.Helper()
	var b strings.Builder
	for i := range n {
		b.WriteString(word(i) + " ")
	}
	q := query(b.String())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	retrieve(t, r, q)
	if _, err := r.NearTerms(context.Background(), q.Sentence.Text, 5); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
