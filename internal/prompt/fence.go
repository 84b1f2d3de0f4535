package prompt

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// control is what the chat templates of common models read as control tokens: ChatML, Llama, Mistral, Gemma, Phi,
// DeepSeek. Servers recognise them inside of a message too.
var control = regexp.MustCompile(`(?i)<[|｜]|[|｜]>|</?s>|<(?:bos|eos|pad|unk|mask|start_of_turn|end_of_turn|start_of_image|unused\d+)>|` +
	`<</?SYS>>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG)\]`)

// Fence makes foreign text safe to show: one line, without control characters, with a space inside of control tokens.
// What a model copies from it still aligns, because align ignores white space.
func Fence(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '\u2028' || r == '\u2029' || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if !strings.ContainsAny(text, "<|｜[") {
		return text
	}
	for control.MatchString(text) { // again where two overlap: "<|>"
		text = control.ReplaceAllStringFunc(text, func(token string) string {
			_, first := utf8.DecodeRuneInString(token)
			return token[:first] + " " + token[first:]
		})
	}
	return text
}

// line is Fence for short texts: white space is collapsed too.
func line(text string) string { return strings.Join(strings.Fields(Fence(text)), " ") }
