package corpora

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestMapperKnowsEveryPosition(t *testing.T) {
	for _, text := range []string{"", "abc", "aé€😀b", strings.Repeat("x", 63) + "é" + strings.Repeat("😀y", 100), "a\xff\xf0\x9fb", "İstanbul\u2005\u200b"} {
		checkMapper(t, text)
	}
}

// checkMapper compares with plain counting at every byte, code point and unit.
func checkMapper(t *testing.T, text string) {
	t.Helper()
	m := NewMapper(text)
	cp, unit := 0, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		for inside := range size {
			if m.CodePoints(i+inside) != cp || m.UTF16(i+inside) != unit {
				t.Fatalf("%q byte %d: %d, %d, want %d, %d", text, i+inside, m.CodePoints(i+inside), m.UTF16(i+inside), cp, unit)
			}
		}
		checkPosition(t, m, i, cp, unit)
		if n := len(utf16.AppendRune(nil, r)); n == 2 {
			if _, ok := m.BytesFromUTF16(unit + 1); ok {
				t.Fatalf("%q: unit %d lies in a surrogate pair", text, unit+1)
			}
			unit++
		}
		cp, unit, i = cp+1, unit+1, i+size
	}
	checkPosition(t, m, len(text), cp, unit)
	if m.Len() != cp || m.LenUTF16() != unit {
		t.Fatalf("%q: lengths %d, %d, want %d, %d", text, m.Len(), m.LenUTF16(), cp, unit)
	}
	for _, outside := range []int{-1, unit + 1} {
		_, a := m.Bytes(outside)
		_, b := m.BytesFromUTF16(outside)
		if b || a && outside > cp {
			t.Fatalf("%q: position %d is outside", text, outside)
		}
	}
	if m.CodePoints(-1) != 0 || m.CodePoints(len(text)+1) != cp || m.UTF16(-1) != 0 || m.UTF16(len(text)+1) != unit {
		t.Fatalf("%q: bytes outside", text)
	}
}

func checkPosition(t *testing.T, m *Mapper, i, cp, unit int) {
	t.Helper()
	if b, ok := m.Bytes(cp); !ok || b != i {
		t.Fatalf("%q: Bytes(%d) = %d, %v, want %d", m.text, cp, b, ok, i)
	}
	if b, ok := m.BytesFromUTF16(unit); !ok || b != i {
		t.Fatalf("%q: BytesFromUTF16(%d) = %d, %v, want %d", m.text, unit, b, ok, i)
	}
	if m.CodePoints(i) != cp || m.UTF16(i) != unit {
		t.Fatalf("%q: byte %d = %d, %d, want %d, %d", m.text, i, m.CodePoints(i), m.UTF16(i), cp, unit)
	}
}

func FuzzMapper(f *testing.F) {
	f.Add("aé€😀b\xff")
	f.Add(strings.Repeat("é", 65))
	f.Fuzz(checkMapper)
}

func TestValidUTF8SaysWhere(t *testing.T) {
	for text, want := range map[string][2]int{"a\n\nb\xff": {4, 3}, "\xc3": {0, 1}, "é\xe2\x82": {2, 1}} {
		if offset, line, ok := ValidUTF8([]byte(text)); ok || offset != want[0] || line != want[1] {
			t.Errorf("%q: %d, %d, %v, want %v", text, offset, line, ok, want)
		}
	}
	if _, _, ok := ValidUTF8([]byte("a\uFFFDb")); !ok {
		t.Error("a real U+FFFD is valid")
	}
}

func BenchmarkMapper(b *testing.B) {
	text := strings.Repeat("Sjögren µg/ml ", 5000)
	m := NewMapper(text)
	b.Run("new", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			NewMapper(text)
		}
	})
	b.Run("codepoints", func(b *testing.B) {
		for b.Loop() {
			m.CodePoints(len(text) * 2 / 3)
		}
	})
}
