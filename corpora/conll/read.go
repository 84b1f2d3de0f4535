package conll

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
)

// sampleSize is how much of a file the layout is guessed from.
const sampleSize = 64 << 10

// read yields the documents of a file. Without marks of documents each sentence is one, named Base-1, Base-2 and
// so on (or by its "# sent_id"); a "-DOCSTART-" or "# newdoc" begins one of many sentences. A Document's Text is
// its tokens joined by a blank, sentences by a line feed; a sentence whose "# text" fits its tokens has that.
// A sentence with a bad row is reported with its line and left out.
func read(src corpora.Source) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		in := bufio.NewReaderSize(src.R, sampleSize)
		l, err := layoutOf(in, src)
		if err != nil {
			yield(corpora.Document{}, err)
			return
		}
		p := &parser{src: src, layout: l, yield: yield, fallback: src.Spec.Get("label", bareLabel), limits: src.Spec.Limits}
		p.run(in)
	}
}

// layoutOf takes the user's word for the columns, or guesses.
func layoutOf(in *bufio.Reader, src corpora.Source) (layout, error) {
	if scheme := src.Spec.Get("scheme", corpora.Schemes[0]); !slices.Contains(corpora.Schemes, scheme) {
		return layout{}, fmt.Errorf("read %s: scheme=%s: want one of %s", src.Name, scheme, strings.Join(corpora.Schemes, ", "))
	}
	head, err := in.Peek(sampleSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return layout{}, fmt.Errorf("read %s: %w", src.Name, err)
	}
	option := src.Spec.Get("columns", "")
	if option == "" {
		l, err := guess(head)
		if err != nil {
			err = fmt.Errorf("read %s: %w", src.Name, err)
		}
		return l, err
	}
	l := layout{tab: mostlyTabs(sampleLines(head)), index: -1}
	if l.token, l.tags, err = parseColumns(option); err != nil {
		return l, fmt.Errorf("read %s: %w", src.Name, err)
	}
	return l, nil
}

// parser collects rows into sentences and sentences into documents.
type parser struct {
	src      corpora.Source
	layout   layout
	fallback string
	yield    func(corpora.Document, error) bool

	line     int      // of the row read last, from 1
	sentence sentence // being read
	doc      builder  // being read, when marked
	marked   bool     // documents have marks from here on
	limits   corpora.Limits
	held     int // bytes of lines that the document being read has
	refused  int // the line at which it became too large, 0 while it is not
	count    int // documents and, without marks, sentences so far
	stopped  bool
}

// sentence is what was read of one.
type sentence struct {
	id, text string
	rows     []row
	started  bool  // a row was read, good or bad
	bad      error // of its first bad row
	badLine  int
}

func (p *parser) run(in *bufio.Reader) {
	for !p.stopped {
		line, long, err := bounded.Line(in, p.limits.Bytes())
		if err != nil && !errors.Is(err, io.EOF) {
			p.emit(corpora.Document{}, corpora.LineError(p.src.Name, p.line+1, err))
			return
		}
		if line != "" {
			p.line++
			if long && p.refused == 0 {
				p.refused = p.line
			}
			p.take(strings.TrimRight(line, "\r\n"))
		}
		if errors.Is(err, io.EOF) {
			break
		}
	}
	p.endSentence()
	p.endDocument()
}

// hold counts the bytes of a row. Of a document that is too large nothing more is kept.
func (p *parser) hold(size int) {
	if p.held += size; p.refused == 0 && p.held > p.limits.Bytes() {
		p.refused = p.line
	}
}

func (p *parser) take(line string) {
	s := &p.sentence
	switch {
	case strings.TrimSpace(line) == "":
		p.endSentence()
		return
	case !s.started && isDocStart(line):
		p.newDocument("")
		return
	case !s.started && p.layout.comment(line):
		p.comment(line)
		return
	}
	s.started = true
	if p.hold(len(line)); p.refused > 0 {
		s.rows = nil
		return
	}
	if s.bad != nil {
		return
	}
	r, err := p.layout.row(line)
	if err != nil {
		s.bad, s.badLine = err, p.line
		return
	}
	if !r.skip {
		s.rows = append(s.rows, r)
	}
}

func isDocStart(line string) bool {
	rest, ok := strings.CutPrefix(line, docStart)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// comment takes what a comment says.
func (p *parser) comment(line string) {
	m := marks.FindStringSubmatch(line)
	if m == nil {
		return
	}
	value := strings.TrimSpace(m[2])
	switch m[1] {
	case "newdoc":
		p.newDocument(value)
	case "doc_id":
		if !p.marked || p.doc.id != value {
			p.newDocument(value)
		}
	case "sent_id", "id":
		p.sentence.id = value
	case "text":
		p.sentence.text = m[2]
	}
}

func (p *parser) newDocument(id string) {
	p.endDocument()
	p.held, p.refused = 0, 0
	p.marked = true
	p.count++
	p.doc = builder{id: id, named: id != ""}
	if id == "" {
		p.doc.id = p.ordinal()
	}
}

func (p *parser) ordinal() string { return fmt.Sprintf("%s-%d", p.src.Base, p.count) }

// endSentence puts the sentence into its document, or makes it one.
func (p *parser) endSentence() {
	s := p.sentence
	if !s.started {
		return
	}
	p.sentence = sentence{}
	if !p.marked {
		p.count++
		p.doc = builder{id: s.id}
		if s.id == "" {
			p.doc.id = p.ordinal()
		}
	}
	err, line := s.bad, s.badLine
	switch {
	case p.refused > 0 && p.marked:
		return // endDocument reports it
	case p.refused > 0:
		err, line = p.limits.TooLarge("the sentence, which is one document,"), p.refused
	case err == nil && len(s.rows) > 0:
		err = p.doc.add(s, p.fallback)
	}
	if err != nil {
		p.emit(corpora.Document{ID: p.doc.id}, &corpora.BadDocument{Path: p.src.Name, Line: line, ID: p.doc.id, Err: err})
	}
	if !p.marked {
		p.held, p.refused = 0, 0
		if !p.doc.empty() {
			p.emit(p.doc.document(), nil)
		}
	}
}

// endDocument yields a marked document; one that a "-DOCSTART-" began and that has no sentence is none.
func (p *parser) endDocument() {
	switch {
	case p.marked && p.refused > 0:
		p.emit(corpora.Document{ID: p.doc.id}, &corpora.BadDocument{Path: p.src.Name, Line: p.refused, ID: p.doc.id, Err: p.limits.TooLarge("the document")})
	case p.marked && (p.doc.named || !p.doc.empty()):
		p.emit(p.doc.document(), nil)
	}
}

func (p *parser) emit(doc corpora.Document, err error) {
	if !p.stopped {
		p.stopped = !p.yield(doc, err)
	}
}
