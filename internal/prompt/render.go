package prompt

import (
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/retrieval"
)

// writer renders one prompt.
type writer struct {
	in        Input
	settings  Settings
	templates *template.Template
	labels    *align.Labels
}

// system is the data of the template "system".
type system struct {
	Labels                       []Label
	ShowTerms, Passages, Context bool
}

// input is the data of the template "input". All texts are fenced.
type input struct {
	Passages            []string
	Before, After, Text string
	ShowTerms           bool
	Terms               string
}

// example is a demonstration, ready to show.
type example struct {
	index    int
	input    string
	answer   string
	faithful bool
}

// fit drops evidence until the prompt fits.
func (w *writer) fit() (Prompt, error) {
	examples, err := w.examples()
	if err != nil {
		return Prompt{}, err
	}
	passages := len(w.in.Evidence.Passages)
	answer := AnswerTokens(w.settings.Format, w.settings.count(w.in.Sentence.Text), w.settings.MaxTokens)
	room := w.settings.ContextTokens - answer
	var p Prompt
	p.MaxTokens = answer
	for {
		if p.Messages, err = w.messages(examples, passages, !p.DroppedContext); err != nil {
			return Prompt{}, err
		}
		p.Tokens = w.countMessages(p.Messages)
		switch {
		case p.Tokens <= room:
			w.report(&p, examples)
			return p, nil
		case passages > 0:
			passages--
			p.DroppedPassages++
		case len(examples) > 0:
			examples = examples[:len(examples)-1]
			p.Dropped++
		case w.hasContext() && !p.DroppedContext:
			p.DroppedContext = true
		default:
			return Prompt{}, fmt.Errorf("prompt: %w: %d tokens and %d for the answer, of %d", ErrTooLong, p.Tokens, answer, w.settings.ContextTokens)
		}
	}
}

func (w *writer) report(p *Prompt, examples []example) {
	for _, e := range w.ordered(examples) {
		p.Shown = append(p.Shown, e.index)
		if !e.faithful {
			p.Unfaithful = append(p.Unfaithful, e.index)
		}
	}
}

func (w *writer) hasContext() bool { return w.in.Before != "" || w.in.After != "" }

func (w *writer) countMessages(messages []llm.Message) int {
	n := turnTokens // the beginning of the answer's turn
	for _, m := range messages {
		n += turnTokens + w.settings.count(m.Content)
	}
	return n
}

// examples renders the demonstrations, best first.
func (w *writer) examples() ([]example, error) {
	var out []example
	for i, d := range w.in.Evidence.Demonstrations {
		var hits []retrieval.TermHit
		if w.settings.ShowTerms {
			hits = w.in.DemonstrationTerms[i]
		}
		shown, err := w.input(d.Sentence, hits, input{})
		if err != nil {
			return nil, err
		}
		answer, faithful := Answer(w.settings.Format, d.Sentence, d.Entities, w.labels)
		out = append(out, example{i, shown, answer, faithful})
	}
	return out, nil
}

// ordered puts the examples, best first, into the order in which they are shown: those that are shared with other
// sentences before the others, so that the prompts of all these sentences begin alike.
func (w *writer) ordered(examples []example) []example {
	shared := min(w.in.Evidence.Shared, len(examples))
	return append(w.arranged(examples[:shared]), w.arranged(examples[shared:])...)
}

func (w *writer) arranged(examples []example) []example {
	out := slices.Clone(examples)
	switch w.settings.Order {
	case BestLast:
		slices.Reverse(out)
	case ByReference:
		slices.SortStableFunc(out, func(a, b example) int {
			return strings.Compare(w.in.Evidence.Demonstrations[a.index].Ref(), w.in.Evidence.Demonstrations[b.index].Ref())
		})
	}
	return out
}

// messages writes the fixed part first, then the examples, then the input.
func (w *writer) messages(examples []example, passages int, context bool) ([]llm.Message, error) {
	data := input{}
	for _, p := range w.in.Evidence.Passages[:passages] {
		data.Passages = append(data.Passages, line(p.Text))
	}
	if context {
		data.Before, data.After = line(w.in.Before), line(w.in.After)
	}
	last, err := w.input(w.in.Sentence, w.in.Evidence.Terms, data)
	if err != nil {
		return nil, err
	}
	head, err := w.execute("system", system{w.fencedLabels(), w.settings.ShowTerms, passages > 0, context && w.hasContext()})
	if err != nil {
		return nil, err
	}
	messages := []llm.Message{{Role: "system", Content: head}}
	if w.settings.Turns {
		for _, e := range w.ordered(examples) {
			messages = append(messages, llm.Message{Role: "user", Content: e.input}, llm.Message{Role: "assistant", Content: e.answer})
		}
		return append(messages, llm.Message{Role: "user", Content: last}), nil
	}
	return append(messages, llm.Message{Role: "user", Content: block(w.ordered(examples), last)}), nil
}

// block is everything in one message; each answer stands behind its marker.
func block(examples []example, last string) string {
	var b strings.Builder
	for _, e := range examples {
		b.WriteString(e.input + "\nAnswer:\n" + e.answer + "\n\n")
	}
	return b.String() + last + "\nAnswer:"
}

func (w *writer) fencedLabels() []Label {
	out := slices.Clone(w.settings.Labels)
	for i := range out {
		out[i].Description = line(out[i].Description)
	}
	return out
}

// input renders a sentence with its hits into data's form.
func (w *writer) input(s corpora.Sentence, hits []retrieval.TermHit, data input) (string, error) {
	data.Text = Fence(s.Text)
	data.ShowTerms = w.settings.ShowTerms
	data.Terms = w.terms(hits)
	return w.execute("input", data)
}

// terms shows the hits in text order, equal ones once: "cystic fibrosis (Disease), CF (Disease)".
func (w *writer) terms(hits []retrieval.TermHit) string {
	var shown []string
	for _, h := range hits {
		term := line(h.Surface)
		if h.Term.Label != "" {
			if !w.labels.Has(h.Term.Label) {
				continue // not asked for
			}
			term += " (" + h.Term.Label + chance(h) + ")"
		}
		if !slices.Contains(shown, term) {
			shown = append(shown, term)
		}
	}
	if len(shown) == 0 {
		return align.NoEntity
	}
	return strings.Join(shown, ", ")
}

// chance shows how sure the learned tagger is of a hit: ", 62 %".
func chance(h retrieval.TermHit) string {
	if h.Chance == 0 {
		return ""
	}
	return fmt.Sprintf(", %.0f %%", 100*h.Chance)
}

func (w *writer) execute(name string, data any) (string, error) {
	var b strings.Builder
	if err := w.templates.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("prompt: template %s: %w", name, err)
	}
	return b.String(), nil
}
