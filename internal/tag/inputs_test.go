package tag

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/retrieval"
)

// Batches are cut out of the whole: each sentence has the neighbours that it has in the document, whatever the batch that
// it is in.
func TestInputsHaveTheirNeighbours(t *testing.T) {
	for _, n := range []int{0, 1, 2, mostOfPage - 1, mostOfPage, mostOfPage + 1, 3*mostOfPage + 5} {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "This is sentence %d of all. ", i)
		}
		doc := corpora.Document{ID: "d", Text: text.String()}
		sentences := corpora.Segment(doc)
		if len(sentences) != n {
			t.Fatalf("%d sentences of %d", len(sentences), n)
		}
		for _, around := range []int{0, 1, 3, 50} {
			inputs := Inputs(doc, around, "other")
			if len(inputs) != n {
				t.Fatalf("%d inputs of %d", len(inputs), n)
			}
			for i, in := range inputs {
				want := Input{
					Sentence: sentences[i], Abbreviations: in.Abbreviations, Exclude: []string{"other"}, Place: in.Place,
					Before: joined(sentences[max(0, i-around):i]), After: joined(sentences[i+1 : min(n, i+1+around)]),
				}
				samePlace := cmp.Comparer(func(a, b retrieval.Place) bool { return a == b })
				if diff := cmp.Diff(want, in, samePlace, cmpopts.IgnoreUnexported(Input{})); diff != "" {
					t.Fatalf("sentence %d of %d, %d around (-want +got):\n%s", i, n, around, diff)
				}
			}
		}
	}
}

// watcher looks at the memory when it has seen some sentences.
type watcher struct {
	sentences, at int
	live          uint64
}

func (w *watcher) Tag(context.Context, Input) (Prediction, error) {
	if w.sentences++; w.sentences == w.at {
		w.live = liveHeap()
	}
	return Prediction{}, nil
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Of a document as long as a book, whose text is in memory, hardly more is held than where its sentences end.
func TestMemoryOfALongDocument(t *testing.T) {
	doc := corpora.Document{ID: "d", Text: strings.Repeat("Hereditary breast cancer (HBC) is seen in some families, and seldom elsewhere. ", 40_000)}
	before := liveHeap()
	for _, at := range []int{1, 20_000} {
		w := &watcher{at: at}
		if _, _, err := Document(t.Context(), w, doc, 1); err != nil {
			t.Fatal(err)
		}
		if w.sentences != 40_000 {
			t.Fatalf("%d sentences", w.sentences)
		}
		perByte := (float64(w.live) - float64(before)) / float64(len(doc.Text))
		t.Logf("at sentence %d: %.2f bytes for each of the text's", at, perByte)
		if perByte > 1.5 {
			t.Errorf("at sentence %d: %.2f bytes are held for each of the text's", at, perByte)
		}
	}
}
