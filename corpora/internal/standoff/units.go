// Package standoff holds what the formats share that keep annotations beside the text: brat, PubTator and BioC.
// It turns stated offsets into checked entities, concept columns into ids, and collects what was wrong. It
// reads and writes no file itself.
package standoff

import (
	"fmt"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
)

// Unit is what a file's offsets count.
type Unit string

// The units, by the names that the option "unit" has.
const (
	CodePoint Unit = "codepoint"
	UTF16     Unit = "utf16"
	Byte      Unit = "byte"
)

// Units lists what the option asks for, or, when it is not set, all units, the usual one first.
func Units(spec corpora.Spec) ([]Unit, error) {
	switch u := Unit(spec.Get("unit", "")); u {
	case "":
		return []Unit{CodePoint, UTF16, Byte}, nil
	case CodePoint, UTF16, Byte:
		return []Unit{u}, nil
	default:
		return nil, fmt.Errorf("unknown unit %q (known: %s, %s, %s)", string(u), CodePoint, UTF16, Byte)
	}
}

// Ruler converts one text's offsets from a unit into bytes.
type Ruler struct {
	Text   string
	unit   Unit
	mapper *corpora.Mapper
}

// NewRuler reads text once.
func NewRuler(text string, unit Unit) Ruler { return Ruler{text, unit, corpora.NewMapper(text)} }

// Bytes is the byte at offset; ok is false outside the text and inside a character.
func (r Ruler) Bytes(offset int) (b int, ok bool) {
	switch r.unit {
	case UTF16:
		return r.mapper.BytesFromUTF16(offset)
	case Byte:
		ok = offset >= 0 && offset <= len(r.Text) && (offset == len(r.Text) || utf8.RuneStart(r.Text[offset]))
		return offset, ok
	default:
		return r.mapper.Bytes(offset)
	}
}

// Len is the text's length in the unit.
func (r Ruler) Len() int {
	switch r.unit {
	case UTF16:
		return r.mapper.LenUTF16()
	case Byte:
		return len(r.Text)
	default:
		return r.mapper.Len()
	}
}
