package forward

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/index/mapped"
)

// sentences are those of a part of the built-in sample.
func sentences(t *testing.T, docs int) []corpora.Annotated {
	t.Helper()
	var list []corpora.Annotated
	for doc, err := range sample.Train() {
		if err != nil {
			t.Fatal(err)
		}
		if docs--; docs < 0 {
			break
		}
		annotated, _ := corpora.Annotate(doc)
		list = append(list, annotated...)
	}
	return list
}

func write(t *testing.T, list []corpora.Annotated, workers int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "forward")
	labels := map[string]int{}
	for _, a := range list {
		for _, e := range a.Entities {
			if _, ok := labels[e.Label]; !ok {
				labels[e.Label] = len(labels)
			}
		}
	}
	rows := Rows{Len: len(list), Row: func(i int) corpora.Annotated { return list[i] }, Label: func(l string) int { return labels[l] }}
	if err := Write(context.Background(), path, rows, workers); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string, rows int) *Index {
	t.Helper()
	file, err := mapped.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(file, rows)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

// naive reads a sentence word by word: what the file must hold.
type naive struct {
	words    map[string][]Occurrence // an occurrence a place
	surfaces map[string]bool         // normalised, words joined by a blank
	length   int
}

func read(a corpora.Annotated) naive {
	n := naive{words: map[string][]Occurrence{}, surfaces: map[string]bool{}}
	tokens := corpora.Tokenize(a.Text)
	all := slices.DeleteFunc(lexicon.Words(a.Text, tokens), func(w lexicon.Word) bool { return !isWord(w.Norm) })
	inside := func(i int) bool {
		return i >= 0 && i < len(all) && slices.ContainsFunc(a.Entities, func(e corpora.Entity) bool {
			return slices.ContainsFunc(e.Fragments, func(f corpora.Fragment) bool {
				at := tokens[all[i].Token]
				return f.Start < at.End && at.Start < f.End
			})
		})
	}
	for i, w := range all {
		o := Occurrence{Total: 1}
		switch {
		case inside(i):
			o.Inside = 1
		case inside(i-2) || inside(i-1) || inside(i+1) || inside(i+2):
			o.Beside = 1
		}
		n.words[w.Norm] = append(n.words[w.Norm], o)
	}
	n.length = len(all)
	for _, e := range a.Entities {
		n.surfaces[normal(e.Surface(a.Text))] = true
	}
	return n
}

func normal(surface string) string {
	joined := ""
	for _, w := range lexicon.Words(surface, corpora.Tokenize(surface)) {
		joined += w.Norm + " "
	}
	return joined
}

// TestAgainstNaive compares every row, word and surface with a reading by strings.
func TestAgainstNaive(t *testing.T) {
	list := sentences(t, 60)
	x := open(t, write(t, list, 3), len(list))
	counts, rowsWith := map[string]Occurrence{}, map[string][]int{}
	for row, a := range list {
		n := read(a)
		var words []Word
		roles := map[Word]byte{}
		for norm, places := range n.words {
			words = append(words, WordOf(norm))
			for _, o := range places {
				counts[norm] = counts[norm].Plus(o)
				if o.Inside > 0 {
					roles[WordOf(norm)] |= Inside
				} else {
					roles[WordOf(norm)] |= Outside
				}
			}
		}
		got, err := x.Words(nil, row)
		if err != nil || !slices.Equal(got, distinct(words)) {
			t.Fatalf("row %d: words %v, error %v", row, got, err)
		}
		gotRoles, err := x.Roles(nil, row)
		for i, word := range got {
			if err != nil || gotRoles[i] != roles[word] {
				t.Fatalf("row %d, word %d: role %d, want %d; error %v", row, i, gotRoles[i], roles[word], err)
			}
		}
		if length, err := x.Length(row); err != nil || length != n.length {
			t.Fatalf("row %d: %d words, want %d; error %v", row, length, n.length, err)
		}
		mentions, err := x.Mentions(nil, row)
		if err != nil || len(keys(mentions)) != len(n.surfaces) {
			t.Fatalf("row %d: %d surfaces, want %d; error %v", row, len(keys(mentions)), len(n.surfaces), err)
		}
		for surface := range n.surfaces {
			rowsWith[surface] = append(rowsWith[surface], row)
		}
	}
	for norm, want := range counts {
		if got, err := x.Occurrence(WordOf(norm)); err != nil || got != want {
			t.Errorf("a word occurs %+v, want %+v; error %v", got, want, err)
		}
	}
	for surface, want := range rowsWith {
		if got, err := x.RowsWith(nil, KeyOf(surface)); err != nil || !slices.Equal(got, want) {
			t.Errorf("a surface stands in rows %v, want %v; error %v", got, want, err)
		}
	}
	if o, err := x.Occurrence(WordOf("no such word")); err != nil || o != (Occurrence{}) {
		t.Errorf("an unknown word: %+v, error %v", o, err)
	}
	if rows, err := x.RowsWith(nil, KeyOf("no such surface")); err != nil || len(rows) > 0 {
		t.Errorf("an unknown surface: %v, error %v", rows, err)
	}
}

func keys(mentions []Mention) []Key {
	var list []Key
	for _, m := range mentions {
		list = append(list, m.Key)
	}
	return distinct(list)
}

func TestSameBytesForAnyWorkers(t *testing.T) {
	list := sentences(t, 80)
	one, err := os.ReadFile(write(t, list, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 7} {
		if many, err := os.ReadFile(write(t, list, workers)); err != nil || !reflect.DeepEqual(one, many) {
			t.Errorf("%d workers write other bytes; error %v", workers, err)
		}
	}
}

// TestCount: what a sentence adds to the counts can be taken out of them again.
func TestCount(t *testing.T) {
	list := sentences(t, 10)
	whole, rest := open(t, write(t, list, 1), len(list)), open(t, write(t, list[1:], 1), len(list)-1)
	own := map[Word]Occurrence{}
	Count(list[0], func(w Word, o Occurrence) { own[w] = own[w].Plus(o) })
	for word, o := range own {
		all, err := whole.Occurrence(word)
		without, restErr := rest.Occurrence(word)
		if err != nil || restErr != nil || all.Minus(o) != without {
			t.Errorf("%+v without %+v, want %+v; errors %v, %v", all, o, without, err, restErr)
		}
	}
}

// TestKeys: spellings that the lexicon takes for one have one key.
func TestKeys(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Breast Cancers", "breast cancer", true},
		{"ataxia-telangiectasia", "Ataxia telangiectasia", true},
		{"breast cancer", "cancer breast", false},
		{"breast cancer", "breastcancer", false},
		{"a b", "b a", false},
	} {
		if same := KeyOf(c.a) == KeyOf(c.b); same != c.same {
			t.Errorf("%q and %q: same key %v", c.a, c.b, same)
		}
	}
	if KeyOf("") != 0 || KeyOf("-") != 0 {
		t.Error("a surface without words has a key")
	}
}

// TestEmpty is a file without rows.
func TestEmpty(t *testing.T) {
	x := open(t, write(t, nil, 2), 0)
	if _, err := x.Words(nil, 0); err == nil {
		t.Error("a row of an empty file has words")
	}
	if o, err := x.Occurrence(1); err != nil || o.Total != 0 {
		t.Errorf("%+v, error %v", o, err)
	}
}

// FuzzOpen: damaged files give errors or wrong numbers, never a panic.
func FuzzOpen(f *testing.F) {
	a := corpora.Annotated{Sentence: corpora.Sentence{Text: "Gout hurts ."}, Entities: []corpora.Entity{{Label: "D", Fragments: []corpora.Fragment{{End: 4}}}}}
	path := filepath.Join(f.TempDir(), "forward")
	rows := Rows{Len: 2, Row: func(int) corpora.Annotated { return a }, Label: func(string) int { return 0 }}
	if err := Write(context.Background(), path, rows, 1); err != nil {
		f.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound, 2)
	f.Add(sound[:len(sound)-1], 2)
	f.Fuzz(func(_ *testing.T, data []byte, rows int) {
		x, err := Open(&mapped.File{Bytes: data}, rows)
		if err != nil {
			return
		}
		for row := range min(x.Len(), 100) {
			words, wordsErr := x.Words(nil, row)
			roles, rolesErr := x.Roles(nil, row)
			if wordsErr == nil && rolesErr == nil && len(words) != len(roles) {
				panic(fmt.Sprintf("%d words, %d roles", len(words), len(roles)))
			}
			mentions, _ := x.Mentions(nil, row)
			for _, m := range mentions {
				_, _ = x.RowsWith(nil, m.Key)
			}
			for _, w := range words {
				_, _ = x.Occurrence(w)
			}
			_, _ = x.Length(row)
		}
	})
}
