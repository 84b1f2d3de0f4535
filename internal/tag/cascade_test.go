package tag

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/internal/testkit"
)

// newCascade asks g about every sentence that is in any doubt, and believes it fully.
func newCascade(t *testing.T, g llm.Generator) *Cascade {
	t.Helper()
	l := newLearned(t)
	return &Cascade{Learned: l, Asker: &AskEntities{newLLM(l.Searcher, g)}, Stack: learn.Stack{0, 1, 9, 1, -9}, Budget: 1}
}

// doubtful is a sentence of which the learned tagger is not sure.
const doubtful = "Case 99: The cold of zinc was found."

// TestCascade: what the model names, or names otherwise, moves the score; where it does not answer usefully the learned
// tagger's word stands; where nothing is in doubt, or the model is not believed, it is not asked.
func TestCascade(t *testing.T) {
	said := "Disease: cold"
	g := &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) {
		if said == "" {
			return llm.Response{}, &llm.Error{Kind: llm.Incomplete, Err: context.DeadlineExceeded}
		}
		return llm.Response{Text: said, PromptTokens: 10, OutputTokens: 3}, nil
	}}
	c := newCascade(t, g)
	alone := tagged(t, c.Learned, sentence(doubtful))
	p := tagged(t, c, sentence(doubtful))
	if got := show(doubtful, p.Entities); !strings.Contains(got, "Disease cold") || p.Stats.Asked != 1 || p.Stats.Calls != 1 {
		t.Errorf("the model names it: %s, stats %+v", got, p.Stats)
	}
	for _, e := range p.Entities {
		if e.Label == "Disease" && stepNames(e) != "sentence model" {
			t.Errorf("a score by %v", e.From.Steps)
		}
	}
	said = "Disease: The cold"
	if got := show(doubtful, tagged(t, c, sentence(doubtful)).Entities); strings.Contains(got, "Disease cold (") {
		t.Errorf("the model names something wider: %s", got)
	}
	said = ""
	p = tagged(t, c, sentence(doubtful))
	if got := show(doubtful, p.Entities); got != show(doubtful, alone.Entities) || p.Stats.Unanswered != 1 {
		t.Errorf("no answer: %s, stats %+v", got, p.Stats)
	}
	for _, e := range p.Entities {
		if stepNames(e) != "" {
			t.Errorf("no answer, but a score by %v", e.From.Steps)
		}
	}
	calls := len(g.Requests())
	c.Stack = learn.Alone(3)
	tagged(t, c, sentence(doubtful))
	c.Stack = learn.Stack{0, 1, 9, 1, -9}
	tagged(t, c, sentence("Case 99: Nothing was found in the samples."))
	if len(g.Requests()) != calls {
		t.Error("the model is asked where that is of no use")
	}
}

// TestBroken: a discontinuous mention, of which the learned tagger can know nothing, stands as surely as its label's mentions
// are new to the index, and not over another with its label.
func TestBroken(t *testing.T) {
	c := newCascade(t, answers(""))
	list := []corpora.Entity{{Label: "Disease", Fragments: []corpora.Fragment{{Start: 9, End: 12}, {Start: 21, End: 25}}}}
	novel := c.Learned.Searcher.Novel("Disease")
	for _, x := range []struct {
		threshold float64
		label     string // of a mention of the same words
		want      int
	}{{novel, "", 1}, {novel * 1.1, "", 0}, {novel, "Disease", 1}, {novel, "Chemical", 2}} {
		var there []corpora.Entity
		if x.label != "" {
			there = []corpora.Entity{{Label: x.label, Fragments: list[0].Fragments[1:]}}
		}
		c.Learned.Threshold = x.threshold
		if got := c.join(there, list); len(got) != x.want {
			t.Errorf("%+v: %d entities", x, len(got))
		}
	}
}

// TestCascadeFails: what is wrong with the server fails the sentence, so that a later run can mend it.
func TestCascadeFails(t *testing.T) {
	c := newCascade(t, &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) {
		return llm.Response{}, &llm.Error{Kind: llm.Timeout, Err: context.DeadlineExceeded}
	}})
	if _, err := c.Tag(context.Background(), sentence(doubtful)); err == nil {
		t.Error("no error")
	}
}

// TestBudget: of sentences that are planned together the model is asked about the most doubtful, and never about more
// than the budget.
func TestBudget(t *testing.T) {
	g := answers("none")
	c := newCascade(t, g)
	texts := []string{doubtful, "Case 98: It was cold.", "Case 97: Nothing was found.", "Case 96: The cold of gout was treated.", "Case 95: Zinc was cold."}
	var inputs []Input
	for _, text := range texts {
		in := sentence(text)
		in.Sentence.DocID = text
		inputs = append(inputs, in)
	}
	for _, budget := range []float64{0, 0.2, 0.4, 1} {
		c.Budget = budget
		asked, err := c.Prepare(context.Background(), inputs)
		if err != nil {
			t.Fatal(err)
		}
		before := len(g.Requests())
		least, most := math.Inf(1), 0.0
		for _, in := range inputs {
			k, err := c.Learned.look(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			if tagged(t, c, in).Stats.Asked == 1 {
				least = min(least, learn.Doubt(k.proposed))
			} else {
				most = max(most, learn.Doubt(k.proposed))
			}
		}
		calls := len(g.Requests()) - before
		if calls != len(asked) || calls > int(budget*float64(len(inputs))) || calls > 0 && most > least {
			t.Errorf("budget %g: %d calls for %d sentences; doubt of those asked about from %g, of others to %g", budget, calls, len(asked), least, most)
		}
		if budget == 0.4 && calls == 0 {
			t.Error("nothing was asked")
		}
	}
}

// TestHints: the model is shown what the learned tagger proposes, with its chances, among the terms.
func TestHints(t *testing.T) {
	g := answers("none")
	c := newCascade(t, g)
	c.Asker.(*AskEntities).Model.Prompt.ShowTerms = true
	tagged(t, c, sentence(doubtful))
	text := prompts(g)
	if !strings.Contains(text, "zinc (Chemical, ") || !strings.Contains(text, " %)") {
		t.Errorf("no hint:\n%s", text)
	}
}

// TestQuestions: every doubtful mention is asked about, with examples of other documents alone; the answer's
// probability counts, and an answer that is none is asked for again, held to the choice.
func TestQuestions(t *testing.T) {
	answer := llm.Response{Text: "no", Logprobs: []llm.TokenLogprob{{Token: "no", Logprob: math.Log(0.9)}}}
	g := &testkit.Replay{Answer: func(r llm.Request) (llm.Response, error) {
		if answer.Text == "well" && r.Schema != nil {
			return llm.Response{Text: `"yes"`}, nil
		}
		return answer, nil
	}}
	l := newLearned(t)
	examples := []Example{
		{prompt.AnsweredQuestion{Question: prompt.Question{Text: "A flu.", Start: 2, End: 5, Label: "Disease"}, Yes: true}, "other"},
		{prompt.AnsweredQuestion{Question: prompt.Question{Text: "A cup.", Start: 2, End: 5, Label: "Disease"}}, "in"},
	}
	a := &AskQuestions{newLLM(l.Searcher, g), examples}
	k, err := l.look(context.Background(), sentence(doubtful))
	if err != nil {
		t.Fatal(err)
	}
	k.proposed = [][]learn.Mention{{{First: 4, Last: 4, Label: "Disease", Score: 0.4}, {First: 6, Last: 6, Label: "Chemical", Score: 0.99}}}
	for _, c := range []struct {
		text string
		want float64
	}{{"no", -math.Log(9)}, {"Yes.", bareOdds}, {"well", bareOdds}} {
		if answer.Text = c.text; c.text != "no" {
			answer.Logprobs = nil
		}
		said, stats, err := a.Ask(context.Background(), l, k)
		if err != nil || stats.Asked != 1 || math.Abs(said.mentions[0][0].model[0]-c.want) > 1e-6 || said.mentions[0][1].model[0] != 0 {
			t.Errorf("%s: %+v, stats %+v, error %v", c.text, said, stats, err)
		}
	}
	text := prompts(g)
	if !strings.Contains(text, "A [[flu]].") || strings.Contains(text, "[[cup]]") || !strings.Contains(text, "The [[cold]] of") || strings.Contains(text, "[[zinc]]") {
		t.Errorf("prompts:\n%s", text)
	}
}

// TestExamples: as many right as wrong ones, each of another document, the nearest to even odds first.
func TestExamples(t *testing.T) {
	var held []learn.HeldOut
	for i, score := range []float64{0.9, 0.5, 0.6, 0.1, 0.45} {
		text := "A cold."
		h := learn.HeldOut{Proposals: [][]learn.Mention{{{First: 1, Last: 1, Label: "Disease", Score: score}}}}
		h.Sentence = corpora.Sentence{DocID: string(rune('a' + i)), Text: text}
		if i%2 == 0 {
			h.Entities = []corpora.Entity{{Label: "Disease", Fragments: []corpora.Fragment{{Start: 2, End: 6}}}}
		}
		held = append(held, h)
	}
	var got []string
	for _, e := range Examples(held, 4) {
		got = append(got, e.DocID)
	}
	if strings.Join(got, "") != "ebcd" {
		t.Errorf("examples of %v", got)
	}
	if len(Examples(held, 0))+len(Examples(nil, 3)) != 0 {
		t.Error("examples where there are none")
	}
}

// TestJudge: a sentence that was held out is asked about as a cascade would, and its annotation tells who is right.
func TestJudge(t *testing.T) {
	c := newCascade(t, answers("Disease: cold"))
	h := learn.HeldOut{Proposals: [][]learn.Mention{
		{{First: 4, Last: 4, Label: "Disease", Score: 0.4}, {First: 4, Last: 5, Label: "Disease", Score: 0.2}}, nil,
	}}
	h.Sentence = corpora.Sentence{DocID: "d3-0", Text: doubtful}
	h.Entities = []corpora.Entity{{Label: "Disease", Fragments: []corpora.Fragment{{Start: 13, End: 17}}}}
	judged, stats, err := c.Judge(context.Background(), h)
	if err != nil || stats.Calls != 1 || len(judged) != 2 {
		t.Fatalf("%+v, stats %+v, error %v", judged, stats, err)
	}
	if !judged[0].Right || judged[0].Model[0] != 1 || judged[1].Right || judged[1].Model[2] != 1 {
		t.Errorf("%+v", judged)
	}
}

// TestLogProbability: the tokens of a part of an answer count, those around it do not.
func TestLogProbability(t *testing.T) {
	answer := llm.Response{Text: `{"D":["a cold"]}`, Logprobs: []llm.TokenLogprob{
		{Token: `{"`, Logprob: -5}, {Token: `D":["`, Logprob: -4}, {Token: "a", Logprob: -0.5}, {Token: " cold", Logprob: -0.25}, {Token: `"]}`, Logprob: -3},
	}}
	if got := logProbability(answer, corpora.Fragment{Start: 7, End: 13}); got != -0.75 {
		t.Errorf("%g", got)
	}
	if got := logProbability(answer, corpora.Fragment{Start: 0, End: 16}); got != leastLogProbability {
		t.Errorf("of all %g", got)
	}
	if got := logProbability(llm.Response{Text: "x"}, corpora.Fragment{End: 1}); got != 0 {
		t.Errorf("of a server that gives none %g", got)
	}
}
