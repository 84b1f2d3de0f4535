package bioc

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
)

// scan reads the documents of one file, one at a time.
type scan struct {
	input  *bufio.Reader
	limits corpora.Limits
	meter  *bounded.Meter

	emit    func(document) bool                          // false means stop
	refuse  func(line int, d document, cause error) bool // of a document of which only the beginning is known
	stopped bool
}

func (s *scan) newMeter(r io.Reader) *bounded.Meter {
	return &bounded.Meter{R: r, Most: s.limits.Bytes(), Large: s.limits.TooLarge("the document")}
}

// xml gives each <document> to emit until that says stop. After a document that is too large it goes on.
func (s *scan) xml() error {
	s.meter = s.newMeter(s.input)
	x := newXMLScan(s, s.meter, 0)
	for {
		err := x.run()
		if err != nil && s.meter.Full() && x.document != nil {
			x, err = s.resumed(x)
			if x != nil {
				continue
			}
		}
		return err
	}
}

// resumed passes over what is left of a document that is too large; nil means that nothing can be read behind it.
func (s *scan) resumed(x *xmlScan) (*xmlScan, error) {
	if !s.refuse(x.begins, *x.document, s.meter.Large) {
		return nil, nil
	}
	if err := s.meter.SkipPast(s.input, "</document>"); err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("line %d: %w", s.meter.Lines+1, errCut)
		}
		return nil, err
	}
	next := newXMLScan(s, io.MultiReader(strings.NewReader("<collection>"), s.meter), s.meter.Lines)
	next.found = true
	return next, nil
}

// xmlScan is one decoder's way through the file.
type xmlScan struct {
	*scan
	raw, dec *xml.Decoder
	before   int  // lines before the decoder's first
	found    bool // a collection or document
	document *document
	begins   int // line of document
}

func newXMLScan(s *scan, r io.Reader, before int) *xmlScan {
	raw := xml.NewDecoder(r)
	raw.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // corpora.Source gives UTF-8
	dec := xml.NewTokenDecoder(&bounded.XML{Decoder: raw, Most: s.limits.Levels(), Deep: errDeep{s.limits.TooDeep()}})
	return &xmlScan{scan: s, raw: raw, dec: dec, before: before}
}

func (x *xmlScan) run() error {
	for {
		token, err := x.dec.Token()
		switch {
		case errors.Is(err, io.EOF) && x.found:
			return nil
		case errors.Is(err, io.EOF):
			return errNoDocuments
		case err != nil:
			return x.explain(err)
		}
		x.meter.Reset()
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
			continue
		case start.Name.Local == "collection":
			x.found = true
		case start.Name.Local == "document":
			x.found, x.document, x.begins = true, &document{}, x.line()
			if err := x.dec.DecodeElement(x.document, &start); err != nil {
				return x.explain(err)
			}
			d := *x.document
			x.document = nil
			x.meter.Reset()
			if !x.emit(d) {
				return nil
			}
		}
	}
}

func (x *xmlScan) line() int {
	line, _ := x.raw.InputPos()
	return x.before + line
}

// errDeep is passed on as it is.
type errDeep struct{ error }

// explain names the line. The decoder's own message may quote the file, so only its kind is passed on; an error
// of reading is passed on as it is.
func (x *xmlScan) explain(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case x.meter.Full(): // which names no line
		err = x.meter.Large
	case x.meter.Failed != nil:
		return x.meter.Failed
	case errors.As(err, new(errDeep)):
	case errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		err = errCut
	default:
		err = errXML
	}
	return fmt.Errorf("line %d: %w", x.line(), err)
}

var (
	errXML  = errors.New("the XML is not well formed, or a number is none")
	errCut  = errors.New("the file ends within an element")
	errJSON = errors.New("the JSON is not well formed, or not of BioC's shape")
)

// json gives each document to emit: of a collection, of the PubTator service's answer, of an array or of a
// row of values, such as JSON lines. One that is too large ends the file.
func (s *scan) json() error {
	s.meter = s.newMeter(&bounded.JSON{R: s.input, Most: s.limits.Levels(), Deep: errDeep{s.limits.TooDeep()}})
	j := &jsonScan{scan: s, dec: json.NewDecoder(s.meter)}
	for !s.stopped {
		err := j.value()
		if errors.Is(err, io.EOF) && j.found {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return errNoDocuments
		}
		if err != nil {
			return j.explain(err)
		}
	}
	return nil
}

type jsonScan struct {
	*scan
	dec   *json.Decoder
	found bool
}

func (s *jsonScan) explain(err error) error {
	switch failed := s.meter.Failed; {
	case s.meter.Full(), errors.As(failed, new(errDeep)): // which name no place
		err = failed
	case failed != nil:
		return failed
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		err = errCut
	default:
		err = errJSON
	}
	return fmt.Errorf("line %d, byte %d: %w", s.meter.Lines+1, s.dec.InputOffset(), err)
}

// value reads one value at the top: an object or an array of objects.
func (s *jsonScan) value() error {
	token, err := s.dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return s.object()
	case json.Delim('['):
		for s.dec.More() && !s.stopped {
			if err := s.value(); err != nil {
				return inside(err)
			}
		}
		return s.end()
	}
	return errJSON
}

// object reads what follows "{": a collection streams its documents; the keys of a single document are collected.
func (s *jsonScan) object() error {
	own := map[string]json.RawMessage{}
	for s.dec.More() && !s.stopped {
		key, err := s.dec.Token()
		if err != nil {
			return inside(err)
		}
		name, _ := key.(string)
		if name == "documents" || name == "PubTator3" {
			err = s.documents()
		} else {
			var raw json.RawMessage
			err = s.dec.Decode(&raw)
			own[name] = raw
		}
		if err != nil {
			return inside(err)
		}
	}
	if err := s.end(); err != nil || s.stopped {
		return err
	}
	if _, ok := own["passages"]; !ok {
		return nil
	}
	whole, err := json.Marshal(own)
	if err != nil {
		return err
	}
	var d document
	if err := json.Unmarshal(whole, &d); err != nil {
		return err
	}
	s.give(d)
	return nil
}

func (s *jsonScan) documents() error {
	if token, err := s.dec.Token(); err != nil || token != json.Delim('[') {
		return errors.Join(err, errJSON)
	}
	s.found = true
	for s.dec.More() && !s.stopped {
		var d document
		if err := s.dec.Decode(&d); err != nil {
			return inside(err)
		}
		s.give(d)
	}
	return s.end()
}

func (s *jsonScan) give(d document) {
	s.meter.Reset()
	s.found = true
	s.stopped = !s.emit(d)
}

// end reads the closing bracket, unless the consumer has stopped.
func (s *jsonScan) end() error {
	if s.stopped {
		return nil
	}
	_, err := s.dec.Token()
	return inside(err)
}

// inside says that an end of the file within a value is none at its end.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
