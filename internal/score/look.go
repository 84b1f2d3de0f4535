package score

import (
	"cmp"
	"crypto/sha256"
	"iter"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// view is what pairing needs to know of two collections. Most often both have the same documents in the same order:
// of those that are in step, from the first on, nothing is kept but a digest of the id, since nothing that comes after
// them can give them other partners.
type view struct {
	gold, pred side
	inStep     int // documents at the beginning
	numbered   int // of these, such as a reader numbered
	repeated   repeats
}

// side is one collection.
type side struct {
	heads     []head // of the documents that are not in step
	documents int
	sentences int
	running   bool // some document does not state its sentences
	numbers   numbering
}

// head is what pairing needs to know of a document.
type head struct {
	id        string
	ink       digest // of a tokenised one
	tokenised bool
	numbered  bool // a reader made its id
}

// look reads both collections once.
func look(gold, pred Documents) (*view, error) {
	v := &view{repeated: repeats{seen: map[digest]uint8{}}}
	v.gold.numbers, v.pred.numbers = numbering{}, numbering{}
	next, stop := iter.Pull2(pred.All())
	defer stop()
	p, err, more := next()
	apart := false
	for g, failed := range gold.All() {
		if failed != nil || err != nil {
			return nil, cmp.Or(failed, err)
		}
		if apart = apart || !more || !inStep(g, p); apart {
			v.gold.keep(g)
			v.repeated.add(g.ID, ofGold)
			continue
		}
		v.step(g, p)
		p, err, more = next()
	}
	for ; more && err == nil; p, err, more = next() {
		v.pred.keep(p)
		v.repeated.add(p.ID, ofPred)
	}
	return v, err
}

// inStep reports whether two documents that stand at the same place, behind others of which that was true, go together
// whatever follows: not only by their ids, but by order and by text, too.
func inStep(g, p corpora.Document) bool {
	return g.ID == p.ID && tokenised(g) == tokenised(p) && (!tokenised(g) || sameInk(g.Text, p.Text))
}

func (v *view) step(g, p corpora.Document) {
	v.inStep++
	if v.gold.count(g) {
		v.numbered++
	}
	v.pred.count(p)
	v.repeated.add(g.ID, ofGold|ofPred)
}

// count reports whether doc has a reader's number.
func (s *side) count(doc corpora.Document) bool {
	s.documents++
	s.sentences += len(doc.Sentences)
	s.running = s.running || !tokenised(doc)
	return s.numbers.next(doc)
}

func (s *side) keep(doc corpora.Document) {
	h := head{id: doc.ID, numbered: s.count(doc), tokenised: tokenised(doc)}
	if h.tokenised {
		h.ink = digestOf(ink(doc.Text))
	}
	s.heads = append(s.heads, h)
}

// tokenised reports whether d states its sentences, as CoNLL does. A failed document states none.
func tokenised(d corpora.Document) bool { return len(d.Sentences) > 0 }

// numbering has the last number of each name.
type numbering map[string]int

// next reports whether doc, which comes next, is tokenised and its id looks like a reader's: a name, "-" and a number
// greater than the last one with that name (a sentence that could not be read leaves a gap).
func (n numbering) next(doc corpora.Document) bool {
	cut := strings.LastIndexByte(doc.ID, '-')
	if cut < 0 || !tokenised(doc) {
		return false
	}
	name, digits := doc.ID[:cut], doc.ID[cut+1:]
	number, err := strconv.Atoi(digits)
	if err != nil || number <= n[name] || strconv.Itoa(number) != digits {
		return false
	}
	n[name] = number
	return true
}

// digest stands for a text; no two texts that anyone will ever meet have the same.
type digest [16]byte

func digestOf(s string) digest {
	sum := sha256.Sum256([]byte(s))
	return digest(sum[:16])
}

// repeats lists the ids that stand more than once on a side.
type repeats struct {
	seen map[digest]uint8
	list []string
}

const (
	ofGold uint8 = 1 << iota
	ofPred
	listed
)

func (r *repeats) add(id string, sides uint8) {
	key := digestOf(id)
	before := r.seen[key]
	if before&sides != 0 && before&listed == 0 {
		r.list = append(r.list, id)
		before |= listed
	}
	r.seen[key] = before | sides
}
