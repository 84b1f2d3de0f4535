package index

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

func TestBuildAndRead(t *testing.T) {
	dir := t.TempDir()
	report := build(t, dir, sampleInput(t), sampleOptions())
	want := Counts{
		Documents: 4, Sentences: 6, DistinctSentences: 4, PassageDocuments: 1, Passages: 2, DistinctPassages: 2,
		Entities: 4, Conflicts: 1, Terms: 3, Names: 5,
	}
	if report.Counts != want || report.Generation != 1 || len(report.Failed)+len(report.Replaced) != 0 {
		t.Fatalf("report %+v, want counts %+v", report, want)
	}
	x := open(t, dir)
	repeated := x.Sentence(1)
	if repeated.Text != "Patients with mucoviscidosis cough." || repeated.DocID != "d1" || repeated.Index != 1 || repeated.Offset != 30 {
		t.Errorf("sentence 1 is %+v", repeated.Sentence)
	}
	if !slices.Equal(repeated.Docs, []string{"d1#1", "d2#1", "d3#0"}) {
		t.Errorf("sentence 1 stands in %v", repeated.Docs)
	}
	if len(repeated.Entities) != 1 || repeated.Entities[0].Label != "Disease" || repeated.Entities[0].Surface(repeated.Text) != "mucoviscidosis" {
		t.Errorf("sentence 1 has %+v, want the annotation of two documents against one", repeated.Entities)
	}
	if !reflect.DeepEqual(repeated.Tokens, corpora.Tokenize(repeated.Text)) {
		t.Errorf("sentence 1 has tokens %v", repeated.Tokens)
	}
	for i, want := range sampleTerms() {
		if got := x.Term(i); !reflect.DeepEqual(got, want) {
			t.Errorf("term %d is %+v, want %+v", i, got, want)
		}
	}
	var names []string
	for row := range x.Terms().Len() {
		names = append(names, fmt.Sprint(x.TermOfName(row), " ", x.Terms().Text(row)))
	}
	if want := []string{"0 cystic fibrosis", "0 mucoviscidosis", "0 CF", "1 β-thalassaemia", "2 zinc"}; !slices.Equal(names, want) {
		t.Errorf("names %v, want %v", names, want)
	}
	if got := x.SentencesOf("d2"); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("d2 has sentences %v", got)
	}
	if got := x.PassagesOf("a1"); !slices.Equal(got, []int{0, 1}) || x.SentencesOf("a1") != nil {
		t.Errorf("a1 has passages %v, sentences %v", got, x.SentencesOf("a1"))
	}
	if p := x.Passage(1); p.Text != "Zinc is a metal." || p.DocID != "a1" || len(p.Entities) != 0 {
		t.Errorf("passage 1 is %+v", p)
	}
	if _, ok := x.Lexicon().Lookup("mucoviscidosis"); !ok {
		t.Error("the lexicon lacks an annotated surface")
	}
	if err := errors.Join(x.Err(), Check(dir)); err != nil {
		t.Error(err)
	}
}

func TestSearch(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	x := open(t, dir)
	for _, tc := range []struct {
		query string
		want  string
	}{
		{"MUCOVISCIDOSIS", "Patients with mucoviscidosis cough."},
		{"zinc", "Zinc was given."},
		{"β‐thalassaemia β", "β-Thalassaemia and naïve İstanbul patients. !!! ???"},
		{"nai\u0308ve", "β-Thalassaemia and naïve İstanbul patients. !!! ???"}, // decomposed
		{"ｚｉｎｃ", "Zinc was given."},                                            // full width
	} {
		hits := x.Sentences().BM25(Analyze(tc.query), 1, nil)
		if len(hits) != 1 || x.Sentences().Text(hits[0].Row) != tc.want {
			t.Errorf("%q found %v", tc.query, hits)
		}
	}
	vectors, err := hashEmbedder{dimensions: 8}.Embed(t.Context(), []string{"zinc was given"})
	if err != nil {
		t.Fatal(err)
	}
	hits := x.Sentences().Nearest(vectors[0], 3, nil)
	if len(hits) != 3 || x.Sentences().Text(hits[0].Row) != "Zinc was given." || hits[0].Score < 0.999 {
		t.Errorf("nearest %v", hits)
	}
	own := map[int]bool{}
	for _, row := range x.SentencesOf("d2") {
		own[row] = true
	}
	for _, h := range x.Sentences().Nearest(vectors[0], 10, func(row int) bool { return !own[row] }) {
		if own[h.Row] {
			t.Errorf("row %d was not to be kept", h.Row)
		}
	}
}

// TestStatedTokens covers corpora that bring their own tokens (CoNLL): they come back as they were.
func TestStatedTokens(t *testing.T) {
	text := "e.g. non-small cell"
	tokens := []corpora.Token{{Start: 0, End: 4}, {Start: 5, End: 14}, {Start: 15, End: 19}}
	d := corpora.Document{ID: "c", Text: text, Sentences: []corpora.Sentence{{DocID: "c", Text: text, Tokens: tokens}}}
	dir := t.TempDir()
	build(t, dir, Input{Corpora: []Corpus{corpus("c.conll", d)}}, Options{Created: created})
	if got := open(t, dir).Sentence(0).Tokens; !slices.Equal(got, tokens) {
		t.Errorf("tokens %v, want %v", got, tokens)
	}
}

// TestOddAnnotations covers what real corpora hold: discontinuous, nested and crossing entities, one span with
// two labels, several concepts.
func TestOddAnnotations(t *testing.T) {
	text := "left and right 𝒶trial dilation"
	entities := []corpora.Entity{
		{Label: "X", Fragments: []corpora.Fragment{{Start: 0, End: 4}, {Start: 15, End: 33}}, Concepts: []string{"D1", "D2"}},
		{Label: "Y", Fragments: []corpora.Fragment{{Start: 0, End: 14}}},
		{Label: "", Fragments: []corpora.Fragment{{Start: 9, End: 14}}},
		{Label: "Z", Fragments: []corpora.Fragment{{Start: 9, End: 33}}},
		{Label: "X", Fragments: []corpora.Fragment{{Start: 9, End: 33}}},
	}
	e, again := encodeSample(text, entities)
	if !reflect.DeepEqual(again, entities) {
		t.Errorf("%d bytes gave back %+v", e, again)
	}
}

func TestBadDocumentsAreLeftOut(t *testing.T) {
	bad := &corpora.BadDocument{Path: "c.txt", ID: "b", Err: errors.New("no text")}
	in := Input{Corpora: []Corpus{{Documents: func(yield func(corpora.Document, error) bool) {
		_ = yield(doc(t, "a", "One sentence."), nil) &&
			yield(corpora.Document{}, bad) &&
			yield(corpora.Document{ID: "c", Err: &corpora.Failure{Code: "x", Message: "failed before"}}, nil) &&
			yield(corpora.Document{ID: "d", Text: "x", Entities: []corpora.Entity{{Label: "L", Fragments: []corpora.Fragment{{Start: 0, End: 9}}}}}, nil) &&
			yield(doc(t, "e", "Another sentence."), nil)
	}}}}
	dir := t.TempDir()
	report := build(t, dir, in, Options{Created: created})
	if report.Counts.Documents != 2 || len(report.Failed) != 3 || !errors.Is(report.Failed[0], error(bad)) {
		t.Errorf("%d documents, failed %v", report.Counts.Documents, report.Failed)
	}
	if s := open(t, dir).Summary(); s.Sources[0].Failed != 3 || !strings.Contains(strings.Join(s.Warnings, "\n"), "3 documents") {
		t.Errorf("summary %+v", s)
	}
	if _, err := Build(t.Context(), dir, Input{Corpora: []Corpus{{Documents: func(yield func(corpora.Document, error) bool) {
		yield(corpora.Document{}, fs.ErrPermission)
	}}}}, Options{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a fatal error gave %v", err)
	}
}

func TestEmptyIndex(t *testing.T) {
	dir := t.TempDir()
	report := build(t, dir, Input{}, sampleOptions())
	x := open(t, dir)
	if hits := x.Sentences().BM25([]string{"a"}, 5, nil); len(hits) != 0 {
		t.Errorf("hits %v", hits)
	}
	if hits := x.Terms().Nearest(make([]float32, 8), 5, nil); len(hits) != 0 {
		t.Errorf("hits %v", hits)
	}
	if len(report.Warnings) == 0 {
		t.Error("nothing warns of an empty index")
	}
	if err := Check(dir); err != nil {
		t.Error(err)
	}
}

func TestSameBytesForAnyNumberOfWorkers(t *testing.T) {
	in := func() Input {
		in := sampleInput(t)
		in.Corpora = append(in.Corpora, corpus("generated", generated(5000)...)) // more than one batch of words
		return in
	}
	one, eight := t.TempDir(), t.TempDir()
	o := sampleOptions()
	o.Workers = 1
	build(t, one, in(), o)
	o.Workers = 8
	build(t, eight, in(), o)
	a, b := files(t, one), files(t, eight)
	if len(a) != len(b) || len(a) < 15 {
		t.Errorf("%d and %d files", len(a), len(b))
	}
	for name := range a {
		// Segments name their sections in the order of a Go map, and the manifest has their checksums.
		free := strings.HasSuffix(name, ".words") || strings.HasSuffix(name, manifestName) || strings.HasSuffix(name, currentName)
		if !free && a[name] != b[name] || len(a[name]) != len(b[name]) {
			t.Errorf("%s differs", name)
		}
	}
	sameContent(t, open(t, one), open(t, eight))
}

// sameContent compares what two indexes hold and find.
// shows is what the forward index says of a sentence, with names for the numbers of labels, which depend on the order of
// building.
func shows(x *Index, i int) string {
	text := fmt.Sprint(x.SentenceWords(nil, i), string(x.SentenceRoles(nil, i)))
	for _, m := range x.SentenceMentions(nil, i) {
		text += fmt.Sprint(" ", m.Key, x.labels[m.Label])
	}
	return text
}

func sameContent(t *testing.T, x, y *Index) {
	t.Helper()
	if x.manifest.Counts != y.manifest.Counts {
		t.Fatalf("counts %+v and %+v", x.manifest.Counts, y.manifest.Counts)
	}
	for i := range x.Sentences().Len() {
		a, b := x.Sentence(i), y.Sentence(i)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("sentence %d: %+v and %+v", i, a, b)
		}
		if !slices.Equal(x.Sentences().Vector(i), y.Sentences().Vector(i)) {
			t.Fatalf("vector %d differs", i)
		}
		if a, b := shows(x, i), shows(y, i); a != b {
			t.Fatalf("sentence %d shows %s and %s", i, a, b)
		}
	}
	for i := range x.TermCount() {
		if !reflect.DeepEqual(x.Term(i), y.Term(i)) {
			t.Fatalf("term %d differs", i)
		}
	}
	for i := 0; i < x.Sentences().Len(); i += 37 {
		tokens, vector := Analyze(x.Sentences().Text(i)), x.Sentences().Vector(i)
		if a, b := x.Sentences().BM25(tokens, 20, nil), y.Sentences().BM25(tokens, 20, nil); !slices.Equal(a, b) || len(a) == 0 {
			t.Fatalf("words of %d find %v and %v", i, a, b)
		}
		if a, b := x.Sentences().Nearest(vector, 20, nil), y.Sentences().Nearest(vector, 20, nil); !slices.Equal(a, b) || len(a) == 0 {
			t.Fatalf("vector of %d finds %v and %v", i, a, b)
		}
	}
}

func TestAddIsTheSameAsBuildingTogether(t *testing.T) {
	docs := generated(300)
	together, added := t.TempDir(), t.TempDir()
	calls := 0
	o := sampleOptions()
	o.Embedder = hashEmbedder{8, &calls}
	o.Workers = 1
	in := sampleInput(t)
	in.Corpora = append(in.Corpora, corpus("more", docs...))
	in.Ontologies[0].Terms = append(in.Ontologies[0].Terms, corpora.Term{ID: "D:9", Name: "zinc"})
	build(t, together, in, o)
	build(t, added, sampleInput(t), o)
	o.Add = true
	calls = 0
	report := build(t, added, Input{
		Corpora:    []Corpus{corpus("more", docs...)},
		Ontologies: []Ontology{{Terms: []corpora.Term{{ID: "D:9", Name: "zinc"}}}},
	}, o)
	x, y := open(t, together), open(t, added)
	sameContent(t, x, y)
	for _, name := range []string{"lexicon.bin", "sentences.postings", "sentences.vectors", "names.records", "names.vectors", "terms.records"} {
		if a, b := files(t, x.path)["/"+name], files(t, y.path)["/"+name]; a == "" || a != b {
			t.Errorf("%s differs", name)
		}
	}
	if a, b := labelCounts(x), labelCounts(y); !maps.Equal(a, b) {
		t.Errorf("labels %v and %v", a, b)
	}
	if want := x.Sentences().Len() - 4; calls != want || len(report.Replaced) != 0 {
		t.Errorf("%d texts embedded, want the %d new ones; replaced %v", calls, want, report.Replaced)
	}
}

func labelCounts(x *Index) map[string]LabelCount {
	counts := map[string]LabelCount{}
	for _, l := range x.manifest.Labels {
		counts[l.Label] = l
	}
	return counts
}

func TestAddReplaces(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	o := sampleOptions()
	o.Add = true
	report := build(t, dir, Input{
		Corpora:    []Corpus{corpus("fixed.txt", doc(t, "d1", "Patients with mucoviscidosis cough.", "Symptom=cough"))},
		Ontologies: []Ontology{{Terms: []corpora.Term{{ID: "CHEBI:1", Name: "zinc(2+)", Label: "Ion"}}}},
	}, o)
	if !slices.Equal(report.Replaced, []string{"d1", "CHEBI:1"}) || report.Counts.Documents != 4 {
		t.Errorf("replaced %v, %d documents", report.Replaced, report.Counts.Documents)
	}
	x := open(t, dir)
	r := x.Sentence(0)
	if !slices.Equal(r.Docs, []string{"d3#0", "d1#0", "d2#1"}) || r.Entities[0].Label != "Symptom" {
		t.Errorf("the vote did not turn: %+v", r)
	}
	for i := range x.Sentences().Len() {
		if x.Sentences().Text(i) == "Cystic fibrosis is inherited." {
			t.Error("a sentence of the replaced document is still there")
		}
	}
	if x.Term(2).Name != "zinc(2+)" || x.TermCount() != 3 {
		t.Errorf("terms %+v", x.Term(2))
	}
	if err := Check(dir); err != nil {
		t.Error(err)
	}
}

func TestMismatch(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	add := sampleOptions()
	add.Add = true
	add.Embedder = hashEmbedder{dimensions: 9}
	_, err := Build(t.Context(), dir, Input{}, add)
	if !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), "hash-9") {
		t.Errorf("another embedder gave %v", err)
	}
	add.Embedder, add.EmbedderID = nil, ""
	if _, err := Build(t.Context(), dir, Input{}, add); !errors.Is(err, ErrMismatch) {
		t.Errorf("no embedder gave %v", err)
	}
	if _, err := Open(dir, OpenOptions{Embedder: hashEmbedder{dimensions: 9}}); !errors.Is(err, ErrMismatch) {
		t.Errorf("open gave %v", err)
	}
	build(t, dir, sampleInput(t), Options{Created: created})
	if _, err := Open(dir, OpenOptions{Embedder: hashEmbedder{dimensions: 8}}); !errors.Is(err, ErrMismatch) {
		t.Errorf("without vectors: %v", err)
	}
	if _, err := Open(t.TempDir(), OpenOptions{}); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrCorrupt) {
		t.Errorf("no index gave %v", err)
	}
}

func TestWarnings(t *testing.T) {
	dir := t.TempDir()
	report := build(t, dir, sampleInput(t), Options{Created: created})
	all := strings.Join(report.Warnings, "\n")
	in := sampleInput(t)
	in.Corpora = append(in.Corpora, sampleInput(t).Corpora...)
	all += strings.Join(build(t, dir, in, Options{Created: created}).Warnings, "\n")
	for _, want := range []string{"4 ids belong", `"Chemical"`, `"Disease" has 3`, `"Symptom" has 1`, "1 sentences occur with different", "no vectors"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning of %s in:\n%s", want, all)
		}
	}
}
