package tag

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
)

// AskQuestions asks a model about each doubtful mention, yes or no, with examples from the index. All questions begin
// alike, so that a server that keeps the beginning of the last prompt reads little more than the sentence for each. The
// model's say is one number: its log-odds of yes, where the server gives log-probabilities.
type AskQuestions struct {
	Model    *LLM
	Examples []Example // best first
}

var _ Asker = (*AskQuestions)(nil)

// Example is an answered question, of a document of the index.
type Example struct {
	prompt.AnsweredQuestion
	DocID string
}

// What is asked about: mentions that are neither nearly sure nor nearly impossible.
const (
	leastAsked = 0.08
	mostAsked  = 0.92
)

// Features is 1.
func (a *AskQuestions) Features() int { return 1 }

// Ask calls the model once for each doubtful mention.
func (a *AskQuestions) Ask(ctx context.Context, _ *Learned, k look) (say, Stats, error) {
	stats := Stats{Asked: 1}
	examples := a.examplesFor(k.in)
	out := make([][]said, len(k.proposed))
	for i, group := range k.proposed {
		for _, m := range group {
			s := said{m, []float64{0}}
			if m.Score >= leastAsked && m.Score <= mostAsked {
				odds, counted, err := a.ask(ctx, k, m, examples)
				stats = stats.Add(counted)
				if err != nil {
					return say{}, stats, err
				}
				s.model[0] = odds
			}
			out[i] = append(out[i], s)
		}
	}
	return say{mentions: out}, stats, nil
}

// Stack believes a model a little.
func (a *AskQuestions) Stack() learn.Stack { return learn.Stack{0, 1, 0.1} }

// Render gives the messages of the first question.
func (a *AskQuestions) Render(_ context.Context, _ *Learned, k look) (Shown, error) {
	var shown Shown
	for _, group := range k.proposed {
		for _, m := range group {
			if m.Score < leastAsked || m.Score > mostAsked {
				continue
			}
			if shown.Calls++; shown.Calls > 1 {
				continue
			}
			messages, tokens, err := prompt.Ask(k.question(m), a.examplesFor(k.in), a.Model.Prompt)
			if err != nil {
				return shown, err
			}
			shown.Prompt = prompt.Prompt{Messages: messages, Tokens: tokens, MaxTokens: prompt.QuestionTokens, Stop: []string{"\n"}}
		}
	}
	return shown, nil
}

func (k look) question(m learn.Mention) prompt.Question {
	span := k.span(m)
	return prompt.Question{Text: k.in.Sentence.Text, Start: span.Start, End: span.End, Label: m.Label}
}

// Examples chooses questions with their answers to be shown: of held-out mentions those nearest to even odds, right and
// wrong ones in turn, one a document, in short sentences.
func Examples(held []learn.HeldOut, n int) []Example {
	const mostBytes = 240
	var sides [2][]Example
	distance := map[Example]float64{}
	for _, h := range held {
		k := look{in: Input{Sentence: h.Sentence}, tokens: corpora.Tokenize(h.Text)}
		for _, group := range h.Proposals {
			for _, m := range group {
				if len(h.Text) > mostBytes {
					continue
				}
				yes := h.Has(k.span(m), m.Label)
				e := Example{prompt.AnsweredQuestion{Question: k.question(m), Yes: yes}, h.DocID}
				side := 0
				if yes {
					side = 1
				}
				sides[side], distance[e] = append(sides[side], e), math.Abs(m.Score-0.5)
			}
		}
	}
	for _, side := range sides {
		slices.SortStableFunc(side, func(a, b Example) int { return cmp.Compare(distance[a], distance[b]) })
	}
	return alternate(sides, n)
}

// alternate takes from both sides in turn, from each document once.
func alternate(sides [2][]Example, n int) []Example {
	var list []Example
	used := map[string]bool{}
	for turn := 1; len(list) < n && len(sides[0])+len(sides[1]) > 0; turn = 1 - turn {
		for len(sides[turn]) > 0 {
			e := sides[turn][0]
			sides[turn] = sides[turn][1:]
			if !used[e.DocID] {
				used[e.DocID] = true
				list = append(list, e)
				break
			}
		}
	}
	return list
}

// examplesFor leaves out what must not be shown for a sentence.
func (a *AskQuestions) examplesFor(in Input) []prompt.AnsweredQuestion {
	var list []prompt.AnsweredQuestion
	for _, e := range a.Examples {
		if e.DocID != in.Sentence.DocID && !slices.Contains(in.Exclude, e.DocID) {
			list = append(list, e.AnsweredQuestion)
		}
	}
	return list
}

func (a *AskQuestions) ask(ctx context.Context, k look, m learn.Mention, examples []prompt.AnsweredQuestion) (float64, Stats, error) {
	messages, _, err := prompt.Ask(k.question(m), examples, a.Model.Prompt)
	if err != nil {
		return 0, Stats{}, err
	}
	r := llm.Request{
		Messages: messages, MaxTokens: prompt.QuestionTokens, Stop: []string{"\n"}, Seed: a.Model.Seed,
		ContextSize: a.Model.Prompt.ContextTokens, AllowCut: true,
	}
	answer, err := a.Model.Generator.Generate(ctx, r)
	stats := callStats(answer)
	if err != nil {
		return 0, stats, err
	}
	if _, ok := prompt.ReadAnswer(answer.Text); !ok { // it talks: hold it to the choice
		r.Schema, r.Stop = json.RawMessage(prompt.QuestionSchema), nil
		answer, err = a.Model.Generator.Generate(ctx, r)
		stats = stats.Add(callStats(answer))
	}
	return odds(answer), stats, err
}

// Log-odds are bounded, and a bare yes is worth this much.
const (
	mostOdds = 6.0
	bareOdds = 2.0
)

// odds are the log-odds of yes in an answer, 0 where it says neither yes nor no.
func odds(answer llm.Response) float64 {
	yes, ok := prompt.ReadAnswer(answer.Text)
	if !ok {
		return 0
	}
	z := bareOdds
	for _, t := range answer.Logprobs {
		if word := strings.ToLower(strings.Trim(t.Token, " \"\n")); word == prompt.Yes || word == prompt.No {
			p := math.Exp(t.Logprob)
			z = min(max(math.Log(p)-math.Log1p(-min(p, 1-1e-9)), 0), mostOdds)
			break
		}
	}
	if !yes {
		return -z
	}
	return z
}
