package conflict

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
)

// find builds an index of sources, whose documents are lines such as "the [VHL|Gene] gene", and lists its conflicts, one a
// line: kind, text, usual reading and count, odd reading and count, the odd places.
func find(t *testing.T, sources ...[]string) []string {
	t.Helper()
	in := index.Input{}
	n := 0
	for i, lines := range sources {
		var docs []corpora.Document
		for _, line := range lines {
			docs = append(docs, marked(fmt.Sprintf("d%d", n), line))
			n++
		}
		each := func(yield func(corpora.Document, error) bool) {
			for _, d := range docs {
				if !yield(d, nil) {
					return
				}
			}
		}
		in.Corpora = append(in.Corpora, index.Corpus{Spec: corpora.Spec{Path: fmt.Sprint("source ", i)}, Documents: each})
	}
	dir := filepath.Join(t.TempDir(), "index")
	if _, err := index.Build(context.Background(), dir, in, index.Options{}); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	var out []string
	for _, c := range Find(x).Conflicts {
		var places []string
		for _, p := range c.Odd.Places {
			places = append(places, fmt.Sprintf("%s#%d:%d-%d", p.Document, p.Sentence, p.Start, p.End))
		}
		out = append(out, fmt.Sprintf("%s | %s | %s %d | %s %d | %s", c.Kind, c.Text, c.Usual.As, c.Usual.Count, c.Odd.As, c.Odd.Count, strings.Join(places, " ")))
	}
	if err := x.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// marked reads a document; brackets may nest.
func marked(id, line string) corpora.Document {
	doc := corpora.Document{ID: id}
	var open []int
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '[':
			open = append(open, len(doc.Text))
		case '|':
			end := i + strings.IndexByte(line[i:], ']')
			f := corpora.Fragment{Start: open[len(open)-1], End: len(doc.Text)}
			doc.Entities = append(doc.Entities, corpora.Entity{Label: line[i+1 : end], Fragments: []corpora.Fragment{f}})
			open, i = open[:len(open)-1], end
		default:
			doc.Text += line[i : i+1]
		}
	}
	slices.SortStableFunc(doc.Entities, corpora.CompareEntities)
	return doc
}

// repeated is a line n times, with a number in it, so that the sentences differ.
func repeated(n int, line string) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf(line, i))
	}
	return lines
}

func TestConflicts(t *testing.T) {
	for _, c := range []struct {
		name    string
		sources [][]string
		want    []string
	}{
		{"nothing", [][]string{{"The [gout|D] of men.", "Her [gout|D] again."}}, nil},
		{
			"equal sentences",
			[][]string{{"Some had [gout|D].", "Some had [gout|D].", "Some had gout."}},
			[]string{
				"sentence | Some had gout. | D: gout 2 | without these 1 | d2#0:0-14",
				"unmarked | gout | D 2 | not annotated 1 | d2#0:9-13",
			},
		},
		{
			"another label, and a code point that is two bytes",
			[][]string{append(repeated(4, "Case %d had [lead|Chem]."), "é [lead|Gene].")},
			[]string{"label | lead | Chem 4 | Gene 1 | d4#0:2-6"},
		},
		{
			"two labels at once",
			[][]string{append(repeated(3, "Case %d had [[asthma|D]|H]."), "Then [asthma|D].")},
			[]string{"labels | asthma | D + H 3 | D 1 | d3#0:5-11"},
		},
		{
			"usually not annotated",
			[][]string{append(repeated(5, "The patients of %d had [gout|D]."), "The [patients|D] came.")},
			[]string{"marked | patients | not annotated 5 | D 1 | d5#0:4-12"},
		},
		{
			"inside a longer mention is neither annotated nor not",
			[][]string{append(repeated(3, "Ward %d saw [cancer|D]."), "She had [breast cancer|D].")},
			nil,
		},
		{
			"other borders",
			[][]string{append(repeated(3, "Ward %d saw [familial gout|D]."), "No familial [gout|D] here.")},
			[]string{"border | familial gout | D 3 | other borders: D 1 | d3#0:3-16"},
		},
		{
			"a border word with other heads",
			[][]string{{
				"A [familial gout|D].", "Two [familial asthma|D].", "No [familial scurvy|D].", "So [familial rickets|D].", "The [familial mumps|D].",
				"He has familial [rabies|D].",
			}},
			[]string{"edge | familial … | inside D 5 | outside D 1 | d5#0:16-22"},
		},
		{
			"capitals make another surface, but for a sentence's first",
			[][]string{append(repeated(4, "Case %d had [ALL|D]."), "All of them.", "In all of them.")},
			nil,
		},
		{
			"the first word of a sentence",
			[][]string{append(repeated(4, "Case %d had [gout|D]."), "Gout again.")},
			[]string{"unmarked | gout | D 4 | not annotated 1 | d4#0:0-4"},
		},
		{
			"a short form that a document defines",
			[][]string{append(repeated(4, "Case %d had [FAP|D] then."), "The formal action plan (FAP) was a FAP indeed.")},
			nil,
		},
		{
			"a source that has no such label left bare what it does not mark",
			[][]string{repeated(4, "Case %d had [gout|D]."), {"The [BRK|Gene] of gout."}},
			nil,
		},
	} {
		got := find(t, c.sources...)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// TestSurprise: a place is the less likely the more others say otherwise, and the fewer say the same.
func TestSurprise(t *testing.T) {
	if s := surprise(1, 2); s != 2 {
		t.Errorf("one of two: %g bits, want 2", s)
	}
	if !(surprise(1, 100) > surprise(1, 10) && surprise(1, 100) > surprise(10, 100)) {
		t.Error("the order is wrong")
	}
}

// TestContext: contexts are cut between words and between code points.
func TestContext(t *testing.T) {
	text := strings.Repeat("naïve ", 20)
	s := sentence{Annotated: corpora.Annotated{Sentence: corpora.Sentence{Text: text}}}
	at := 7 * len("naïve ")
	p := s.place(corpora.Fragment{Start: at, End: at + len("naïve")})
	want := "…" + strings.Repeat("naïve ", 5) + "[naïve]" + strings.Repeat(" naïve", 5) + "…"
	if p.Context != want || p.Start != 42 || p.End != 47 {
		t.Errorf("%+v\nwant %q", p, want)
	}
}

func TestLimit(t *testing.T) {
	r := Report{Conflicts: []Conflict{{Kind: Label, Text: "a"}, {Kind: Label, Text: "b"}, {Kind: Edge, Text: "c"}}}
	shown, all := r.Limit(1)
	if len(shown) != 2 || shown[0].Text != "a" || shown[1].Text != "c" || all[Label] != 2 {
		t.Errorf("%v of %v", shown, all)
	}
	if shown, _ := r.Limit(0); len(shown) != 3 {
		t.Errorf("without limit %d", len(shown))
	}
}
