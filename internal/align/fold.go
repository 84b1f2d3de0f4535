package align

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folded is a text made comparable: NFKC, lower case, no white space, no invisible characters, one kind of dash and
// of quotes. White space goes altogether because tokenised corpora write "glucose - 6 - phosphate ( G6PD )" where
// models write "glucose-6-phosphate (G6PD)". Folding changes lengths, so every byte knows where it comes from.
type folded struct {
	text  string
	start []int // for each byte of text, the first byte of the original segment it comes from
	end   []int // for each byte of text, the byte after that segment
}

// fold folds s. One original segment is what normalisation may not take apart: a character with its marks.
func fold(s string) folded {
	f := &folder{}
	f.text.Grow(len(s))
	f.start, f.end = make([]int, 0, len(s)), make([]int, 0, len(s))
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf && (i+1 == len(s) || s[i+1] < utf8.RuneSelf) {
			f.rune(rune(c), i, i+1)
			i++
			continue
		}
		n := norm.NFKC.NextBoundaryInString(s[i:], true)
		if n <= 0 {
			n = len(s) - i
		}
		for _, r := range norm.NFKC.String(s[i : i+n]) {
			f.rune(r, i, i+n)
		}
		i += n
	}
	return folded{f.text.String(), f.start, f.end}
}

type folder struct {
	text       strings.Builder
	start, end []int
}

func (f *folder) rune(r rune, start, end int) {
	switch {
	case unicode.IsSpace(r) || invisible(r):
		return
	case r == '"' || r == '“' || r == '”' || r == '„' || r == '‟' || r == '«' || r == '»':
		f.write("''", start, end) // tokenised corpora write '' and ``
		return
	case r == 'ß' || r == 'ẞ':
		f.write("ss", start, end)
		return
	}
	f.write(string(foldRune(r)), start, end)
}

func (f *folder) write(s string, start, end int) {
	f.text.WriteString(s)
	for range len(s) {
		f.start = append(f.start, start)
		f.end = append(f.end, end)
	}
}

// foldRune keeps one rune one rune. The Turkish letters İ and ı are i here: whoever answers may not write Turkish.
func foldRune(r rune) rune {
	switch r {
	case 'İ', 'ı':
		return 'i'
	case 'ς':
		return 'σ'
	case '‘', '’', '‚', '‛', '′', 'ʼ', '`', '´':
		return '\''
	case '−':
		return '-'
	}
	if unicode.Is(unicode.Pd, r) {
		return '-'
	}
	return unicode.ToLower(r)
}

// invisible reports soft hyphens, zero-width characters, variation selectors, and the dot that lower-casing İ leaves.
func invisible(r rune) bool {
	return r == '\u0307' || r == '\u034f' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// find returns the original spans of all places where needle, folded too, stands in f on borders of segments.
func (f folded) find(needle string, yield func(start, end int)) {
	if needle == "" {
		return
	}
	for from := 0; ; {
		i := strings.Index(f.text[from:], needle)
		if i < 0 {
			return
		}
		i += from
		end := i + len(needle)
		if f.border(i) && f.border(end) {
			yield(f.start[i], f.end[end-1])
			from = end
			continue
		}
		from = i + 1
	}
}

// border reports whether a segment begins at byte i of the folded text.
func (f folded) border(i int) bool {
	return i == 0 || i == len(f.text) || f.start[i] != f.start[i-1]
}

// between is the folded text of the original bytes [start, end).
func (f folded) between(start, end int) string {
	from := sort.SearchInts(f.start, start)
	to := sort.SearchInts(f.start, end)
	return f.text[min(from, to):to]
}
