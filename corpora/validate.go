package corpora

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Validate checks that doc is sound: UTF-8, every entity with a label and with fragments that lie in the text,
// in order, not empty, not overlapping and on the borders of code points, and every stated sentence where it
// says. Errors name entities by number, from 1, and quote nothing.
func Validate(doc Document) error {
	if offset, line, ok := ValidUTF8([]byte(doc.Text)); !ok {
		return fmt.Errorf("the text is not UTF-8 at byte %d (line %d)", offset, line)
	}
	for i, e := range doc.Entities {
		if err := validEntity(doc.Text, e); err != nil {
			return fmt.Errorf("entity %s: %w", entityName(e, i), err)
		}
	}
	end := 0
	for i, s := range doc.Sentences {
		if err := validSentence(doc.Text, s, end); err != nil {
			return fmt.Errorf("sentence %d: %w", i+1, err)
		}
		end = s.Offset + len(s.Text)
	}
	return nil
}

func entityName(e Entity, i int) string {
	if e.ID != "" {
		return e.ID
	}
	return fmt.Sprintf("number %d", i+1)
}

func validEntity(text string, e Entity) error {
	switch {
	case e.Label == "":
		return errors.New("it has no label")
	case strings.ContainsFunc(e.Label, unicode.IsControl) || !utf8.ValidString(e.Label):
		return errors.New("its label has control characters")
	case len(e.Fragments) == 0:
		return errors.New("it covers no text")
	}
	end := 0
	for _, f := range e.Fragments {
		switch {
		case f.Start < 0 || f.End > len(text):
			return fmt.Errorf("bytes %d to %d lie outside the text, which has %d", f.Start, f.End, len(text))
		case f.Start >= f.End:
			return fmt.Errorf("bytes %d to %d are empty", f.Start, f.End)
		case f.Start < end:
			return fmt.Errorf("its fragment at byte %d overlaps or precedes the one before", f.Start)
		case !onBorder(text, f.Start) || !onBorder(text, f.End):
			return fmt.Errorf("bytes %d to %d cut a character", f.Start, f.End)
		}
		end = f.End
	}
	return nil
}

func onBorder(text string, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }

func validSentence(text string, s Sentence, from int) error {
	if s.Offset < from || s.Offset+len(s.Text) > len(text) || text[s.Offset:s.Offset+len(s.Text)] != s.Text {
		return errors.New("it does not stand where it says")
	}
	end := 0
	for _, t := range s.Tokens {
		if t.Start < end || t.End <= t.Start || t.End > len(s.Text) {
			return errors.New("its tokens are not in order or not in it")
		}
		end = t.End
	}
	return nil
}

// Relabel gives every entity the label and merges those that become equal: their concepts are united.
func Relabel(entities []Entity, label string) []Entity {
	var kept []Entity
	for _, e := range entities {
		e.Label = label
		same := slices.IndexFunc(kept, func(k Entity) bool { return slices.Equal(k.Fragments, e.Fragments) })
		if same < 0 {
			kept = append(kept, e)
			continue
		}
		for _, c := range e.Concepts {
			if !slices.Contains(kept[same].Concepts, c) {
				kept[same].Concepts = append(slices.Clip(kept[same].Concepts), c)
			}
		}
	}
	return kept
}

// UniqueIDs tells documents with the same id apart. The zero value is ready to use.
type UniqueIDs struct{ seen map[string]int }

// Name gives id when it is new, and otherwise id with "-2", "-3" and so on; repeated tells which.
func (u *UniqueIDs) Name(id string) (unique string, repeated bool) {
	if u.seen == nil {
		u.seen = map[string]int{}
	}
	unique = id
	for u.seen[unique] > 0 {
		u.seen[id]++
		unique = fmt.Sprintf("%s-%d", id, u.seen[id])
	}
	u.seen[unique]++
	return unique, unique != id
}
