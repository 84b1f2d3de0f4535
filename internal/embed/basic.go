package embed

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// splitter cuts text into words by BERT's uncased basic tokenisation (Devlin et al. 2019), as the fast
// tokenizers of Hugging Face do it: drop control characters, put space around CJK ideographs, decompose,
// strip accents, lower-case, then split at white space and around each punctuation mark. Its buffers are
// reused from text to text.
type splitter struct {
	clean, decomposed, word []byte
}

// split calls emit with each word of text, in order. The word is valid until emit returns.
func (s *splitter) split(text string, emit func(word []byte)) {
	if isASCII(text) {
		s.splitASCII(text, emit)
		return
	}
	s.splitUnicode(text, emit)
}

func isASCII(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// class says what becomes of a character.
type class uint8

const (
	letter class = iota // belongs to a word
	space               // ends a word
	mark                // punctuation: a word of its own
	drop                // vanishes, and does not end a word
)

// asciiClass decides the first 128 characters without a look into the Unicode tables.
var asciiClass = func() (table [utf8.RuneSelf]class) {
	for c := range table {
		switch {
		case c == '\t' || c == '\n' || c == '\r' || c == ' ':
			table[c] = space
		case c < ' ' || c == 0x7f:
			table[c] = drop
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			table[c] = letter
		default: // BERT counts all other ASCII signs as punctuation, "$" and "^" too
			table[c] = mark
		}
	}
	return table
}()

func (s *splitter) splitASCII(text string, emit func([]byte)) {
	word := s.word[:0]
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch asciiClass[c] {
		case letter:
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			word = append(word, c)
			continue
		case drop:
			continue
		case mark:
			word = flush(word, emit)
			emit(append(word, c))
		case space:
			word = flush(word, emit)
		}
	}
	s.word = flush(word, emit)
}

// flush emits a word that is not empty and returns it emptied.
func flush(word []byte, emit func([]byte)) []byte {
	if len(word) > 0 {
		emit(word)
	}
	return word[:0]
}

// splitUnicode works on the whole text, because decomposition may reorder marks across characters.
func (s *splitter) splitUnicode(text string, emit func([]byte)) {
	s.clean = s.clean[:0]
	for _, r := range text { // an invalid byte reads as U+FFFD, which is dropped
		switch {
		case dropped(r):
		case isCJK(r):
			s.clean = append(s.clean, ' ')
			s.clean = utf8.AppendRune(s.clean, r)
			s.clean = append(s.clean, ' ')
		default:
			s.clean = utf8.AppendRune(s.clean, r)
		}
	}
	s.decomposed = norm.NFD.Append(s.decomposed[:0], s.clean...)
	word := s.word[:0]
	for rest := s.decomposed; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(r)
		switch {
		case unicode.IsSpace(r):
			word = flush(word, emit)
		case isPunctuation(r):
			word = flush(word, emit)
			emit(utf8.AppendRune(word, r))
		default:
			word = utf8.AppendRune(word, r)
		}
	}
	s.word = flush(word, emit)
}

// dropped are control, format, private and unassigned characters and U+FFFD; not tab and line ends.
func dropped(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiClass[r] == drop
	}
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co)
}

func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiClass[r] == mark
	}
	return unicode.IsPunct(r)
}

// isCJK are the blocks of ideographs that BERT takes as words of their own; not kana, not hangul.
func isCJK(r rune) bool {
	switch {
	case r < 0x3400:
		return false
	case r <= 0x4DBF, r >= 0x4E00 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF,
		r >= 0x20000 && r <= 0x2A6DF, r >= 0x2A700 && r <= 0x2B73F, r >= 0x2B740 && r <= 0x2B81F,
		r >= 0x2B920 && r <= 0x2CEAF, r >= 0x2F800 && r <= 0x2FA1F:
		return true
	}
	return false
}
