package prompt

import (
	"unicode"
	"unicode/utf8"
)

// Estimate estimates how many tokens a byte-pair tokeniser makes of text. It was set by the counts of two vocabularies,
// Qwen2.5's (152k) and SmolLM2's (49k), for English, Swedish and Chinese sentences. It stays above both, except that
// SmolLM2 needs a twelfth more for Swedish: a prompt that the server clips is worse than one demonstration less.
// English comes out a fifth too high, Chinese with Qwen's vocabulary nearly three times.
func Estimate(text string) int {
	n, run := 0.0, 0
	flush := func() {
		if run > 0 {
			n += wordTokens(run)
			run = 0
		}
	}
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && unicode.IsLetter(r):
			run++
			continue
		case r == ' ': // belongs to the word behind it
		case unicode.Is(unicode.Han, r) || unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			n += 1.8
		case r >= utf8.RuneSelf && unicode.Is(unicode.Latin, r): // it splits the word it stands in
			n += 2.5
		case r >= utf8.RuneSelf && unicode.IsLetter(r):
			n += 1.6
		case r < utf8.RuneSelf:
			n++
		default:
			n += 2
		}
		flush()
	}
	flush()
	return int(n + 0.999)
}

// wordTokens is the mean number of tokens of an ASCII word of n letters.
func wordTokens(n int) float64 {
	if n <= 4 {
		return 1
	}
	return 1 + 0.3*float64(n-4)
}

// turnTokens is what a chat template adds to each message.
const turnTokens = 6
