package index

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/index/lexicon"
)

// naive is what an index must hold and answer, kept in plain maps and searched by the definitions.
type naive struct {
	documents [2]map[string]corpora.Document // by kind: annotated, passages; then by id
	terms     map[string]corpora.Term
}

func newNaive() *naive {
	return &naive{[2]map[string]corpora.Document{{}, {}}, map[string]corpora.Term{}}
}

// take is a build: what is given again is replaced, and without add all that was there is gone.
func (n *naive) take(add bool, annotated, passages []corpora.Document, terms []corpora.Term) {
	if !add {
		*n = *newNaive()
	}
	for _, d := range annotated {
		n.documents[0][d.ID] = d
	}
	for _, d := range passages {
		d.Entities = nil
		n.documents[1][d.ID] = d
	}
	for _, t := range terms {
		n.terms[t.ID] = t
	}
}

// occurrences lists, by text of a sentence, where it stands, and by annotation how often it has that one.
func (n *naive) occurrences(kind int) (where map[string][]string, annotated map[string]map[string]int) {
	where, annotated = map[string][]string{}, map[string]map[string]int{}
	for id, d := range n.documents[kind] {
		sentences, _ := corpora.Annotate(d)
		for _, s := range sentences {
			where[s.Text] = append(where[s.Text], fmt.Sprint(id, "#", s.Index))
			if annotated[s.Text] == nil {
				annotated[s.Text] = map[string]int{}
			}
			annotated[s.Text][spell(s.Entities)]++
		}
	}
	return where, annotated
}

func spell(entities []corpora.Entity) string {
	var list []string
	for _, e := range entities {
		list = append(list, fmt.Sprint(e.Label, e.Fragments))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// holds compares what the index holds with what it must.
func (n *naive) holds(x *Index) error {
	for kind, c := range []*Collection{x.sentences, x.passages} {
		where, annotated := n.occurrences(kind)
		if c.Len() != len(where) {
			return fmt.Errorf("%s: %d distinct ones, want %d", c.name, c.Len(), len(where))
		}
		for row := range c.Len() {
			r := x.record(c, kind, row)
			if !sameSet(r.Docs, where[r.Text]) {
				return fmt.Errorf("%s: row %d stands in %v, want %v", c.name, row, r.Docs, where[r.Text])
			}
			counts := annotated[r.Text]
			if most := slices.Max(slices.Collect(maps.Values(counts))); counts[spell(r.Entities)] != most {
				return fmt.Errorf("%s: row %d shows %q, which is not the most frequent of %v", c.name, row, spell(r.Entities), counts)
			}
		}
	}
	found := map[string]corpora.Term{}
	for i := range x.TermCount() {
		found[x.Term(i).ID] = x.Term(i)
	}
	if a, b := fmt.Sprint(found), fmt.Sprint(n.terms); a != b { // maps are printed in the order of their keys
		return fmt.Errorf("terms %s, want %s", a, b)
	}
	return n.rebuilds(x)
}

// rebuilds compares the documents that the index gives back.
func (n *naive) rebuilds(x *Index) error {
	count := 0
	for d := range x.Documents() {
		want := n.documents[0][d.ID]
		if d.Text != want.Text || spell(d.Entities) != spell(want.Entities) {
			return fmt.Errorf("document %s comes back as %q with %s, want %q with %s", d.ID, d.Text, spell(d.Entities), want.Text, spell(want.Entities))
		}
		count++
	}
	if count != len(n.documents[0]) {
		return fmt.Errorf("%d documents come back, want %d", count, len(n.documents[0]))
	}
	return nil
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// texts are the rows of a collection as the naive model has them: distinct sentences, or all names.
func (n *naive) texts(kind int) []string {
	if kind < 2 {
		where, _ := n.occurrences(kind)
		return slices.Sorted(maps.Keys(where))
	}
	var list []string
	for _, t := range n.terms {
		list = append(list, t.Name)
		for _, s := range t.Synonyms {
			list = append(list, s.Text)
		}
	}
	return list
}

// finds compares the hits of a query by words, or by a vector, with those of the definitions.
func (n *naive) finds(c *Collection, kind int, query string, byVector bool) error {
	texts := n.texts(kind)
	want, got := bm25(texts, Analyze(query)), c.BM25(Analyze(query), 5, nil)
	if byVector {
		vector := vectorOf(query)
		want, got = cosines(texts, vector), c.Nearest(vector, 5, nil)
	}
	scores := slices.SortedFunc(maps.Values(want), func(a, b float64) int { return cmp.Compare(b, a) })
	if kind == 2 { // names may be equal: each is a row
		scores = nil
		for _, text := range texts {
			if s, ok := want[text]; ok {
				scores = append(scores, s)
			}
		}
		slices.SortFunc(scores, func(a, b float64) int { return cmp.Compare(b, a) })
	}
	if len(got) != min(5, len(scores)) {
		return fmt.Errorf("%s: %d hits, want %d", c.name, len(got), min(5, len(scores)))
	}
	for i, h := range got {
		own, known := want[c.Text(h.Row)]
		if !known || math.Abs(h.Score-own) > 1e-5 || math.Abs(h.Score-scores[i]) > 1e-5 {
			return fmt.Errorf("%s: hit %d has the score %v, its text's is %v, the place's %v", c.name, i, h.Score, own, scores[i])
		}
	}
	return nil
}

// bm25 scores each text that holds a word of the query, by the definition.
func bm25(texts, query []string) map[string]float64 {
	k1, b := lexical.Default.K1, lexical.Default.B
	frequency, total, words := map[string]int{}, 0, make([][]string, len(texts))
	for i, text := range texts {
		words[i] = Analyze(text)
		total += len(words[i])
		for w := range setOf(words[i]) {
			frequency[w]++
		}
	}
	scores := map[string]float64{}
	for i, text := range texts {
		score := 0.0
		for _, q := range query {
			tf, df := 0.0, float64(frequency[q])
			for _, w := range words[i] {
				if w == q {
					tf++
				}
			}
			idf := math.Log1p((float64(len(texts)) - df + 0.5) / (df + 0.5))
			score += idf * tf / (tf + k1*(1-b+b*float64(len(words[i]))*float64(len(texts))/float64(total)))
		}
		if score > 0 {
			scores[text] = score
		}
	}
	return scores
}

func setOf(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
}

func vectorOf(text string) []float32 {
	vectors, err := hashEmbedder{dimensions: 8}.Embed(noContext, []string{text})
	if err != nil {
		panic(err)
	}
	return vectors[0]
}

func cosines(texts []string, query []float32) map[string]float64 {
	scores := map[string]float64{}
	for _, text := range texts {
		v := vectorOf(text)
		var product, a, b float64
		for i := range v {
			product += float64(v[i]) * float64(query[i])
			a += float64(v[i]) * float64(v[i])
			b += float64(query[i]) * float64(query[i])
		}
		if a > 0 && b > 0 {
			scores[text] = product / math.Sqrt(a*b)
		}
	}
	return scores
}

// knows compares what the lexicon finds in a sentence with the stretches that are, word for word, annotated somewhere or a
// name, and how often each is annotated with which label.
func (n *naive) knows(x *Index, text string) error {
	counts, known := map[string]map[string]int{}, map[string]bool{}
	for row := range x.Sentences().Len() {
		r := x.Sentence(row) // which of equally frequent annotations is shown is the index's choice; holds has judged it
		for _, e := range r.Entities {
			key := lexicon.Key(e.Surface(r.Text))
			if counts[key] == nil {
				counts[key] = map[string]int{}
			}
			counts[key][e.Label]++
			known[key] = true
		}
	}
	for _, name := range n.texts(2) {
		known[lexicon.Key(name)] = true
	}
	want, found := map[corpora.Fragment]bool{}, map[corpora.Fragment]bool{}
	tokens := corpora.Tokenize(text)
	for first := range tokens {
		for last := first; last < len(tokens); last++ {
			f := corpora.Fragment{Start: tokens[first].Start, End: tokens[last].End}
			want[f] = known[lexicon.Key(text[f.Start:f.End])]
		}
	}
	maps.DeleteFunc(want, func(_ corpora.Fragment, is bool) bool { return !is })
	for _, c := range x.Lexicon().Candidates(corpora.Sentence{Text: text, Tokens: tokens}, nil) {
		if c.Source != "lexicon" {
			continue
		}
		found[c.Fragment] = true
		if got := c.Entry.Labelled(c.Label); got != counts[lexicon.Key(c.Surface)][c.Label] {
			return fmt.Errorf("lexicon: %v is annotated %s %d times, want %d", c.Fragment, c.Label, got, counts[lexicon.Key(c.Surface)][c.Label])
		}
	}
	if !maps.Equal(want, found) {
		return fmt.Errorf("lexicon: it finds %v, want %v", found, want)
	}
	return nil
}
