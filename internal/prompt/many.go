package prompt

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/retrieval"
)

// Many are sentences to put into one prompt. A model numbers its answers, so that each is read against its own sentence.
type Many struct {
	Sentences []corpora.Sentence
	Terms     [][]retrieval.TermHit // of each sentence
	// Demonstrations come best first, after those that are shared with other prompts, the first so many.
	Demonstrations     []retrieval.Demonstration
	Shared             int
	DemonstrationTerms [][]retrieval.TermHit // as Input has them
}

// RenderMany writes the prompt for several sentences: numbered texts, and one JSON object keyed by their numbers as the
// answer, whatever the settings' format. Demonstrations have the same form, as many in a turn as there are sentences.
// Nothing is left out: where all does not fit the error wraps ErrTooLong, and fewer sentences are to be asked about.
func RenderMany(in Many, s Settings) (Prompt, error) {
	if err := s.Validate(); err != nil {
		return Prompt{}, err
	}
	if err := in.validate(s); err != nil {
		return Prompt{}, err
	}
	templates, err := loadFile("many.v1.tmpl")
	if err != nil {
		return Prompt{}, err
	}
	w := &manyWriter{writer{settings: s, templates: templates, labels: s.AlignLabels()}, in}
	w.in.Evidence = retrieval.Evidence{Demonstrations: in.Demonstrations, Shared: in.Shared}
	return w.prompt()
}

func (in Many) validate(s Settings) error {
	if len(in.Sentences) == 0 || len(in.Terms) != len(in.Sentences) {
		return fmt.Errorf("prompt: term hits of %d sentences given for %d", len(in.Terms), len(in.Sentences))
	}
	for _, one := range in.Sentences {
		if err := (Input{Sentence: one}).validate(Settings{}); err != nil {
			return err
		}
	}
	if s.ShowTerms && len(in.DemonstrationTerms) != len(in.Demonstrations) {
		return fmt.Errorf("prompt: term hits of %d demonstrations given for %d", len(in.DemonstrationTerms), len(in.Demonstrations))
	}
	return nil
}

// manyWriter renders one prompt for several sentences.
type manyWriter struct {
	writer
	many Many
}

// numbered is a text of the template "input". It is fenced.
type numbered struct {
	Number    int
	Text      string
	ShowTerms bool
	Terms     string
}

func (w *manyWriter) prompt() (Prompt, error) {
	var p Prompt
	examples, err := w.turns(&p)
	if err != nil {
		return Prompt{}, err
	}
	texts := make([]numbered, len(w.many.Sentences))
	for i, s := range w.many.Sentences {
		texts[i] = w.numbered(i, s, w.many.Terms[i])
		p.MaxTokens += numberTokens + AnswerTokens(align.JSON, w.settings.count(s.Text), w.settings.MaxTokens)
	}
	last, err := w.execute("input", texts)
	if err != nil {
		return Prompt{}, err
	}
	head, err := w.execute("system", system{Labels: w.fencedLabels(), ShowTerms: w.settings.ShowTerms})
	if err != nil {
		return Prompt{}, err
	}
	p.Messages = w.arrange(head, examples, last)
	p.Schema = manySchema(w.settings.Labels, len(texts))
	if p.Tokens = w.countMessages(p.Messages); p.Tokens+p.MaxTokens > w.settings.ContextTokens {
		return Prompt{}, fmt.Errorf("prompt: %w: %d sentences take %d tokens and %d for the answer, of %d",
			ErrTooLong, len(texts), p.Tokens, p.MaxTokens, w.settings.ContextTokens)
	}
	return p, nil
}

// numberTokens is what a number costs in an answer.
const numberTokens = 6

// turns are the demonstrations, as many in each as there are sentences; shared ones and others never in the same.
func (w *manyWriter) turns(p *Prompt) ([]example, error) {
	single := make([]example, len(w.many.Demonstrations))
	for i, d := range w.many.Demonstrations {
		answer, faithful := Answer(align.JSON, d.Sentence, d.Entities, w.labels)
		single[i] = example{index: i, answer: answer, faithful: faithful}
	}
	shared := min(w.many.Shared, len(single))
	ordered := w.ordered(single)
	var turns []example
	for _, part := range [][]example{ordered[:shared], ordered[shared:]} {
		for group := range slices.Chunk(part, len(w.many.Sentences)) {
			turn, err := w.turn(group)
			if err != nil {
				return nil, err
			}
			turns = append(turns, turn)
		}
	}
	w.report(p, single)
	return turns, nil
}

// turn joins demonstrations into one that has the form of the whole.
func (w *manyWriter) turn(group []example) (example, error) {
	texts := make([]numbered, len(group))
	answers := make([]string, len(group))
	for i, e := range group {
		var hits []retrieval.TermHit
		if w.settings.ShowTerms {
			hits = w.many.DemonstrationTerms[e.index]
		}
		texts[i] = w.numbered(i, w.many.Demonstrations[e.index].Sentence, hits)
		answers[i] = compact(strconv.Itoa(i+1)) + ":" + e.answer
	}
	shown, err := w.execute("input", texts)
	return example{input: shown, answer: "{" + strings.Join(answers, ",") + "}"}, err
}

func (w *manyWriter) numbered(i int, s corpora.Sentence, hits []retrieval.TermHit) numbered {
	return numbered{i + 1, Fence(s.Text), w.settings.ShowTerms, w.terms(hits)}
}

// arrange puts task, demonstrations and texts into messages.
func (w *manyWriter) arrange(head string, examples []example, last string) []llm.Message {
	messages := []llm.Message{{Role: "system", Content: head}}
	if !w.settings.Turns {
		return append(messages, llm.Message{Role: "user", Content: block(examples, last)})
	}
	for _, e := range examples {
		messages = append(messages, llm.Message{Role: "user", Content: e.input}, llm.Message{Role: "assistant", Content: e.answer})
	}
	return append(messages, llm.Message{Role: "user", Content: last})
}

// manySchema wants an answer for each of n texts.
func manySchema(labels []Label, n int) json.RawMessage {
	one := string(schema(labels))
	keys, properties := make([]string, n), make([]string, n)
	for i := range n {
		keys[i] = compact(strconv.Itoa(i + 1))
		properties[i] = keys[i] + ":" + one
	}
	return json.RawMessage(`{"type":"object","properties":{` + strings.Join(properties, ",") + `},"required":[` +
		strings.Join(keys, ",") + `],"additionalProperties":false}`)
}

// ReadMany gives, of the answer to n sentences, the part of each, "" for one that is missing, comes twice or is no
// complete JSON object. An answer that breaks off keeps what was complete before.
func ReadMany(answer string, n int) []string {
	parts, twice := make([]string, n), make([]bool, n)
	start := strings.IndexByte(answer, '{')
	if start < 0 {
		return parts
	}
	d := json.NewDecoder(strings.NewReader(answer[start:]))
	if _, err := d.Token(); err != nil {
		return parts
	}
	for d.More() {
		key, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			break
		}
		i, ok := placeOf(key, n)
		if !ok || value[0] != '{' {
			continue
		}
		twice[i] = twice[i] || parts[i] != ""
		parts[i] = string(value)
	}
	for i := range parts {
		if twice[i] {
			parts[i] = ""
		}
	}
	return parts
}

// placeOf reads a key, "2" or, as some models write, "Text 2".
func placeOf(key json.Token, n int) (int, bool) {
	text, _ := key.(string)
	number, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "Text")))
	return number - 1, err == nil && number >= 1 && number <= n
}
