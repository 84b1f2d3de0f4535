package corpora

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func surfaces(text string, tokens []Token) []string {
	out := []string{}
	for _, t := range tokens {
		out = append(out, text[t.Start:t.End])
	}
	return out
}

func TestTokenize(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		" \t\r\n\u00a0\u2005\u3000": "",
		"Alzheimer's disease":       "Alzheimer|'|s|disease",
		"Alzheimer’s":               "Alzheimer|’|s",
		"T-cell":                    "T|-|cell",
		"and/or":                    "and|/|or",
		"e.g. b.i.d.":               "e|.|g|.|b|.|i|.|d|.",
		"G6PD and CD4+ cells":       "G6PD|and|CD4|+|cells",
		"3.5 mg, 1,000 U; .5":       "3.5|mg|,|1,000|U|;|.|5",
		"v1.2.3,":                   "v1.2.3|,",
		"c.1521_1523delCTT":         "c|.|1521|_|1523delCTT",
		"(p<0.05)":                  "(|p|<|0.05|)",
		"TGFβ1-α":                   "TGFβ1|-|α",
		"3.5µg/ml":                  "3.5µg|/|ml",
		"Sjögren—naïve":             "Sjögren|—|naïve",
		"Sjo\u0308gren":             "Sjo\u0308gren",
		"患者CD4细胞":                   "患|者|CD4|细|胞",
		"질병을 3.5":                   "질병을|3.5",
		"m²/°C":                     "m|²|/|°|C",
		"a\u200bb\ufeffc\u2060d":    "a|b|c|d",
		"soft\u00adhyphen":          "soft\u00adhyphen",
		"x \u200e y":                "x|\u200e|y",
		"👩‍⚕️ 🇸🇪🇩🇪 1️⃣":             "👩‍⚕️|🇸🇪|🇩🇪|1️⃣",
		"a‿b":                       "a|‿|b",
		"\u05e6\u05d4\u05f4\u05dc":  "\u05e6\u05d4|\u05f4|\u05dc",
		"𝒜lpha 𝟛":                   "𝒜lpha|𝟛",
		"a\x00b\x7fc":               "a|b|c",
		"x\xffy":                    "x|\xff|y",
		"\u0301x":                   "\u0301|x",
		"-\u0301x":                  "-|\u0301|x",
		"http://x.org/a_b?c=1":      "http|:|/|/|x|.|org|/|a|_|b|?|c|=|1",
	} {
		if got := strings.Join(surfaces(text, Tokenize(text)), "|"); got != want {
			t.Errorf("Tokenize(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTokenizeIgnoresBlanksAroundPunctuation(t *testing.T) {
	for _, pair := range [][2]string{
		{"ataxia-telangiectasia (A-T).", "ataxia - telangiectasia ( A - T ) ."},
		{"Duchenne's/Becker's", "Duchenne ' s / Becker ' s"},
		{"IL-2, TNFα; \"x\"", "IL - 2 , TNFα ; \" x \""},
	} {
		a, b := surfaces(pair[0], Tokenize(pair[0])), surfaces(pair[1], Tokenize(pair[1]))
		if !slices.Equal(a, b) {
			t.Errorf("%q: %q, with blanks %q", pair[0], a, b)
		}
	}
}

// checkTokens states what holds for any text.
func checkTokens(t *testing.T, text string, tokens []Token) {
	t.Helper()
	covered := make([]bool, len(text))
	end := 0
	for _, token := range tokens {
		if token.Start < end || token.End <= token.Start || token.End > len(text) {
			t.Fatalf("%q: token %v after %d", text, token, end)
		}
		end = token.End
		for i := token.Start; i < end; i++ {
			covered[i] = true
		}
	}
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		for j := i; j < i+size; j++ {
			if covered[j] == IsSpace(r) {
				t.Fatalf("%q: byte %d of %U: in a token %v", text, j, r, covered[j])
			}
		}
	}
}

func FuzzTokenize(f *testing.F) {
	f.Add("Alzheimer's 3.5 µg/ml, CD4+ 患者 e\u0301")
	f.Add("a\u200b\u0301\ufeff\xff\xf0\x9f\u3000👩‍⚕️1️⃣")
	f.Fuzz(func(t *testing.T, text string) {
		tokens := Tokenize(text)
		checkTokens(t, text, tokens)
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf && !unicode.IsLetter(r) }) {
			return
		}
		spaced := strings.Join(surfaces(text, tokens), " ")
		if again := surfaces(spaced, Tokenize(spaced)); !slices.Equal(again, surfaces(text, tokens)) {
			t.Fatalf("%q: %q, joined by blanks %q", text, surfaces(text, tokens), again)
		}
	})
}

const clinical = "The patient, a 54-year-old man with Alzheimer's disease, was given 3.5 mg of donepezil (Aricept) b.i.d. for 12 weeks. "

func BenchmarkTokenize(b *testing.B) {
	for name, text := range map[string]string{
		"ascii":   strings.Repeat(clinical, 200),
		"unicode": strings.Repeat("Der Patient mit Sjögren-Syndrom erhielt 3.5 µg/ml TNFα über 12 Wochen – ≥ 5 %. ", 200),
		"han":     strings.Repeat("患者，男，54岁，因阿尔茨海默病入院。", 200),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Tokenize(text)
			}
		})
	}
}

func BenchmarkSegment(b *testing.B) {
	doc := Document{Text: strings.Repeat(clinical, 200)}
	b.SetBytes(int64(len(doc.Text)))
	for b.Loop() {
		Segment(doc)
	}
}
