package score

import (
	"cmp"
	"iter"
	"slices"
)

// Finder looks for errors to read in pairs that come one at a time. It keeps two numbers for each document and kind of
// error and the distinct surfaces of what is missed and invented, but no documents.
type Finder struct {
	docs     int
	kinds    map[Kind]*places
	repeated map[string]bool // ids of several documents
	frequent map[Kind]surfaces
}

// NewFinder returns an empty Finder. repeated are the ids that several gold documents have, and may be more.
func NewFinder(repeated []string) *Finder {
	f := &Finder{kinds: map[Kind]*places{}, repeated: map[string]bool{}, frequent: map[Kind]surfaces{Missed: {}, Spurious: {}}}
	for _, kind := range Kinds() {
		f.kinds[kind] = &places{known: map[string]int{}, more: map[int][]stretch{}}
	}
	for _, id := range repeated {
		f.repeated[id] = true
	}
	return f
}

// Add looks at the errors of a pair.
func (f *Finder) Add(p Pair) {
	count := map[Kind]uint32{}
	for _, c := range ErrorCases(p) {
		count[c.Kind]++
		if s := f.frequent[c.Kind]; s != nil {
			s.add(p, c)
		}
	}
	for kind, n := range count {
		f.kinds[kind].add(f.docs, n, p.Gold.ID, f.repeated[p.Gold.ID])
	}
	f.docs++
}

// Find takes up to perKind examples of each kind, spread over the documents (see Spread), and the mentions that are
// most often missed or spurious. pairs are those that were added, once more in the same order; the same pairs give the
// same findings. An error is that of pairs.
func (f *Finder) Find(pairs iter.Seq2[Pair, error], perKind int) (Findings, error) {
	wanted := f.choose(perKind)
	slices.SortFunc(wanted, func(a, b wantedCase) int { return cmp.Or(a.doc-b.doc, a.kind-b.kind, a.nth-b.nth) })
	if err := fill(wanted, pairs); err != nil {
		return Findings{}, err
	}
	slices.SortFunc(wanted, func(a, b wantedCase) int { return cmp.Or(a.kind-b.kind, a.doc-b.doc, a.nth-b.nth) })
	found := Findings{Examples: []Example{}, Frequent: append(f.frequent[Missed].most(), f.frequent[Spurious].most()...)}
	for _, w := range wanted {
		found.Examples = append(found.Examples, w.Example)
	}
	return found, nil
}

// wantedCase is the nth error of a kind in a document, all counted from 0.
type wantedCase struct {
	kind, doc, nth int
	Example
}

func (f *Finder) choose(perKind int) (wanted []wantedCase) {
	for k, kind := range Kinds() {
		p := f.kinds[kind]
		for _, x := range everyWhere(p.sizes, perKind) {
			doc, nth := p.find(x)
			wanted = append(wanted, wantedCase{kind: k, doc: doc, nth: nth})
		}
	}
	return wanted
}

// fill quotes the wanted errors, which are ordered by document, and reads no further than the last of them.
func fill(wanted []wantedCase, pairs iter.Seq2[Pair, error]) error {
	if len(wanted) == 0 {
		return nil
	}
	doc := 0
	for p, err := range pairs {
		if err != nil {
			return err
		}
		here := 0
		for here < len(wanted) && wanted[here].doc == doc {
			here++
		}
		if here > 0 {
			quoteErrors(wanted[:here], p)
		}
		if wanted = wanted[here:]; len(wanted) == 0 {
			return nil
		}
		doc++
	}
	return nil
}

// quoteErrors fills in errors of one document.
func quoteErrors(wanted []wantedCase, p Pair) {
	cases := map[Kind][]ErrorCase{}
	for _, c := range ErrorCases(p) {
		cases[c.Kind] = append(cases[c.Kind], c)
	}
	for i, w := range wanted {
		c := cases[Kinds()[w.kind]][w.nth]
		wanted[i].Example = Example{Document: c.DocID, Kind: c.Kind, Gold: quoted(p.Gold.Text, c.Gold), Predicted: quoted(p.Pred.Text, c.Pred)}
	}
}

// places say which documents have errors of a kind. Documents of one id are a group.
type places struct {
	docs  []uint32          // the first document of each group
	sizes []uint32          // how many errors each group has
	known map[string]int    // the group of an id that stands more than once
	more  map[int][]stretch // the documents of a group that may have several
}

// stretch are so many errors of a document.
type stretch struct{ doc, cases int }

func (p *places) add(doc int, cases uint32, id string, repeated bool) {
	g, known := p.known[id]
	if !known {
		g = len(p.docs)
		p.docs, p.sizes = append(p.docs, uint32(doc)), append(p.sizes, 0)
	}
	p.sizes[g] += cases
	if repeated {
		p.known[id] = g
		p.more[g] = append(p.more[g], stretch{doc, int(cases)})
	}
}

// find tells which error of which document a member of a group is.
func (p *places) find(x pick) (doc, nth int) {
	nth = x.member
	for _, s := range p.more[x.group] {
		if nth < s.cases {
			return s.doc, nth
		}
		nth -= s.cases
	}
	return int(p.docs[x.group]), nth
}
