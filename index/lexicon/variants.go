package lexicon

import (
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// Forms are the ways in which a name may stand in a text other than as it is written.
type Forms struct {
	Number   bool // "abscesses", "metastases", "fistulae"
	Spelling bool // British and American, accents, numerals: "anaemia", "Sjogren", "type II"
	Order    bool // "cancer of the breast", "anemia, sickle cell"
}

// What a match in another form is worth beside an exact one.
var formTrust = map[string]float64{"plural": 0.95, "spelling": 0.95, "order": 0.9}

func (f Forms) allow(source string) bool {
	return source == "plural" && f.Number || source == "spelling" && f.Spelling || source == "order" && f.Order
}

// Variants adds the names that stand in a sentence in another form to its candidates, with the sources "plural",
// "spelling" and "order". Where a surface has occurred in the indexed sentences as it stands, its own counts say more, and
// nothing is added. held is not counted.
func (l *Lexicon) Variants(s corpora.Sentence, forms Forms, found []Candidate, held *HeldOut) []Candidate {
	if forms == (Forms{}) {
		return found
	}
	p := parse(s.Text)
	defer p.release()
	v := variants{lexicon: l, parsed: p, forms: forms, held: held, occurred: occurred(found, held)}
	folds := l.folds(p)
	for i, f := range folds {
		if f != filler && f != unknown {
			v.from(folds, i)
		}
	}
	return merge(found, v.found)
}

// occurred are the stretches that have counts of their own.
func occurred(found []Candidate, held *HeldOut) map[corpora.Fragment]bool {
	places := map[corpora.Fragment]bool{}
	for _, c := range found {
		if held.seen(c.Entry) > 0 {
			places[c.Fragment] = true
		}
	}
	return places
}

// The hashes of words that are no part of a bag.
const filler, unknown = 0, 1

// folds are the hashes of the words' folds.
func (l *Lexicon) folds(p *parsed) []uint64 {
	folds := make([]uint64, len(p.words))
	norm := string(p.norm)
	for i, w := range p.words {
		form := norm[w.from:w.to]
		if isFiller(form) {
			folds[i] = filler
		} else if folds[i] = foldHash(form); !l.known.has(folds[i]) {
			folds[i] = unknown
		}
	}
	return folds
}

type variants struct {
	lexicon  *Lexicon
	parsed   *parsed
	forms    Forms
	held     *HeldOut
	occurred map[corpora.Fragment]bool
	entries  []uint64
	found    []Candidate
}

// from tries the stretches that begin at a word.
func (v *variants) from(folds []uint64, first int) {
	bag := uint64(0)
	for last := first; last < len(folds) && last < first+mostLoose && folds[last] != unknown; last++ {
		if folds[last] == filler {
			continue
		}
		bag += folds[last]
		v.entries = v.lexicon.bagEntries(v.entries[:0], bag)
		for _, offset := range v.entries {
			v.try(run{first, last, offset})
		}
	}
}

// try adds a stretch as the name of an entry, where it is one in another form.
func (v *variants) try(r run) {
	p, l := v.parsed, v.lexicon
	if l.hasKey(r.entry, p.normal(r.first, r.last)) {
		return // as written
	}
	m, ok := l.match(p, r)
	if !ok {
		return
	}
	source := v.form(r, strings.Split(m.Entry.Key, " "))
	if !v.forms.allow(source) || v.occurred[p.fragment(r.first, r.last)] {
		return
	}
	v.found = l.appendPriors(v.found, p, r, found{m, source, formTrust[source]}, v.held)
}

// form says in which form a stretch is a key: "plural", "spelling", "order", or "" in none.
func (v *variants) form(r run, key []string) string {
	text := strings.Split(string(v.parsed.normal(r.first, r.last)), " ")
	if source := formInOrder(text, key); source != "" {
		return source
	}
	if v.complete(text, r) && reordered(text, key) {
		return "order"
	}
	return ""
}

func formInOrder(text, key []string) string {
	if len(text) != len(key) {
		return ""
	}
	source := "plural"
	for i := range text {
		a, b := foldNumber(text[i]), foldNumber(key[i])
		if a != b {
			source = "spelling"
		}
		if foldSpelling(a) != foldSpelling(b) {
			return ""
		}
	}
	return source
}

// merge adds candidates, in order, each joined with the one of the same stretch and label: the better prior counts, with its
// source and entry, and the concepts and terms of both stay.
func merge(all, more []Candidate) []Candidate {
	if len(more) == 0 {
		return all
	}
	type spot struct {
		corpora.Fragment
		label string
	}
	place := make(map[spot]int, len(all)+len(more))
	for i, c := range all {
		place[spot{c.Fragment, c.Label}] = i
	}
	for _, c := range more {
		at := spot{c.Fragment, c.Label}
		i, known := place[at]
		if !known {
			place[at] = len(all)
			all = append(all, c)
			continue
		}
		old := all[i]
		if c.Prior > old.Prior {
			old, c = c, old
		}
		old.Entry = joined(old.Entry, c.Entry)
		all[i] = old
	}
	sortCandidates(all)
	return all
}

// joined is an entry with the terms and concepts of another behind its own.
func joined(e, other Entry) Entry {
	e.Terms, e.Concepts = slices.Clip(e.Terms), slices.Clip(e.Concepts)
	for _, t := range other.Terms {
		if !slices.ContainsFunc(e.Terms, func(o TermRef) bool { return o.Row == t.Row && o.Label == t.Label }) {
			e.Terms = append(e.Terms, t)
		}
	}
	for _, c := range other.Concepts {
		if !slices.ContainsFunc(e.Concepts, func(o ConceptCount) bool { return o.ID == c.ID }) {
			e.Concepts = append(e.Concepts, c)
		}
	}
	return e
}
