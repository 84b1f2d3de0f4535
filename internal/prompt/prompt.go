package prompt

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/retrieval"
)

// ErrTooLong is the cause when a sentence does not fit into the context even without demonstrations, passages and
// neighbouring sentences.
var ErrTooLong = errors.New("the sentence does not fit into the model's context")

// Input is one sentence with what is known about it.
type Input struct {
	Sentence      corpora.Sentence
	Before, After string // neighbouring text, shown as context; "" for none
	Evidence      retrieval.Evidence
	// DemonstrationTerms[i] are the term hits of Evidence.Demonstrations[i], found without that sentence's own
	// annotations: hits that know the answer would teach the model to copy them. Needed when terms are shown.
	DemonstrationTerms [][]retrieval.TermHit
}

// Prompt is what to send, and what became of the evidence.
type Prompt struct {
	Messages  []llm.Message
	Schema    json.RawMessage // of the answer, in the format json; else nil
	Stop      []string
	MaxTokens int // of the answer
	Tokens    int // of Messages, counted by the settings' Counter
	// Shown are the indexes into Evidence.Demonstrations of those in the prompt, in the order they are shown.
	Shown []int
	// Unfaithful are those of Shown whose answer the format cannot say exactly.
	Unfaithful []int
	// What was left out to fit into the context.
	Dropped         int // demonstrations
	DroppedPassages int
	DroppedContext  bool // Before and After
}

// Render writes the prompt for one sentence. Where it would not fit, passages go first, the least similar first,
// then demonstrations, the least similar first, then the neighbouring text; nothing is ever clipped. The error wraps
// ErrTooLong when all that is not enough.
func Render(in Input, s Settings) (Prompt, error) {
	if err := s.Validate(); err != nil {
		return Prompt{}, err
	}
	if err := in.validate(s); err != nil {
		return Prompt{}, err
	}
	templates, err := load(s.Format, s.Version)
	if err != nil {
		return Prompt{}, err
	}
	w := &writer{in: in, settings: s, templates: templates, labels: s.AlignLabels()}
	p, err := w.fit()
	if err != nil {
		return Prompt{}, err
	}
	p.Stop = stops(s.Format)
	if s.Format == align.JSON {
		p.Schema = schema(s.Labels)
	}
	return p, nil
}

func (in Input) validate(s Settings) error {
	if in.Sentence.Text == "" {
		return errors.New("prompt: the sentence is empty")
	}
	if s.ShowTerms && len(in.DemonstrationTerms) != len(in.Evidence.Demonstrations) {
		return fmt.Errorf("prompt: term hits of %d demonstrations given for %d", len(in.DemonstrationTerms), len(in.Evidence.Demonstrations))
	}
	return nil
}

// stops end the answers of models that go on with an invented example. JSON ends by itself.
func stops(f align.Format) []string {
	if f == align.JSON {
		return nil
	}
	return []string{"\nText:", "\nTerms:"}
}

// AnswerTokens bounds the answer to a sentence of n tokens: a listed answer holds little more than the sentence, a
// tagged copy all of it and its tags.
func AnswerTokens(f align.Format, n, most int) int {
	switch f {
	case align.Inline:
		return min(most, 48+2*n)
	case align.JSON:
		return min(most, 48+n+n/2)
	default:
		return min(most, 32+n+n/2)
	}
}

// maxItems bounds each list of a JSON answer, so that a model that repeats itself comes to an end.
const maxItems = 64

// schema allows each label once, with a bounded list of strings. Labels are optional: the compact answer names only
// those that occur, and an empty list per label would cost tokens and invite a small model to fill it.
func schema(labels []Label) json.RawMessage {
	list := json.RawMessage(fmt.Sprintf(`{"type":"array","items":{"type":"string","minLength":1},"minItems":1,"maxItems":%d}`, maxItems))
	properties := []byte{'{'}
	for i, l := range labels {
		if i > 0 {
			properties = append(properties, ',')
		}
		properties = append(append(properties, compact(l.Name)+":"...), list...)
	}
	return json.RawMessage(`{"type":"object","properties":` + string(properties) + `},"additionalProperties":false}`)
}
