package index

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
)

// collect reads all documents.
func collect(docs iter.Seq[corpora.Document]) []corpora.Document { return slices.Collect(docs) }

// known is a document as an index can give it back: without the ids of its entities, and with spaces for what stood
// between its sentences.
func known(doc corpora.Document) corpora.Document {
	sentences, _ := corpora.Annotate(doc)
	out := corpora.Document{ID: doc.ID}
	text := []byte(strings.Repeat(" ", len(doc.Text)))
	end := 0
	for _, s := range sentences {
		end = s.Offset + len(s.Text)
		copy(text[s.Offset:end], s.Text)
		out.Sentences = append(out.Sentences, s.Sentence)
	}
	out.Text = string(text[:end])
	for _, e := range doc.Entities {
		e.ID = ""
		out.Entities = append(out.Entities, e)
	}
	slices.SortStableFunc(out.Entities, corpora.CompareEntities)
	return out
}

// same compares documents, in which no list and an empty one are equal.
func same(a, b corpora.Document) bool {
	return fmt.Sprintf("%q", flat(a)) == fmt.Sprintf("%q", flat(b))
}

func flat(d corpora.Document) []string {
	list := []string{d.ID, d.Text}
	for _, s := range d.Sentences {
		list = append(list, fmt.Sprint(s.DocID, s.Index, s.Offset, s.Tokens), s.Text)
	}
	for _, e := range d.Entities {
		list = append(list, fmt.Sprint(e.Label, e.Fragments, e.Concepts), e.Surface(d.Text))
	}
	return list
}

func sameDocuments(t *testing.T, got, want []corpora.Document) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d documents, want %d", len(got), len(want))
	}
	for i := range want {
		if w := known(want[i]); !same(got[i], w) {
			t.Errorf("document %d:\n%q\nwant\n%q", i, flat(got[i]), flat(w))
		}
	}
}

func TestDocumentsOfTheSample(t *testing.T) {
	var docs []corpora.Document
	for doc, err := range sample.Train() {
		if err != nil {
			t.Fatal(err)
		}
		if docs = append(docs, doc); len(docs) == 80 {
			break
		}
	}
	dir := t.TempDir()
	build(t, dir, Input{Corpora: []Corpus{corpus("train", docs...)}}, sampleOptions())
	x := open(t, dir)
	restored := collect(x.Documents())
	sameDocuments(t, restored, docs)

	again := t.TempDir() // what is restored makes the same index
	build(t, again, Input{Corpora: []Corpus{corpus("train", restored...)}}, sampleOptions())
	y := open(t, again)
	sameContent(t, x, y)
	sameDocuments(t, collect(y.Documents()), docs)
	if a, b := files(t, x.path), files(t, y.path); a["/lexicon.bin"] != b["/lexicon.bin"] || a["/sentences.documents"] != b["/sentences.documents"] {
		t.Error("an index of restored documents has another lexicon or other documents")
	}
	if err := x.Err(); err != nil {
		t.Error(err)
	}
}

// TestOddDocuments restores what real corpora hold: sentences that stand in many documents and twice in one, with
// other annotations; an entity that crosses a border, nested, crossing, discontinuous and double-labelled ones; several
// bytes a letter; sentences and tokens that the corpus states; text of white space; an empty document.
func TestOddDocuments(t *testing.T) {
	fragments := func(f ...int) (list []corpora.Fragment) {
		for i := 0; i < len(f); i += 2 {
			list = append(list, corpora.Fragment{Start: f[i], End: f[i+1]})
		}
		return list
	}
	odd := corpora.Document{ID: "odd", Text: "left and right 𝒶trial dilation. Then\u00a0more.", Entities: []corpora.Entity{
		{ID: "T9", Label: "X", Fragments: fragments(0, 4, 15, 33), Concepts: []string{"D1", "D2"}},
		{Label: "Y", Fragments: fragments(0, 14)},
		{Label: "W", Fragments: fragments(9, 14)},
		{Label: "Z", Fragments: fragments(9, 33)},
		{Label: "X", Fragments: fragments(9, 33)},
	}}
	crossing := doc(t, "crossing", "  He has type 1.\n\nDiabetes came. It went.")
	crossing.Entities = []corpora.Entity{{Label: "Disease", Fragments: fragments(strings.Index(crossing.Text, "type"), strings.Index(crossing.Text, " came"))}}
	tokens := []corpora.Token{{Start: 0, End: 4}, {Start: 5, End: 14}, {Start: 15, End: 19}}
	stated := corpora.Document{ID: "stated", Text: "e.g. non-small cell", Sentences: []corpora.Sentence{{DocID: "stated", Text: "e.g. non-small cell", Tokens: tokens}}}
	docs := []corpora.Document{
		doc(t, "a", "It was seen. It was seen. Zinc was given.", "Chemical=Zinc"),
		odd, crossing, stated,
		doc(t, "b", "Zinc was given. It was seen."),
		doc(t, "c", "It was seen.  Zinc was given.", "Metal=Zinc"),
	}
	dir := t.TempDir()
	if report := build(t, dir, Input{Corpora: []Corpus{corpus("odd", docs...)}}, Options{Created: created}); len(report.Failed) > 0 {
		t.Fatal(report.Failed)
	}
	x := open(t, dir)
	sameDocuments(t, collect(x.Documents()), docs)
	for atOnce := range len(docs) {
		sameDocuments(t, collect(x.documentsOf(0, atOnce+1)), docs)
	}
	if n := len(x.SentencesOf("a")); n != 2 {
		t.Fatalf("document a has %d distinct sentences", n)
	}
}

// TestDocumentsWithoutText stand in an index, and are given back empty.
func TestDocumentsWithoutText(t *testing.T) {
	dir := t.TempDir()
	report := build(t, dir, Input{Corpora: []Corpus{corpus("blank", doc(t, "a", ""), doc(t, "b", " \n "), doc(t, "c", "Text."))}}, Options{Created: created})
	var ids []string
	for _, d := range collect(open(t, dir).Documents()) {
		if ids = append(ids, d.ID); d.ID != "c" && (len(d.Sentences) > 0 || d.Text != "") {
			t.Errorf("%+v", d)
		}
	}
	if len(ids) != report.Counts.Documents || !slices.Contains(ids, "c") {
		t.Errorf("documents %v of %d", ids, report.Counts.Documents)
	}
}

// TestDocumentsOfOneID stay apart, each with its own sentences.
func TestDocumentsOfOneID(t *testing.T) {
	docs := []corpora.Document{
		doc(t, "same", "Zinc was given. It was seen.", "Chemical=Zinc"), doc(t, "same", "It was seen. Gout came.", "Disease=Gout"),
	}
	dir := t.TempDir()
	build(t, dir, Input{Corpora: []Corpus{corpus("twice", docs...)}}, Options{Created: created})
	sameDocuments(t, collect(open(t, dir).Documents()), docs)
}

func TestPassageDocuments(t *testing.T) {
	dir := t.TempDir()
	in := sampleInput(t)
	in.Passages = append(in.Passages, corpus("more", doc(t, "a2", "Zinc is a metal. Really.", "Chemical=Zinc")))
	build(t, dir, in, sampleOptions())
	x := open(t, dir)
	bare := doc(t, "a2", "Zinc is a metal. Really.") // annotations of passages are ignored
	sameDocuments(t, collect(x.PassageDocuments()), []corpora.Document{doc(t, "a1", "Fibrosis of the lung is a scar. Zinc is a metal."), bare})
	n := 0
	for range x.Documents() { // a reader may stop
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d documents read", n)
	}
}

// TestDigest is the same for an index however often it is opened, and another for another index.
func TestDigest(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	build(t, a, sampleInput(t), sampleOptions())
	o := sampleOptions()
	o.Version = "other"
	build(t, b, sampleInput(t), o)
	first, again, other := open(t, a).Digest(), open(t, a).Digest(), open(t, b).Digest()
	if len(first) != 64 || first != again || first == other {
		t.Errorf("digests %s, %s, %s", first, again, other)
	}
	if !reflect.DeepEqual(strings.Fields(files(t, a)["/"+currentName])[1], first) {
		t.Error("the digest is not that of the manifest")
	}
}
