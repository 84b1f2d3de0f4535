package prompt

import (
	"fmt"
	"strings"

	"github.com/ragner/ragner/internal/llm"
)

// Question asks whether a stretch of a text is an entity. Its offsets are bytes.
type Question struct {
	Text       string
	Start, End int
	Label      string
}

// AnsweredQuestion is a question with its answer, to be shown as an example.
type AnsweredQuestion struct {
	Question
	Yes bool
}

// The answers to a question. A server that is held to the schema gives one of them.
const (
	Yes            = "yes"
	No             = "no"
	QuestionSchema = `{"type":"string","enum":["yes","no"]}`
)

// QuestionTokens bounds the answer to a question, in quotes or not.
const QuestionTokens = 4

// Ask writes the messages of a question. What never changes, labels and examples, comes first, so that a server that keeps
// the beginning of the last prompt reads only the question anew. The weakest examples, the last, are left out where
// all would not fit; the error wraps ErrTooLong where the question alone does not. tokens counts the messages.
func Ask(q Question, examples []AnsweredQuestion, s Settings) (messages []llm.Message, tokens int, err error) {
	t, err := loadFile("question.v1.tmpl")
	if err != nil {
		return nil, 0, err
	}
	w := &writer{settings: s, templates: t}
	for ; ; examples = examples[:len(examples)-1] {
		if messages, err = w.question(q, examples); err != nil {
			return nil, 0, err
		}
		tokens = w.countMessages(messages)
		if tokens+QuestionTokens <= s.ContextTokens {
			return messages, tokens, nil
		}
		if len(examples) == 0 {
			return nil, 0, fmt.Errorf("prompt: %w: a question about it takes %d tokens of %d", ErrTooLong, tokens, s.ContextTokens)
		}
	}
}

func (w *writer) question(q Question, examples []AnsweredQuestion) ([]llm.Message, error) {
	head, err := w.execute("system", system{Labels: w.fencedLabels()})
	if err != nil {
		return nil, err
	}
	messages := []llm.Message{{Role: "system", Content: head}}
	for _, e := range examples {
		text, err := w.execute("input", marked(e.Question))
		if err != nil {
			return nil, err
		}
		answer := No
		if e.Yes {
			answer = Yes
		}
		messages = append(messages, llm.Message{Role: "user", Content: text}, llm.Message{Role: "assistant", Content: answer})
	}
	text, err := w.execute("input", marked(q))
	return append(messages, llm.Message{Role: "user", Content: text}), err
}

// markedText is a question's text around the stretch. All of it is fenced.
type markedText struct{ Left, Stretch, Right, Label string }

func marked(q Question) markedText {
	return markedText{unmarked(q.Text[:q.Start]), unmarked(q.Text[q.Start:q.End]), unmarked(q.Text[q.End:]), q.Label}
}

// unmarked fences a text and parts brackets that could be taken for the mark of the stretch.
func unmarked(text string) string {
	text = Fence(text)
	for _, mark := range []string{"[[", "]]"} {
		for strings.Contains(text, mark) {
			text = strings.ReplaceAll(text, mark, mark[:1]+" "+mark[1:])
		}
	}
	return text
}

// ReadAnswer tells yes from no, forgiving case, quotes, a full stop and what comes after the first word.
func ReadAnswer(text string) (yes, ok bool) {
	word := strings.ToLower(strings.Trim(strings.TrimSpace(text), "\"'*.`"))
	if i := strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }); i >= 0 {
		word = word[:i]
	}
	return word == Yes, word == Yes || word == No
}
