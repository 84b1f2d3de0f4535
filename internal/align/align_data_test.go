package align

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ragner/ragner/corpora"
)

// TestAnswers runs testdata/answers: what a model answered, and which entities come of it. The command is the format
// ("lines", "inline" or "json"); labels=(A,B) are the known labels, spaced says that tokens stand between spaces; sentence and answer are separated by "--".
// Strings of hostile input may use \u escapes as in "\\u00ad".
func TestAnswers(t *testing.T) {
	datadriven.Walk(t, "testdata/answers", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			text, answer, _ := strings.Cut(d.Input, "\n--\n")
			o := Defaults()
			for _, arg := range d.CmdArgs {
				if arg.Key == "demonstrations" {
					o.Demonstrations = unquoted(arg.Vals)
				}
				if arg.Key == "once" {
					o.ExpandRepeats = false
				}
			}
			s := corpora.Sentence{Text: unescapeTest(text)}
			if d.HasArg("spaced") {
				s.Tokens = spaced(s.Text)
			}
			mentions, issues := Parse(Format(d.Cmd), unescapeTest(answer), NewLabels(labelArgs(d)))
			return show(s, Align(s, mentions, o), issues)
		})
	})
}

func labelArgs(d *datadriven.TestData) []string {
	for _, arg := range d.CmdArgs {
		if arg.Key == "labels" {
			return unquoted(arg.Vals)
		}
	}
	return []string{"Disease"}
}

// unquoted takes the quotes off, which datadriven leaves on.
func unquoted(vals []string) []string {
	var out []string
	for _, v := range vals {
		out = append(out, unescapeTest(strings.Trim(v, `"`)))
	}
	return out
}

// spaced are the tokens of a text that was joined by single spaces, as CoNLL sentences are.
func spaced(text string) []corpora.Token {
	var tokens []corpora.Token
	at := 0
	for word := range strings.SplitSeq(text, " ") {
		tokens = append(tokens, corpora.Token{Start: at, End: at + len(word)})
		at += len(word) + 1
	}
	return tokens
}

// unescapeTest turns \uXXXX into the character, so that invisible ones can be read in a test.
func unescapeTest(s string) string {
	parts := strings.Split(s, `\u`)
	for i := 1; i < len(parts); i++ {
		var r rune
		if _, err := fmt.Sscanf(parts[i][:4], "%04x", &r); err != nil {
			panic(err)
		}
		parts[i] = string(r) + parts[i][4:]
	}
	return strings.Join(parts, "")
}

func show(s corpora.Sentence, r Result, issues []Issue) string {
	var b strings.Builder
	for _, e := range r.Entities {
		fmt.Fprintf(&b, "%s", e.Label)
		for _, f := range e.Fragments {
			fmt.Fprintf(&b, " %d-%d", f.Start, f.End)
		}
		fmt.Fprintf(&b, " %s %+q\n", e.Status, e.Surface(s.Text))
	}
	for _, u := range r.Unaligned {
		fmt.Fprintf(&b, "unaligned: %s %+q: %s\n", u.Mention.Label, u.Mention.Text, u.Reason)
	}
	if r.Repeated > 0 {
		fmt.Fprintf(&b, "repeated: %d\n", r.Repeated)
	}
	for _, i := range issues {
		fmt.Fprintf(&b, "issue: %s %d\n", i.Kind, i.Count)
	}
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}
