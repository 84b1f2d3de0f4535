package tag

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
)

// TestDocumentOffsets: entities of every sentence stand at their place in the document, whatever stands before them.
func TestDocumentOffsets(t *testing.T) {
	n := &Neighbours{Searcher: newSearcher(t, theCorpus(t))}
	for _, text := range []string{
		"Cystic fibrosis is inherited. Zinc was given. The pain of gout is treated with colchicine.",
		"\n\n  Ärger mit Ödemen — 𝒳 (π ≈ 3.14).  Cystic fibrosis\u00a0is inherited.\r\n\r\n患者有疾病。Zinc was given to Åsa.",
		"\ufeffCystic fibrosis.\u2029Gout!",
		strings.Repeat("The pain of gout is treated with colchicine in Zürich. ", 200),
	} {
		doc, stats, err := Document(context.Background(), n, corpora.Document{ID: "in", Text: text}, 0)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, name := range []string{"cystic fibrosis", "zinc", "gout", "colchicine"} {
			want += strings.Count(strings.ToLower(text), name)
		}
		if len(doc.Entities) != want || stats.Sentences < 2 {
			t.Errorf("%d entities in %d sentences, want %d", len(doc.Entities), stats.Sentences, want)
		}
		for _, e := range doc.Entities {
			if s := strings.ToLower(e.Surface(text)); !slices.Contains([]string{"cystic fibrosis", "zinc", "gout", "colchicine"}, s) {
				t.Errorf("an entity stands at %v, %q", e.Fragments, s)
			}
		}
		if !slices.IsSortedFunc(doc.Entities, corpora.CompareEntities) {
			t.Error("entities are not in order")
		}
	}
}

// TestDocumentForgetsItsAnnotations: what a document brings along is neither kept nor changed.
func TestDocumentForgetsItsAnnotations(t *testing.T) {
	doc := document(t, "in", "Nothing but a [canary|Bird].")
	tagged, _, err := Document(context.Background(), &Neighbours{Searcher: newSearcher(t, theCorpus(t))}, doc, 0)
	if err != nil || len(tagged.Entities) != 0 {
		t.Errorf("%v, error %v", tagged.Entities, err)
	}
	if len(doc.Entities) != 1 || tagged.Text != doc.Text || tagged.ID != doc.ID {
		t.Errorf("the document was changed: %+v", doc)
	}
}

// TestInputs: sentences as the document states them, with their neighbours and the document's abbreviations.
func TestInputs(t *testing.T) {
	doc := corpora.Document{ID: "d", Text: "Cystic fibrosis (CF) is inherited. Zinc helps. CF is rare."}
	for around, want := range map[int][][2]string{
		0: {{"", ""}, {"", ""}, {"", ""}},
		1: {
			{"", "Zinc helps."},
			{"Cystic fibrosis (CF) is inherited.", "CF is rare."},
			{"Zinc helps.", ""},
		},
		9: {
			{"", "Zinc helps. CF is rare."},
			{"Cystic fibrosis (CF) is inherited.", "CF is rare."},
			{"Cystic fibrosis (CF) is inherited. Zinc helps.", ""},
		},
	} {
		list := Inputs(doc, around)
		if len(list) != 3 {
			t.Fatalf("%d sentences", len(list))
		}
		for i, in := range list {
			if in.Before != want[i][0] || in.After != want[i][1] {
				t.Errorf("around %d, sentence %d: before %q, after %q", around, i, in.Before, in.After)
			}
			if in.Sentence.DocID != "d" || in.Sentence.Index != i || in.Abbreviations["CF"] == "" {
				t.Errorf("sentence %d: %+v", i, in)
			}
			if at := in.Sentence.Offset; doc.Text[at:at+len(in.Sentence.Text)] != in.Sentence.Text {
				t.Errorf("sentence %d does not stand at byte %d", i, at)
			}
		}
	}
	given := corpora.Document{ID: "d", Text: "a b", Sentences: []corpora.Sentence{{Text: "a"}, {Text: "b", Offset: 2}}}
	if list := Inputs(given, 1); len(list) != 2 || list[1].Sentence.Text != "b" || list[1].Before != "a" {
		t.Errorf("given sentences: %+v", list)
	}
	if list := Inputs(corpora.Document{ID: "empty"}, 1); len(list) != 0 {
		t.Errorf("an empty document has %d sentences", len(list))
	}
}

// TestAbbreviationsAcrossSentences: what the first sentence defines holds in the third.
func TestAbbreviationsAcrossSentences(t *testing.T) {
	n := &Neighbours{Searcher: newSearcher(t, theCorpus(t))}
	text := "Cystic fibrosis (CyF) is inherited. Zinc was given. The patients with CyF cough."
	doc, _, err := Document(context.Background(), n, corpora.Document{ID: "in", Text: text}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(show(text, doc.Entities), "Disease CyF"); got != 2 {
		t.Errorf("CyF is found %d times of 2: %s", got, show(text, doc.Entities))
	}
	last := doc.Entities[len(doc.Entities)-1]
	if !slices.Equal(last.From.Terms, []string{"DOID:1485"}) {
		t.Errorf("CyF rests on %+v", last.From)
	}
}

// TestContextIsShownButNotSearched: the neighbouring sentences are in the prompt, and a mention that stands only there
// has no place.
func TestContextIsShownButNotSearched(t *testing.T) {
	g := answers("Disease: blorb fever")
	l := newLLM(newSearcher(t, theCorpus(t)), g)
	text := "The blorb fever is rare. It is not known here."
	doc, stats, err := Document(context.Background(), l, corpora.Document{ID: "in", Text: text}, 1)
	if err != nil {
		t.Fatal(err)
	}
	requests := g.Requests()
	if last := requests[1].Messages; !strings.Contains(last[len(last)-1].Content, "The blorb fever is rare.") {
		t.Errorf("the second prompt lacks its context:\n%s", last[len(last)-1].Content)
	}
	if show(text, doc.Entities) != "Disease blorb fever (exact)" || stats.Unaligned != 1 {
		t.Errorf("%s, stats %+v", show(text, doc.Entities), stats)
	}
}

// TestDocumentFailsWhole: the first sentence that fails fails the document, with no entities and what it cost until then.
func TestDocumentFailsWhole(t *testing.T) {
	calls := 0
	g := &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) {
		calls++
		if calls == 2 {
			return llm.Response{}, &llm.Error{Kind: llm.Timeout, Err: context.DeadlineExceeded}
		}
		return llm.Response{Text: "Disease: gout", PromptTokens: 10}, nil
	}}
	text := "The pain of gout. Zinc helps. Gout again."
	doc, stats, err := Document(context.Background(), newLLM(newSearcher(t, theCorpus(t)), g), corpora.Document{ID: "in", Text: text}, 0)
	if !errors.Is(err, context.DeadlineExceeded) || len(doc.Entities) != 0 || doc.Text != text {
		t.Errorf("%s, error %v", show(text, doc.Entities), err)
	}
	if calls != 2 || stats.Calls != 2 || stats.PromptTokens != 10 {
		t.Errorf("%d calls, stats %+v", calls, stats)
	}
}

func TestStatsAdd(t *testing.T) {
	one := Stats{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	if got, want := one.Add(one), (Stats{2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := fmt.Sprint(Stats{}.Add(one)); got != fmt.Sprint(one) {
		t.Errorf("%s", got)
	}
}
