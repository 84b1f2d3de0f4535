package prompt

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/align"
)

func TestAnswer(t *testing.T) {
	labels := align.NewLabels([]string{"Disease", "Site"})
	tests := []struct {
		name, text, entities  string
		lines, inline, json   string
		linesOK, inlineOK, js bool
	}{
		{"none", "a gene", "", "none", "a gene", "{}", true, true, true},
		{"repeated", "CF and CF", "Disease=CF;Disease@7=CF", "Disease: CF", "<Disease>CF</Disease> and <Disease>CF</Disease>", `{"Disease":["CF"]}`, true, true, true},
		{"first two of three", "CF, CF, CF", "Disease=CF;Disease@4=CF", "Disease: CF\nDisease: CF", "<Disease>CF</Disease>, <Disease>CF</Disease>, CF", `{"Disease":["CF","CF"]}`, true, true, true},
		{"second of two", "CF, CF", "Disease@4=CF", "Disease: CF", "CF, <Disease>CF</Disease>", `{"Disease":["CF"]}`, false, true, false},
		{"nested", "lung cancer", "Disease=lung cancer;Site=lung", "Site: lung\nDisease: lung cancer", "<Disease><Site>lung</Site> cancer</Disease>", `{"Site":["lung"],"Disease":["lung cancer"]}`, true, true, true},
		{"one span, two labels", "gout", "Disease=gout;Site=gout", "Disease: gout\nSite: gout", "<Disease><Site>gout</Site></Disease>", `{"Disease":["gout"],"Site":["gout"]}`, true, true, true},
		{"crossing", "left lung cancer", "Site=left lung;Disease=lung cancer", "Site: left lung\nDisease: lung cancer", "<Site>left <Disease>lung</Site> cancer</Disease>", `{"Site":["left lung"],"Disease":["lung cancer"]}`, true, true, true},
		{"discontinuous", "left and right lung", "Site=left|lung", "Site: left ... lung", "<Site>left and right lung</Site>", `{"Site":["left ... lung"]}`, true, false, true},
		{"line break", "lung\n cancer", "Disease=lung\n cancer", "Disease: lung cancer", "<Disease>lung  cancer</Disease>", `{"Disease":["lung cancer"]}`, true, true, true},
		{"other label", "gout", "Gene=gout", "none", "gout", "{}", true, true, true},
		{"marker in the text", "<Disease> \\<Site>gout", "Disease@16=gout", "Disease: gout", `\<Disease> \\\<Site><Disease>gout</Disease>`, `{"Disease":["gout"]}`, true, true, true},
		{"called none", "none", "Disease=none", "Disease: none", "<Disease>none</Disease>", `{"Disease":["none"]}`, false, true, true},
		{"quotes", `a "b" c`, `Disease="b" c`, `Disease: "b" c`, `a <Disease>"b" c</Disease>`, `{"Disease":["\"b\" c"]}`, true, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := sentence("d", test.text)
			entities := parseEntities(test.text, test.entities)
			for format, want := range map[align.Format]struct {
				answer   string
				faithful bool
			}{align.Lines: {test.lines, test.linesOK}, align.Inline: {test.inline, test.inlineOK}, align.JSON: {test.json, test.js}} {
				if got, faithful := Answer(format, s, entities, labels); got != want.answer || faithful != want.faithful {
					t.Errorf("%s: %q, faithful %v; want %q, %v", format, got, faithful, want.answer, want.faithful)
				}
			}
		})
	}
}

// parseEntities reads "Label=surface;Label@4=surface", the latter searched from byte 4.
func parseEntities(text, s string) []corpora.Entity {
	var out []corpora.Entity
	if s == "" {
		return nil
	}
	for field := range strings.SplitSeq(s, ";") {
		label, surface, _ := strings.Cut(field, "=")
		label, from, _ := strings.Cut(label, "@")
		at := 0
		for _, c := range from {
			at = at*10 + int(c-'0')
		}
		out = append(out, entity(text[at:], label, surface).Shift(at))
	}
	return out
}

// Whatever is said comes back: the parser reads exactly the mentions that Answer wrote, and an answer that claims to
// be faithful is aligned to its own entities. Sentences are random, from pieces that the formats use themselves.
func TestAnswerComesBack(t *testing.T) {
	names := []string{"Disease", "Rare Disease", "病", "s"}
	labels := align.NewLabels(names)
	pieces := []string{"gout", "CF", " ", " ", " ", "\n", "<Disease>", "</s>", `\`, `"`, ":", "İ", "e\u0301", "病", "...", "{", "none", ";", ",", "type 2", "<|im_end|>", "Text:", "."}
	random := rand.New(rand.NewPCG(1, 2))
	faithful := map[align.Format]int{}
	const rounds = 3000
	for range rounds {
		s := sentence("d", randomText(random, pieces))
		entities := randomEntities(random, s, names)
		for _, f := range align.Formats() {
			answer, ok := Answer(f, s, entities, labels)
			mentions, issues := align.Parse(f, answer, labels)
			got := align.Align(s, mentions, align.Defaults())
			if ok {
				faithful[f]++
			}
			if same := slices.EqualFunc(got.Entities, unique(entities), equal) && len(got.Unaligned) == 0; same != ok {
				t.Fatalf("%s: faithful %v, but the same is %v\ntext %q\nanswer %q\ngold %v\ngot %v", f, ok, same, s.Text, answer, entities, got)
			}
			if f == align.JSON && len(issues) > 0 {
				t.Fatalf("json: issues %v in %q", issues, answer)
			}
		}
	}
	for f, least := range map[align.Format]int{align.Lines: rounds / 2, align.JSON: rounds / 2, align.Inline: rounds * 9 / 10} {
		if faithful[f] < least {
			t.Errorf("%s: only %d of %d answers are faithful", f, faithful[f], rounds)
		}
	}
}

func randomText(random *rand.Rand, pieces []string) string {
	var b strings.Builder
	for range 1 + random.IntN(12) {
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return b.String()
}

// randomEntities are up to three runs of tokens.
func randomEntities(random *rand.Rand, s corpora.Sentence, labels []string) []corpora.Entity {
	var out []corpora.Entity
	for range random.IntN(4) {
		if len(s.Tokens) == 0 {
			break
		}
		i := random.IntN(len(s.Tokens))
		j := min(len(s.Tokens)-1, i+random.IntN(3))
		out = append(out, corpora.Entity{Label: labels[random.IntN(len(labels))], Fragments: []corpora.Fragment{{Start: s.Tokens[i].Start, End: s.Tokens[j].End}}})
	}
	return out
}

func equal(a, b corpora.Entity) bool { return corpora.CompareEntities(a, b) == 0 }

func unique(entities []corpora.Entity) []corpora.Entity {
	return slices.CompactFunc(slices.SortedFunc(slices.Values(entities), corpora.CompareEntities), equal)
}

func TestFence(t *testing.T) {
	tests := map[string]string{
		"plain < 0.05 | x":     "plain < 0.05 | x",
		"a\r\nb\tc":            "a  b c",
		"<|im_end|>":           "< |im_end| >",
		"<｜User｜>":             "< ｜User｜ >",
		"</s><S>":              "< /s>< S>",
		"<<SYS>>x<</SYS>>":     "< <SYS>>x< </SYS>>",
		"[INST] [/inst] [a]":   "[ INST] [ /inst] [a]",
		"<start_of_turn>model": "< start_of_turn>model",
		"\u2028":               " ",
	}
	for in, want := range tests {
		if got := Fence(in); got != want {
			t.Errorf("Fence(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzFence(f *testing.F) {
	f.Add("<<|im_end|>|>")
	f.Add("[[INST]INST]")
	f.Fuzz(func(t *testing.T, text string) {
		fenced := Fence(text)
		if control.MatchString(fenced) || strings.ContainsAny(fenced, "\r\n") {
			t.Errorf("Fence(%q) = %q", text, fenced)
		}
	})
}
