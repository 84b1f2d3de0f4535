package tag

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
	"github.com/ragner/ragner/retrieval"
)

// numbers is a model that names cystic fibrosis and gout wherever they stand, in the form that it is asked for. Of the
// texts of a prompt of several it leaves out those with a word in it.
func numbers(without string) *testkit.Replay {
	return &testkit.Replay{Answer: func(r llm.Request) (llm.Response, error) {
		asked := r.Messages[len(r.Messages)-1].Content
		var parts []string
		for line := range strings.SplitSeq(asked, "\n") {
			head, text, _ := strings.Cut(line, ": ")
			number, several := strings.CutPrefix(head, "Text ")
			if !strings.HasPrefix(head, "Text") || without != "" && several && strings.Contains(text, without) {
				continue
			}
			answer := "{}"
			for _, name := range []string{"cystic fibrosis", "gout"} {
				if strings.Contains(text, name) {
					answer = fmt.Sprintf(`{"Disease":[%q]}`, name)
				}
			}
			if !several {
				return llm.Response{Text: answer, PromptTokens: 10, OutputTokens: 2}, nil
			}
			parts = append(parts, fmt.Sprintf("%q:%s", number, answer))
		}
		return llm.Response{Text: "{" + strings.Join(parts, ",") + "}", PromptTokens: 10, OutputTokens: 2}, nil
	}}
}

func newTogether(t *testing.T, g llm.Generator, n, share int) *LLM {
	t.Helper()
	s := newSearcher(t, theCorpus(t), func(s *retrieval.Settings) { s.K = 3 })
	l := newLLM(s, g)
	l.Prompt.Format = align.JSON
	l.Sharer = &Sharer{Searcher: s, Together: n, Sharing: retrieval.Sharing{PerSet: share, Own: 1}, Calls: func() int { return 2 }}
	return l
}

const fiveSentences = "He has gout. She is well. Patients with cystic fibrosis cough. The pain is gone. Zinc was given in gout."

// TestTogether: fewer calls, the same entities; what the answer lacks is asked again alone, and counted.
func TestTogether(t *testing.T) {
	doc := corpora.Document{ID: "in", Text: fiveSentences}
	const want = "Disease gout (exact), Disease cystic fibrosis (exact), Disease gout (exact)"
	for _, c := range []struct {
		n, share     int
		without      string
		calls, again int
	}{
		{1, 0, "", 5, 0},
		{2, 0, "", 3, 0},
		{4, 0, "", 2, 0},
		{10, 0, "", 1, 0},
		{5, 0, "gout", 3, 2},
		{4, 0, "gout", 3, 1},
		{5, 5, "", 1, 0},
		{2, 5, "well", 4, 1},
	} {
		g := numbers(c.without)
		l := newTogether(t, g, c.n, c.share)
		got, stats, err := Document(context.Background(), l, doc, 0)
		if err != nil || show(got.Text, got.Entities) != want {
			t.Errorf("%+v: %s, %v", c, show(got.Text, got.Entities), err)
		}
		if stats.Calls != c.calls || stats.AskedAgain != c.again || stats.Asked != 5 || stats.Sentences != 5 || stats.PromptTokens != 10*c.calls || len(g.Requests()) != c.calls {
			t.Errorf("%+v: stats %+v", c, stats)
		}
		if len(l.Sharer.plans) > 0 {
			t.Errorf("%+v: plans of the document are kept", c)
		}
	}
}

// TestTogetherAcross: sentences of several documents, planned together, stand in one prompt; what one document alone gets
// wrong fails only that.
func TestTogetherAcross(t *testing.T) {
	g := numbers("")
	l := newTogether(t, g, 4, 0)
	var docs []corpora.Document
	for i := range 8 {
		docs = append(docs, corpora.Document{ID: fmt.Sprint("n", i), Text: fmt.Sprintf("Patient %d has gout.", i)})
	}
	prepare := func(ctx context.Context, docs []corpora.Document) error {
		var inputs []Input
		for _, doc := range docs {
			inputs = append(inputs, Inputs(doc, 0)...)
		}
		return l.Sharer.Prepare(ctx, inputs)
	}
	each := func(yield func(corpora.Document, error) bool) {
		for _, doc := range docs {
			if !yield(doc, nil) {
				return
			}
		}
	}
	work := func(ctx context.Context, doc corpora.Document) Result {
		doc, stats, err := Document(ctx, l, doc, 0)
		return Result{Document: doc, Stats: stats, Err: err}
	}
	var sum Stats
	for r := range (Plan{Prepare: prepare}).Run(context.Background(), each, work) {
		if got := show(r.Document.Text, r.Document.Entities); r.Err != nil || got != "Disease gout (exact)" {
			t.Errorf("%s: %s, %v", r.Document.ID, got, r.Err)
		}
		sum = sum.Add(r.Stats)
	}
	if sum.Calls != 2 || sum.Sentences != 8 {
		t.Errorf("stats %+v", sum)
	}
}

// TestTogetherSplits: a prompt that would not fit is split, and the demonstrations stay.
func TestTogetherSplits(t *testing.T) {
	g := numbers("")
	l := newTogether(t, g, 5, 0)
	l.Prompt.ContextTokens, l.Prompt.MaxTokens = 560, 60
	got, stats, err := Document(context.Background(), l, corpora.Document{ID: "in", Text: fiveSentences}, 0)
	if err != nil || len(got.Entities) != 3 || stats.Calls < 2 || stats.Calls > 4 || stats.AskedAgain != 0 {
		t.Errorf("%s, stats %+v, %v", show(got.Text, got.Entities), stats, err)
	}
}

// TestTogetherFaults: an answer of no use has all asked alone; what is wrong with the server fails the document; who is
// called off leaves the call to the next.
func TestTogetherFaults(t *testing.T) {
	inner := numbers("")
	kind := llm.Incomplete
	g := &testkit.Replay{Answer: func(r llm.Request) (llm.Response, error) {
		if strings.Contains(r.Messages[0].Content, "each numbered text") {
			return llm.Response{Text: `{"1":{"Disease":["gout"]},"2":{`}, &llm.Error{Kind: kind, Err: errors.New("no")}
		}
		return inner.Generate(context.Background(), r)
	}}
	doc := corpora.Document{ID: "in", Text: fiveSentences}
	got, stats, err := Document(context.Background(), newTogether(t, g, 5, 0), doc, 0)
	if err != nil || len(got.Entities) != 3 || stats.AskedAgain != 4 || stats.Calls != 5 {
		t.Errorf("%s, stats %+v, %v", show(got.Text, got.Entities), stats, err)
	}
	kind = llm.Timeout
	if _, _, err := Document(context.Background(), newTogether(t, g, 5, 0), doc, 0); err == nil {
		t.Error("no error of the server")
	}
	l := newTogether(t, inner, 5, 0)
	inputs := Inputs(doc, 0)
	if err := l.Sharer.Prepare(context.Background(), inputs); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Tag(ended, inputs[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
	if p := tagged(t, l, inputs[2]); len(p.Entities) != 1 {
		t.Errorf("after one was called off: %s", show(inputs[2].Sentence.Text, p.Entities))
	}
}

// TestTogetherHoldsOut: of a document that stands in the index nothing is shown in a prompt in which one of its sentences
// stands, whatever other sentence it would be shown for.
func TestTogetherHoldsOut(t *testing.T) {
	for _, share := range []int{0, 3} {
		g := numbers("")
		l := newTogether(t, g, 4, share)
		var inputs []Input
		for _, doc := range theCorpus(t)[:4] {
			inputs = append(inputs, Inputs(doc, 0)...)
		}
		if err := l.Sharer.Prepare(context.Background(), inputs); err != nil {
			t.Fatal(err)
		}
		for _, in := range inputs {
			tagged(t, l, in)
		}
		for _, r := range g.Requests() {
			last := r.Messages[len(r.Messages)-1].Content
			for _, in := range inputs {
				if !strings.Contains(last, in.Sentence.Text) {
					continue
				}
				for _, m := range r.Messages[:len(r.Messages)-1] {
					if strings.Contains(m.Content, in.Sentence.Text) {
						t.Errorf("share %d: a sentence is shown with its annotations", share)
					}
				}
			}
		}
	}
}

// TestTogetherShown: what is shown without a call is what is sent; a prompt of several counts one call.
func TestTogetherShown(t *testing.T) {
	g := numbers("")
	l := newTogether(t, g, 3, 0)
	inputs := Inputs(corpora.Document{ID: "in", Text: fiveSentences}, 0)
	forget, err := PlanAlone(context.Background(), l, inputs)
	if err != nil {
		t.Fatal(err)
	}
	defer forget()
	calls := 0
	for _, in := range inputs {
		shown, err := l.Render(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		tagged(t, l, in)
		calls += shown.Calls
		sent := g.Requests()
		if last := sent[len(sent)-1]; fmt.Sprint(last.Messages) != fmt.Sprint(shown.Prompt.Messages) {
			t.Errorf("shown\n%v\nsent\n%v", shown.Prompt.Messages, last.Messages)
		}
	}
	if calls != 2 || len(g.Requests()) != 2 {
		t.Errorf("%d calls shown, %d made", calls, len(g.Requests()))
	}
}

// TestTogetherCascade: what a cascade asks about goes together too, each sentence with its own hints.
func TestTogetherCascade(t *testing.T) {
	g := numbers("")
	c := newCascade(t, g)
	l := c.Asker.(*AskEntities).Model
	l.Prompt.Format = align.JSON
	l.Sharer = &Sharer{Searcher: l.Searcher, Together: 4}
	c.Stack = learn.Stack{0, 1, 9, 1, -9}
	text := strings.Repeat(doubtful+" ", 3)
	_, stats, err := Document(context.Background(), c, corpora.Document{ID: "in", Text: text}, 0)
	if err != nil || stats.Asked != 3 || stats.Calls != 1 {
		t.Errorf("stats %+v, %v", stats, err)
	}
	if sent := prompts(g); strings.Count(sent, "Text 3: Case 99") != 1 || strings.Count(sent, " %)") < 3 {
		t.Errorf("sent\n%s", sent)
	}
}

// TestSkip: a sentence in which the index knows of nothing likely is not put to the model, and has what the index knows.
func TestSkip(t *testing.T) {
	for _, learned := range []bool{false, true} {
		g := answers(`{"Disease":["nothing"]}`)
		l := newTogether(t, g, 1, 0)
		if learned {
			l.Learned = newLearned(t)
		}
		l.Sharer, l.Skip = nil, 0.5
		p := tagged(t, l, sentence("Case 99: Nothing was found in the samples."))
		if p.Stats != (Stats{Sentences: 1}) || len(p.Entities) > 0 || len(g.Requests()) > 0 {
			t.Errorf("learned %v: %+v", learned, p)
		}
		in := sentence("Case 99: Patients with cystic fibrosis cough.")
		if p := tagged(t, l, in); p.Stats.Asked != 1 {
			t.Errorf("learned %v: not asked, %+v", learned, p.Stats)
		}
		asked, err := l.Asked(context.Background(), []Input{sentence("Case 99: Nothing was found in the samples."), in})
		if err != nil || len(asked) != 1 {
			t.Errorf("learned %v: %d asked, %v", learned, len(asked), err)
		}
		if shown, err := l.Render(context.Background(), sentence("Case 99: Nothing was found in the samples.")); err != nil || shown.Calls != 0 {
			t.Errorf("learned %v: %d calls shown, %v", learned, shown.Calls, err)
		}
		l.Skip = 1
		l.Weigh = Weigher{Trust: 0, Threshold: 0.1}
		if p := tagged(t, l, in); p.Stats.Asked != 0 || len(p.Entities) != 1 {
			t.Errorf("learned %v: what the index knows: %+v", learned, p)
		}
	}
}
