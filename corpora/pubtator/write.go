package pubtator

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

// writer writes documents to one stream.
type writer struct {
	out       *bufio.Writer
	lost      corpora.Loss
	documents int
}

// NewWriter makes a Writer of PubTator text. A document that came with passages keeps their border; of any other
// the first line is the title and the rest the abstract. A line cannot hold a line end: further ones become
// spaces, so that offsets hold. MeSH ids are written without prefix, "-1" where there is no concept.
// Discontinuous entities, scores, failed documents and metadata are counted as lost.
func NewWriter(w io.Writer, _ corpora.WriteOptions) corpora.Writer {
	return &writer{out: bufio.NewWriter(w), lost: corpora.Loss{}}
}

// Lost counts what could not be written.
func (w *writer) Lost() corpora.Loss { return w.lost }

// Close writes what is buffered.
func (w *writer) Close() error { return w.out.Flush() }

// Write writes doc's text lines, its annotations and a blank line.
func (w *writer) Write(doc corpora.Document) error {
	w.documents++
	if doc.Err != nil {
		w.lost.Add("failed documents", 1)
		return nil
	}
	id := w.id(doc.ID)
	for _, line := range w.textLines(doc) {
		fmt.Fprintf(w.out, "%s|%s|%s\n", id, line.kind, line.text)
	}
	mapper := corpora.NewMapper(doc.Text)
	for _, e := range slices.SortedStableFunc(slices.Values(doc.Entities), corpora.CompareEntities) {
		w.entity(id, doc.Text, mapper, e)
	}
	w.count(doc)
	_, err := w.out.WriteString("\n")
	return err
}

func (w *writer) entity(id, text string, mapper *corpora.Mapper, e corpora.Entity) {
	if len(e.Fragments) != 1 {
		w.lost.Add("discontinuous entities", 1)
		return
	}
	concepts := standoff.JoinConcepts(e.Concepts, "|", standoff.BareConcept, w.lost)
	if concepts == "" {
		concepts = "-1"
	}
	fmt.Fprintf(w.out, "%s\t%d\t%d\t%s\t%s\t%s\n", id, mapper.CodePoints(e.Start()), mapper.CodePoints(e.End()),
		standoff.OneLine(e.Surface(text), " "), standoff.OneLine(e.Label, "_"), concepts)
}

// count counts what the lines do not hold.
func (w *writer) count(doc corpora.Document) {
	for _, e := range doc.Entities {
		if e.Score != 0 || !e.From.Empty() {
			w.lost.Add("scores and evidence", 1)
		}
	}
	w.lost.Add("stated sentences", len(doc.Sentences))
	w.lost.Add("metadata values", len(standoff.OwnMeta(doc, standoff.MetaPassages, standoff.MetaLeftOut, standoff.MetaUnit)))
}

// id is the id fit for its column; a document without one is numbered.
func (w *writer) id(id string) string {
	if strings.TrimSpace(id) == "" {
		return fmt.Sprint(w.documents)
	}
	fit := strings.ReplaceAll(standoff.OneLine(strings.TrimSpace(id), "_"), "|", "_")
	if fit != id {
		w.lost.Add("characters of document ids", 1)
	}
	return fit
}

var lineEnds = strings.NewReplacer("\n", " ", "\r", " ")

// line is one text line.
type line struct{ kind, text string }

func (w *writer) textLines(doc corpora.Document) []line {
	lines, ok := ownLines(doc)
	if !ok {
		title, abstract, _ := strings.Cut(doc.Text, "\n")
		lines = []line{{"t", title}, {"a", abstract}}
		if abstract == "" && strings.HasSuffix(doc.Text, "\n") {
			w.lost.Add("line ends", 1)
		}
	}
	for i := range lines {
		w.lost.Add("line ends", strings.Count(lines[i].text, "\n")+strings.Count(lines[i].text, "\r"))
		lines[i].text = lineEnds.Replace(lines[i].text)
	}
	return lines
}

// ownLines are the lines that the document was read from: possible when its passages are parted by one line end.
// More than two are written so only where they are PubTator's own; a full text's many passages are no abstracts.
func ownLines(doc corpora.Document) (lines []line, ok bool) {
	passages, ok := standoff.Passages(doc)
	for i, p := range passages {
		gap := p.Start
		if i > 0 {
			gap = p.Start - passages[i-1].End - 1
		}
		emptyLast := i > 0 && i == len(passages)-1 && p.Start == p.End
		kind, own := letter(i, p.Type)
		if gap != 0 && (!emptyLast || gap != -1) || !own && len(passages) > 2 {
			return nil, false
		}
		lines = append(lines, line{kind, doc.Text[p.Start:p.End]})
	}
	return lines, ok
}

// letter is the type of a text line. PubTator knows title and abstract only, and programs that read it rely on
// a title first; own is false where the passage is neither.
func letter(i int, kind string) (short string, own bool) {
	for short, long := range passageTypes {
		if kind == long {
			return short, true
		}
	}
	if i == 0 {
		return "t", false
	}
	return "a", false
}
