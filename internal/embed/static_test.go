package embed

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

type golden struct {
	Text string    `json:"text"`
	IDs  []int32   `json:"ids"`
	Head []float64 `json:"head"`
	Tail []float64 `json:"tail"`
}

func readGolden(t testing.TB) []golden {
	t.Helper()
	f, err := os.Open("testdata/golden.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []golden
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		all = append(all, g)
	}
	if len(all) < 50 {
		t.Fatalf("only %d golden sentences", len(all))
	}
	return all
}

// The index's manifest names the table by staticID, so another table must get another id.
func TestStaticIDNamesThisTable(t *testing.T) {
	for text, want := range map[*string]string{
		&staticTable:      "b5a7c7668cea9b33db53355efa6dd274ba2ca792c81da916baa6c03dc3ea98f3",
		&staticVocabulary: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
	} {
		sum := sha256.Sum256([]byte(*text))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("SHA-256 is %s, not %s: choose a new staticID", got, want)
		}
	}
}

func TestIDsAgreeWithReference(t *testing.T) {
	s, err := loadStatic()
	if err != nil {
		t.Fatal(err)
	}
	w := new(scratch)
	for _, g := range readGolden(t) {
		w.ids = s.ids(w, g.Text)
		if !slices.Equal(w.ids, g.IDs) {
			t.Errorf("%+q: ids %v, want %v", g.Text, w.ids, g.IDs)
		}
	}
}

func TestVectorsAgreeWithReference(t *testing.T) {
	s, err := NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	all := readGolden(t)
	texts := make([]string, len(all))
	for i, g := range all {
		texts[i] = g.Text
	}
	vectors, err := s.Embed(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		if len(v) != s.Dimensions() {
			t.Fatalf("%d dimensions, not %d", len(v), s.Dimensions())
		}
		near(t, texts[i], v[:6], all[i].Head)
		near(t, texts[i], v[len(v)-3:], all[i].Tail)
		checkLength(t, texts[i], v, len(all[i].IDs) > 0)
	}
}

func near(t *testing.T, text string, got []float32, want []float64) {
	t.Helper()
	for i := range want {
		if math.Abs(float64(got[i])-want[i]) > 2e-6 {
			t.Errorf("%+q: %v, want %v", text, got, want)
			return
		}
	}
}

func checkLength(t *testing.T, text string, v []float32, known bool) {
	t.Helper()
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if known && math.Abs(sum-1) > 1e-5 || !known && sum != 0 {
		t.Errorf("%+q: squared length %v", text, sum)
	}
}

// One text alone, many together and many at once must give the same bits: equal input, equal index.
func TestStaticIsTheSameInAnyBatch(t *testing.T) {
	s, err := NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for range 20 {
		for _, g := range readGolden(t) {
			texts = append(texts, g.Text)
		}
	}
	together, err := s.Embed(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range texts[:50] {
		alone, err := s.Embed(context.Background(), texts[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(alone[0], together[i]) || !slices.Equal(alone[0], together[len(texts)-len(texts)/20+i]) {
			t.Fatalf("text %d has another vector in a batch", i)
		}
	}
}

func TestStaticStopsWhenCancelled(t *testing.T) {
	s, err := NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, n := range []int{1, 5000} {
		if _, err := s.Embed(ctx, make([]string, n)); !errors.Is(err, context.Canceled) {
			t.Errorf("%d texts: error %v", n, err)
		}
	}
}

func TestDamagedTables(t *testing.T) {
	small := "SEM1" + "\x02\x00\x00\x00" + "\x01\x00\x00\x00" + strings.Repeat("\x00", 16) + "\x01\x02"
	if _, err := newStatic(small, "a\nb\n"); err != nil {
		t.Fatalf("a sound table: %v", err)
	}
	for name, c := range map[string]struct{ table, words, want string }{
		"empty":            {"", "a\n", "not a SEM1"},
		"another kind":     {"SEM2" + small[4:], "a\nb\n", "not a SEM1"},
		"cut":              {small[:len(small)-1], "a\nb\n", "do not make"},
		"no entries":       {"SEM1\x00\x00\x00\x00\x01\x00\x00\x00", "", "do not make"},
		"short vocabulary": {small, "a\n", "vocabulary of 1"},
		"no last line end": {small, "a\nb", "no end"},
		"huge vocabulary":  {small, strings.Repeat("x\n", 60000), "too many"},
	} {
		if _, err := newStatic(c.table, c.words); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// Every entry that is one word must be found as itself, or the table's search is broken.
func TestEveryEntryIsFound(t *testing.T) {
	v, err := newVocabulary(staticVocabulary)
	if err != nil {
		t.Fatal(err)
	}
	for id := range v.size() {
		entry := v.entry(id)
		prefix, word := "", entry
		if rest, ok := strings.CutPrefix(entry, "##"); ok && rest != "" {
			prefix, word = "##", rest
		}
		if got, length := v.longestMatch(prefix, []byte(word)); got != id || length != len(word) {
			t.Fatalf("entry %d is found as %d", id, got)
		}
	}
}

func FuzzStatic(f *testing.F) {
	for _, g := range readGolden(f) {
		f.Add(g.Text)
	}
	f.Add("\xff\xfe broken \xc3")
	s, err := loadStatic()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := new(scratch)
		w.ids = s.ids(w, text)
		first := slices.Clone(w.ids)
		if again := s.ids(w, text); !slices.Equal(again, first) {
			t.Fatal("ids differ the second time")
		}
		// A space at each end, or the ASCII path's absence, must not matter.
		if again := s.ids(w, " "+text+" "); !slices.Equal(again, first) {
			t.Fatal("ids differ between spaces")
		}
		if again := s.ids(w, text+" \u00e9\u0301"); len(again) != len(first)+1 || !slices.Equal(again[:len(first)], first) {
			t.Fatal("ids differ on the path of Unicode")
		}
	})
}

func BenchmarkStatic(b *testing.B) {
	s, err := loadStatic()
	if err != nil {
		b.Fatal(err)
	}
	sentences := readGolden(b)[:40]
	b.Run("sentence", func(b *testing.B) {
		w, v := new(scratch), make([]float32, s.dimensions)
		for i := 0; b.Loop(); i++ {
			clear(v)
			s.embed(w, v, sentences[i%len(sentences)].Text)
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, err := newStatic(staticTable, staticVocabulary); err != nil {
				b.Fatal(err)
			}
		}
	})
}
