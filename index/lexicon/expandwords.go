package lexicon

import "slices"

// WordForms are words with their other forms behind each: singular, plural, and both in American spelling. It is for
// searching names by words, which stand in an index as they are written.
func WordForms(words []string) []string {
	var forms []string
	for _, w := range words {
		one := Normalize(w)
		other := foldSpelling(one)
		for _, form := range []string{w, one, one + "s", other, other + "s"} {
			if len(form) > 3 || form == w {
				if !slices.Contains(forms, form) {
					forms = append(forms, form)
				}
			}
		}
	}
	return forms
}
