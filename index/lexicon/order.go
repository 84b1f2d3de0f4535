package lexicon

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// reordered reports whether two names differ only as "cancer of the breast" and "breast cancer" do, or as "anemia, sickle
// cell" and "sickle cell anemia": free permutations are mostly other things ("hepatitis B", "non-B hepatitis").
func reordered(a, b []string) bool {
	for _, x := range plainForms(a) {
		for _, y := range plainForms(b) {
			if slices.Equal(x, y) {
				return true
			}
		}
	}
	return false
}

// plainForms are the folds of a name's words in the orders it has without "of" and without inversion by commas: itself,
// where it has neither; nothing, where it has other marks.
func plainForms(name []string) [][]string {
	var parts [][]string // between commas
	of := -1
	part := []string{}
	for _, w := range name {
		switch {
		case w == ",":
			parts, part = append(parts, part), nil
		case w == "of" && of < 0:
			of = len(part)
		case w == "the" && of == len(part): // of the
		case isMark(w):
			return nil
		default:
			part = append(part, foldSpelling(foldNumber(w)))
		}
	}
	parts = append(parts, part)
	switch {
	case len(parts) > 1 && of < 0:
		slices.Reverse(parts)
		return [][]string{slices.Concat(parts...)}
	case len(parts) == 1 && of > 0 && of < len(part):
		return inserted(part[:of], part[of:])
	case len(parts) == 1 && of < 0:
		return parts
	}
	return nil
}

// inserted are the names that head "of" modifier may be without "of": "complete deficiency" and "c9" are "c9 complete
// deficiency" and "complete c9 deficiency".
func inserted(head, modifier []string) (forms [][]string) {
	for i := range head {
		forms = append(forms, slices.Concat(head[:i], modifier, head[i:]))
	}
	return forms
}

func isMark(w string) bool {
	r, size := utf8.DecodeRuneInString(w)
	return size == len(w) && !unicode.IsLetter(r) && !unicode.IsNumber(r)
}

// complete reports whether a stretch with "of" or a comma can be a name as it stands: what follows "of" must not go on
// ("loss of visual acuity" is no visual loss), and what has a comma must be all that stands between two stronger marks,
// as in a list of keywords, for otherwise the comma rather parts two names.
func (v *variants) complete(text []string, r run) bool {
	if slices.Contains(text, ",") {
		return v.bounded(r.first-1) && v.bounded(r.last+1)
	}
	return !slices.Contains(text, "of") || v.ends(r.last+1)
}

// bounded reports whether the place of a word is beyond the text or a mark stronger than a comma.
func (v *variants) bounded(i int) bool {
	return i < 0 || i >= len(v.parsed.words) || v.mark(i) && string(v.parsed.normal(i, i)) != ","
}

// ends reports whether a word cannot be part of the name before it.
func (v *variants) ends(i int) bool {
	return i >= len(v.parsed.words) || v.mark(i) || linking[string(v.parsed.normal(i, i))]
}

func (v *variants) mark(i int) bool { return isMark(string(v.parsed.normal(i, i))) }

// linking are English words that end a noun phrase.
var linking = map[string]bool{
	"and": true, "or": true, "but": true, "nor": true, "than": true, "as": true, "that": true, "which": true, "who": true, "whose": true,
	"in": true, "on": true, "at": true, "by": true, "for": true, "from": true, "to": true, "with": true, "without": true, "of": true,
	"after": true, "before": true, "during": true, "since": true, "until": true, "between": true, "among": true, "within": true,
	"into": true, "through": true, "via": true, "due": true, "following": true, "associated": true, "caused": true,
	"is": true, "are": true, "was": true, "were": true, "be": true, "been": true, "has": true, "have": true, "had": true,
	"may": true, "might": true, "can": true, "could": true, "will": true, "would": true, "should": true, "must": true, "not": true,
	"occurs": true, "occurred": true, "developed": true, "where": true, "when": true, "while": true, "whereas": true, "if": true,
}
