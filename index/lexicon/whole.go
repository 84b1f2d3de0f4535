package lexicon

import "strings"

// Name is an entry that a surface as a whole is a name of, and how that was found: "lexicon" as it stands, or "plural",
// "spelling", "order" or "fuzzy" as for a candidate.
type Name struct {
	Entry  Entry
	Source string
	Times  int // that the entry's key stands annotated elsewhere, with whatever label
}

// Whole finds the entries that a surface as a whole is a name of: the one of its own key first, then those whose names are
// other forms of it, then, where there is none, those that it is a misspelling of, by the rules of Candidates, Variants and
// Respelled. Other than these it also finds names that have no label. The entries are without what held taught.
func (l *Lexicon) Whole(surface string, forms Forms, known func(word string) bool, held *HeldOut) []Name {
	p := parse(surface)
	defer p.release()
	if len(p.words) == 0 {
		return nil
	}
	names := l.wholeAs(nil, p, forms, "lexicon", held)
	if len(names) > 0 || known == nil {
		return names
	}
	if changed := l.corrections(p, known, held); len(changed) > 0 {
		p.replace(changed)
		names = l.wholeAs(nil, p, Forms{}, "fuzzy", held)
	}
	return names
}

// wholeAs finds the entry of a text's key, to which it gives the source, and those of its other forms.
func (l *Lexicon) wholeAs(names []Name, p *parsed, forms Forms, source string, held *HeldOut) []Name {
	last := len(p.words) - 1
	for _, r := range l.runsAt(nil, p, 0) {
		if r.last == last {
			if entry, ok := l.entry(r.entry); ok {
				names = append(names, held.name(entry, source))
			}
		}
	}
	if forms == (Forms{}) {
		return names
	}
	bag := uint64(0)
	for _, fold := range l.folds(p) {
		if fold == unknown {
			return names
		}
		if fold != filler {
			bag += fold
		}
	}
	v := variants{lexicon: l, parsed: p, forms: forms}
	for _, offset := range l.bagEntries(nil, bag) {
		r := run{0, last, offset}
		if l.hasKey(offset, p.normal(0, last)) {
			continue
		}
		entry, ok := l.entry(offset)
		if !ok {
			continue
		}
		if source := v.form(r, strings.Split(entry.Key, " ")); forms.allow(source) {
			names = append(names, held.name(entry, source))
		}
	}
	return names
}

// Fold is a normal form of a word that does not depend on its number and spelling, "" for fillers such as "of". It is for
// comparing with others and need not be a word.
func Fold(norm string) string {
	if isFiller(norm) {
		return ""
	}
	return foldSpelling(foldNumber(norm))
}

// name is an entry without what was held out.
func (h *HeldOut) name(e Entry, source string) Name {
	n := Name{h.entry(e), source, e.Total()}
	if h != nil {
		own := h.counts[spelled{e.Key, ""}]
		n.Times -= own.Total()
	}
	return n
}
