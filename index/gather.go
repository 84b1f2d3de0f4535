package index

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/records"
)

// gatherer collects the sentences of a stream of documents, each text once. Texts go to a file aside as they
// come; what is kept in memory is a key, the annotations and the occurrences of each.
type gatherer struct {
	name   string
	labels *labelTable
	rows   []gathered
	byText map[textKey]int
	docs   []gatheredDocument
	before map[string][]int // documents of the previous generation, by id
	path   string           // of the file aside
	file   *os.File
	spill  *bufio.Writer
}

type textKey [16]byte

func keyOf(text string) textKey {
	sum := sha256.Sum256([]byte(text))
	return textKey(sum[:16])
}

type gathered struct {
	size     int // of the encoded text
	previous int // row of the previous generation, or -1
	variants []variant
}

// variant is one annotation of a text with its occurrences, in order.
type variant struct {
	entities string // encoded
	count    int    // of entities
	list     []occurrence
}

type gatheredDocument struct {
	id      string
	source  int
	dropped bool
}

// labelTable numbers labels in order of first appearance.
type labelTable struct {
	numbers map[string]int
	names   []string
	counts  []LabelCount
}

func newLabelTable() *labelTable { return &labelTable{numbers: map[string]int{}} }

func (t *labelTable) number(label string) int {
	n, ok := t.numbers[label]
	if !ok {
		n = len(t.counts)
		t.numbers[label] = n
		t.names = append(t.names, label)
		t.counts = append(t.counts, LabelCount{Label: label})
	}
	return n
}

func newGatherer(path, name string, labels *labelTable) (*gatherer, error) {
	path = filepath.Join(path, name+".spill")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	return &gatherer{
		name: name, labels: labels, byText: map[textKey]int{}, before: map[string][]int{},
		path: path, file: file, spill: bufio.NewWriterSize(file, 1<<18),
	}, nil
}

// prepared is a sentence made ready by a worker.
type prepared struct {
	key      textKey
	text     []byte // encoded
	entities []corpora.Entity
	index    int
	offset   int
}

func prepare(a corpora.Annotated) prepared {
	var e records.Encoder
	encodeText(&e, a.Sentence)
	return prepared{keyOf(a.Text), e.Buf, a.Entities, a.Index, a.Offset}
}

// begin starts a document; those of the previous generation with its id are dropped, which is told.
func (g *gatherer) begin(id string, source int) (doc int, replaced bool) {
	for _, old := range g.before[id] {
		g.docs[old].dropped = true
		replaced = true
	}
	delete(g.before, id)
	g.docs = append(g.docs, gatheredDocument{id: id, source: source})
	return len(g.docs) - 1, replaced
}

func (g *gatherer) add(doc int, s prepared) error {
	var e records.Encoder
	encodeEntities(&e, s.entities, g.labels.number)
	row, err := g.row(s.key, s.text, -1)
	if err != nil {
		return err
	}
	g.vote(row, string(e.Buf), len(s.entities), occurrence{doc, s.index, s.offset})
	return nil
}

// row is the number of a text, which is stored when it is new.
func (g *gatherer) row(key textKey, text []byte, previous int) (int, error) {
	if row, ok := g.byText[key]; ok {
		return row, nil
	}
	row := len(g.rows)
	g.byText[key] = row
	g.rows = append(g.rows, gathered{size: len(text), previous: previous})
	_, err := g.spill.Write(text)
	return row, err
}

func (g *gatherer) vote(row int, entities string, count int, list ...occurrence) {
	r := &g.rows[row]
	i := slices.IndexFunc(r.variants, func(v variant) bool { return v.entities == entities })
	if i < 0 {
		i = len(r.variants)
		r.variants = append(r.variants, variant{entities: entities, count: count})
	}
	r.variants[i].list = append(r.variants[i].list, list...)
}

// gatheredTexts is what finish tells of the rows it wrote.
type gatheredTexts struct {
	previous  []int // by row: the row of the previous generation with the same text, or -1
	documents []documentRow
	sentences int // occurrences
	entities  int // in all occurrences
	conflicts int
	repeated  int // ids that more than one document has
}

// finish writes NAME.records and NAME.documents and removes the file aside.
func (g *gatherer) finish(path string) (out gatheredTexts, err error) {
	if err := g.spill.Flush(); err != nil {
		return out, err
	}
	if _, err := g.file.Seek(0, io.SeekStart); err != nil {
		return out, err
	}
	numbers := g.numberDocuments(&out)
	w, err := records.Create(filepath.Join(path, g.name+".records"))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	in := bufio.NewReaderSize(g.file, 1<<18)
	for i := range g.rows {
		if err := g.writeRow(w, in, &g.rows[i], numbers, &out); err != nil {
			return out, err
		}
	}
	out.repeated = repeatedIDs(out.documents)
	if err := errors.Join(g.close(), os.Remove(g.path)); err != nil {
		return out, err
	}
	base := filepath.Join(path, g.name)
	return out, errors.Join(writeDocuments(base+".documents", out.documents), writeIDs(base+".ids", out.documents))
}

func repeatedIDs(docs []documentRow) int {
	times := make(map[string]int, len(docs))
	for _, doc := range docs {
		times[doc.id]++
	}
	repeated := 0
	for _, n := range times {
		if n > 1 {
			repeated++
		}
	}
	return repeated
}

// close closes the file aside. It may be called twice.
func (g *gatherer) close() error {
	if g.file == nil {
		return nil
	}
	file := g.file
	g.file, g.rows, g.byText = nil, nil, nil
	return file.Close()
}

// numberDocuments lists the documents that stay and gives each its new number, -1 for the others.
func (g *gatherer) numberDocuments(out *gatheredTexts) []int {
	numbers := make([]int, len(g.docs))
	for i, doc := range g.docs {
		numbers[i] = -1
		if !doc.dropped {
			numbers[i] = len(out.documents)
			out.documents = append(out.documents, documentRow{id: doc.id, source: doc.source})
		}
	}
	return numbers
}

func (g *gatherer) writeRow(w *records.Writer, in io.Reader, r *gathered, numbers []int, out *gatheredTexts) error {
	var e records.Encoder
	e.Buf = make([]byte, r.size)
	if _, err := io.ReadFull(in, e.Buf); err != nil {
		return err
	}
	variants := rankVariants(r.variants, numbers)
	if len(variants) == 0 {
		return nil // only dropped documents had it
	}
	if len(variants) > 1 {
		out.conflicts++
	}
	out.previous = append(out.previous, r.previous)
	e.Uint(len(variants))
	for _, v := range variants {
		e.Buf = append(e.Buf, v.entities...)
		encodeOccurrences(&e, v.list)
		out.count(v, len(out.previous)-1, g.labels)
	}
	w.Append(e.Buf)
	return nil
}

// rankVariants leaves out dropped documents, renumbers the others and puts the most frequent annotation first;
// of equally frequent ones the one that was met first.
func rankVariants(variants []variant, numbers []int) []variant {
	var kept []variant
	for _, v := range variants {
		list := v.list[:0]
		for _, o := range v.list {
			if o.doc = numbers[o.doc]; o.doc >= 0 {
				list = append(list, o)
			}
		}
		if v.list = list; len(list) > 0 {
			kept = append(kept, v)
		}
	}
	slices.SortStableFunc(kept, func(a, b variant) int {
		return cmp.Or(cmp.Compare(len(b.list), len(a.list)),
			cmp.Compare(a.list[0].doc, b.list[0].doc), cmp.Compare(a.list[0].index, b.list[0].index))
	})
	return kept
}

func (out *gatheredTexts) count(v variant, row int, labels *labelTable) {
	out.sentences += len(v.list)
	out.entities += v.count * len(v.list)
	for _, o := range v.list {
		doc := &out.documents[o.doc]
		if n := len(doc.rows); n == 0 || doc.rows[n-1] != row {
			doc.rows = append(doc.rows, row)
		}
	}
	for _, e := range decodeEntities(records.NewDecoder([]byte(v.entities)), maxNumber, labels.names) {
		labels.counts[labels.number(e.Label)].Mentions += len(v.list)
	}
}

func writeDocuments(path string, docs []documentRow) error {
	w, err := records.Create(path)
	if err != nil {
		return err
	}
	var e records.Encoder
	for _, doc := range docs {
		e.Reset()
		encodeDocument(&e, doc)
		w.Append(e.Buf)
	}
	return w.Close()
}
