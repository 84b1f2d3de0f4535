package prompt

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// control is what the chat templates of common models read as control tokens: ChatML, Llama, Mistral, Gemma, Phi,
// DeepSeek, Qwen, GLM, Granite, SmolLM. Servers recognise them inside of a message too.
var control = regexp.MustCompile(`(?i)<[|｜]|[|｜]>|</?s>|` +
	`</?(?:bos|eos|pad|unk|mask|sop|eop|start_of_turn|end_of_turn|start_of_image|end_of_image|image_soft_token|unused\d+|` +
	`think|thinking|tools?|tool_calls?|tool_responses?|fim_(?:prefix|middle|suffix|pad)|file_sep|filename|repo_?name|gh_stars|` +
	`issue_(?:start|comment|closed)|jupyter_(?:start|text|code|output)|empty_output|commit_(?:before|msg|after))>|` +
	`<</?SYS>>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS|CALL_ID|THINK|IMG|IMG_BREAK|IMG_END|` +
	`PREFIX|MIDDLE|SUFFIX|g?MASK|sMASK)\]`)

// unseen are characters that turn the direction of writing, and those that spell ASCII without being seen: a person
// who reads the text does not read what a model does.
var unseen = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x202a, Hi: 0x202e, Stride: 1}, {Lo: 0x2066, Hi: 0x2069, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0xe0000, Hi: 0xe007f, Stride: 1}},
}

// Fence makes foreign text safe to show: one line, without control and unseen characters, with a space inside of
// control tokens. What a model copies from it still aligns, because align ignores white space and what is invisible.
func Fence(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\u2028' || r == '\u2029' || unicode.IsControl(r):
			return ' '
		case unicode.Is(unseen, r):
			return -1
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
