package bioc

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// scanXML gives each <document> to emit until that says stop. Only one document is held at a time.
func scanXML(m *meter, emit func(document) bool) error {
	dec := xml.NewDecoder(m)
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // corpora.Source gives UTF-8
	found := false
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) && found {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return errNoDocuments
		}
		if err != nil {
			return xmlError(m, dec, err)
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
			continue
		case start.Name.Local == "collection":
			found = true
		case start.Name.Local == "document":
			var d document
			if err := dec.DecodeElement(&d, &start); err != nil {
				return xmlError(m, dec, err)
			}
			m.reset()
			found = true
			if !emit(d) {
				return nil
			}
		}
	}
}

// xmlError names the line. The decoder's own message may quote the file, so only its kind is passed on; an error
// of reading is passed on as it is.
func xmlError(m *meter, dec *xml.Decoder, err error) error {
	line, _ := dec.InputPos()
	var syntax *xml.SyntaxError
	switch {
	case m.failed != nil:
		return m.failed
	case errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		err = errCut
	default:
		err = errXML
	}
	return fmt.Errorf("line %d: %w", line, err)
}

var (
	errXML  = errors.New("the XML is not well formed, or a number is none")
	errCut  = errors.New("the file ends within an element")
	errJSON = errors.New("the JSON is not well formed, or not of BioC's shape")
)

// scanJSON gives each document to emit: of a collection, of the PubTator service's answer, of an array or of a
// row of values, such as JSON lines.
func scanJSON(m *meter, emit func(document) bool) error {
	s := &jsonScan{dec: json.NewDecoder(m), meter: m, emit: emit}
	for !s.stopped {
		err := s.value()
		if errors.Is(err, io.EOF) && s.found {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return errNoDocuments
		}
		if err != nil {
			return s.explain(err)
		}
	}
	return nil
}

type jsonScan struct {
	dec     *json.Decoder
	meter   *meter
	emit    func(document) bool
	found   bool
	stopped bool
}

func (s *jsonScan) explain(err error) error {
	switch {
	case s.meter.failed != nil:
		return s.meter.failed
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		err = errCut
	default:
		err = errJSON
	}
	return fmt.Errorf("byte %d: %w", s.dec.InputOffset(), err)
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
	s.meter.reset()
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
