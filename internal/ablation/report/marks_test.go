package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ragner/ragner/internal/ablation"
)

// drawn writes pieces as the page nests them: a digit for an underline's level, the label where its mark ends, an
// exclamation mark for the mention that the case is about.
func drawn(ps []piece) string {
	var b strings.Builder
	for _, p := range ps {
		for _, u := range p.Under {
			fmt.Fprintf(&b, "<%d", u.Level)
			if u.At {
				b.WriteString("!")
			}
		}
		b.WriteString(p.Text + strings.Repeat(">", len(p.Under)))
		for _, u := range p.Tags {
			b.WriteString("[" + u.Label + "]")
		}
	}
	return b.String()
}

func TestPieces(t *testing.T) {
	mark := func(start, end int, label string) ablation.Mark {
		return ablation.Mark{Start: start, End: end, Label: label}
	}
	at := mark(2, 4, "A")
	for _, c := range []struct {
		name, text string
		marks      []ablation.Mark
		want       string
	}{
		{"none", "abc", nil, "abc"},
		{"one", "abcdef", []ablation.Mark{at}, "ab<0!cd>[A]ef"},
		{"the whole text", "abcd", []ablation.Mark{mark(0, 4, "A")}, "<0abcd>[A]"},
		{"side by side", "abcd", []ablation.Mark{mark(0, 2, "A"), mark(2, 4, "B")}, "<0ab>[A]<0cd>[B]"},
		{"nested, the short one nearest", "abcdef", []ablation.Mark{mark(0, 6, "B"), mark(1, 2, "A")}, "<1a><1<0b>>[A]<1cdef>[B]"},
		{"nested with one end", "abcd", []ablation.Mark{mark(0, 4, "B"), mark(2, 4, "A")}, "<1ab><1<0!cd>>[A][B]"},
		{"crossing", "abcdef", []ablation.Mark{mark(0, 4, "A"), mark(2, 6, "B")}, "<0ab><1<0cd>>[A]<1ef>[B]"},
		{"one place with two labels", "abcd", []ablation.Mark{mark(1, 3, "A"), mark(1, 3, "B")}, "a<1<0bc>>[A][B]d"},
		{"code points, not bytes", "é🫀שx", []ablation.Mark{mark(1, 2, "A"), mark(2, 3, "B")}, "é<0🫀>[A]<0ש>[B]x"},
		{"beyond the text", "abc", []ablation.Mark{mark(-2, 1, "A"), mark(2, 9, "B"), mark(5, 9, "C"), mark(2, 1, "D"), mark(1, 1, "E")}, "<0a>[A]b<0c>[B]"},
		{"an override of direction counts and is not shown", "a\u202ebc", []ablation.Mark{mark(2, 3, "A")}, "a<0b>[A]c"},
		{"no text", "", []ablation.Mark{mark(0, 1, "A")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := drawn(pieces(c.text, c.marks, &at)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// Marks that lie upon each other beyond what can be underlined keep their labels.
func TestDeepPieces(t *testing.T) {
	var marks []ablation.Mark
	for i := range 9 {
		marks = append(marks, ablation.Mark{Start: 0, End: 10 + i, Label: fmt.Sprint(i)})
	}
	got := pieces(strings.Repeat("x", 20), marks, nil)
	if n := len(got[0].Under); n != mostLevels {
		t.Errorf("%d underlines, want %d", n, mostLevels)
	}
	tags := 0
	for _, p := range got {
		tags += len(p.Tags)
	}
	if tags != 9 {
		t.Errorf("%d labels, want 9", tags)
	}
}
