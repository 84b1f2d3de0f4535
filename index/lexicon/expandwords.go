package lexicon

// WordForms are words with their other forms behind each: singular, plural, and both in American spelling; each form
// once. It is for searching names by words, which stand in an index as they are written.
func WordForms(words []string) []string {
	forms := make([]string, 0, 2*len(words))
	seen := make(map[string]bool, 2*len(words))
	for _, w := range words {
		one := Normalize(w)
		other := foldSpelling(one)
		for _, form := range []string{w, one, one + "s", other, other + "s"} {
			if (len(form) > 3 || form == w) && !seen[form] {
				seen[form] = true
				forms = append(forms, form)
			}
		}
	}
	return forms
}
