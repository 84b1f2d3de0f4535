package conll

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// What tag sequences cannot hold, besides what corpora.Flatten counts.
const (
	lostAcross   = "entities across sentences"
	lostConcepts = "concept ids of entities"
	lostScores   = "scores of predictions"
	lostMeta     = "metadata of documents"
	lostID       = "characters of document ids"
	lostSpace    = "documents with other white space"
	lostBreaks   = "tokens or labels with tabs or line breaks"
	lostFailed   = "failed documents"
)

// writer writes tokens and tags, tab-separated. Documents of one sentence whose ids count from 1 ("notes-1") get
// no mark, as the reader names them so; those of several sentences that count so are begun by "-DOCSTART-"; from
// the first document that fits neither on, "# newdoc id = X" begins each.
type writer struct {
	w      *bufio.Writer
	scheme string
	lost   corpora.Loss
	mode   mode
	count  int
	err    error
}

type mode int

const (
	undecided mode = iota
	plain
	docStarts
	newDocs
)

func newWriter(w io.Writer, o corpora.WriteOptions) corpora.Writer {
	return &writer{w: bufio.NewWriter(w), scheme: o.Scheme, lost: corpora.Loss{}}
}

func (w *writer) Lost() corpora.Loss { return w.lost }

func (w *writer) Close() error { return w.err }

// Write writes one document through to the stream: its own sentences when it has them, otherwise those found by rule.
func (w *writer) Write(doc corpora.Document) error {
	if w.err != nil {
		return w.err
	}
	sentences := w.sentences(doc)
	w.count++
	w.begin(doc, sentences)
	for _, s := range sentences {
		if w.err = w.sentence(s); w.err != nil {
			return w.err
		}
	}
	w.account(doc)
	w.err = w.w.Flush()
	return w.err
}

func (w *writer) account(doc corpora.Document) {
	for _, e := range doc.Entities {
		if len(e.Concepts) > 0 {
			w.lost.Add(lostConcepts, 1)
		}
		if e.Score != 0 || !e.From.Empty() {
			w.lost.Add(lostScores, 1)
		}
	}
	if len(doc.Meta) > 0 {
		w.lost.Add(lostMeta, 1)
	}
	if doc.Err != nil {
		w.lost.Add(lostFailed, 1)
	}
}

// sentences keeps the borders that the document states, so that output lines up with input: an entity across
// them is lost. Borders by rule give way to entities.
func (w *writer) sentences(doc corpora.Document) []corpora.Annotated {
	if len(doc.Sentences) == 0 {
		sentences, _ := corpora.Annotate(doc)
		return sentences
	}
	stated := make([]corpora.Annotated, 0, len(doc.Sentences))
	for _, s := range corpora.Segment(doc) {
		stated = append(stated, corpora.Annotated{Sentence: s})
	}
	next := 0
	for _, e := range doc.Entities {
		for next < len(stated)-1 && stated[next+1].Offset <= e.Start() {
			next++
		}
		s := &stated[next]
		if e.Start() < s.Offset || e.End() > s.Offset+len(s.Text) {
			w.lost.Add(lostAcross, 1)
			continue
		}
		s.Entities = append(s.Entities, e.Shift(-s.Offset))
	}
	return stated
}

// begin writes the mark that the document needs.
func (w *writer) begin(doc corpora.Document, sentences []corpora.Annotated) {
	if w.mode != newDocs {
		w.mode = w.decide(doc, sentences)
	}
	switch w.mode {
	case docStarts:
		_, _ = w.w.WriteString(docStart + "\tO\n\n")
	case newDocs:
		id := strings.TrimSpace(clean(doc.ID))
		if id != doc.ID {
			w.lost.Add(lostID, 1)
		}
		_, _ = fmt.Fprintf(w.w, "# newdoc id = %s\n", id)
		if len(sentences) == 0 {
			_, _ = w.w.WriteString("\n")
		}
	}
	if w.rebuilt(sentences) != doc.Text {
		w.lost.Add(lostSpace, 1)
	}
}

func (w *writer) decide(doc corpora.Document, sentences []corpora.Annotated) mode {
	cut := strings.LastIndexByte(doc.ID, '-')
	simple := len(sentences) > 0 && cut > 0 && doc.ID[cut+1:] == strconv.Itoa(w.count)
	for _, s := range sentences {
		simple = simple && s.Text == joined(s)
	}
	switch {
	case simple && len(sentences) == 1 && (w.mode == undecided || w.mode == plain):
		return plain
	case simple && (w.mode == undecided || w.mode == docStarts):
		return docStarts
	}
	return newDocs
}

// rebuilt is the text that reading will give.
func (w *writer) rebuilt(sentences []corpora.Annotated) string {
	var b strings.Builder
	for i, s := range sentences {
		if i > 0 {
			b.WriteByte('\n')
		}
		if w.mode == newDocs && holdable(s.Text) {
			b.WriteString(s.Text)
		} else {
			b.WriteString(joined(s))
		}
	}
	return b.String()
}

// joined is the sentence's tokens with a blank between.
func joined(s corpora.Annotated) string {
	parts := make([]string, len(s.Tokens))
	for i, t := range s.Tokens {
		parts[i] = clean(s.Text[t.Start:t.End])
	}
	return strings.Join(parts, " ")
}

// holdable reports a text that fits into a comment.
func holdable(text string) bool { return !strings.ContainsAny(text, "\t\r\n") }

func (w *writer) sentence(s corpora.Annotated) error {
	spans, lost := corpora.Flatten(s)
	for what, n := range lost {
		w.lost.Add(what, n)
	}
	tags, err := corpora.EncodeTags(len(s.Tokens), spans, w.scheme)
	if err != nil {
		return err
	}
	if len(s.Tokens) == 0 {
		return nil
	}
	if w.mode == newDocs && holdable(s.Text) && s.Text != joined(s) {
		_, _ = fmt.Fprintf(w.w, "# text = %s\n", s.Text)
	}
	for i, t := range s.Tokens {
		_, _ = fmt.Fprintf(w.w, "%s\t%s\n", w.field(s.Text[t.Start:t.End]), w.field(tags[i]))
	}
	_, err = w.w.WriteString("\n")
	return err
}

// field makes a value fit between tabs.
func (w *writer) field(s string) string {
	fit := clean(s)
	if fit != s {
		w.lost.Add(lostBreaks, 1)
	}
	return fit
}

// clean gives s with a blank for each tab and line break.
func clean(s string) string {
	if !strings.ContainsAny(s, "\t\r\n") {
		return s
	}
	return strings.NewReplacer("\t", " ", "\r", " ", "\n", " ").Replace(s)
}
