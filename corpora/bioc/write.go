package bioc

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

// NewXMLWriter makes a Writer of one BioC XML collection, a document a line. A document that came with passages
// keeps them; any other is one passage. Offsets count code points. Only characters that XML does not allow are
// lost, and replaced by U+FFFD.
func NewXMLWriter(w io.Writer, _ corpora.WriteOptions) corpora.Writer {
	return &writer{out: w, lost: corpora.Loss{}, notation: notation{
		head:    xml.Header + "<!DOCTYPE collection SYSTEM \"BioC.dtd\">\n<collection><source>ragner</source><date></date><key></key>\n",
		encode:  func(d document) ([]byte, error) { return xml.Marshal(xmlDocument{document: d}) },
		between: "\n", foot: "</collection>\n", cleaned: true,
	}}
}

// NewJSONWriter makes a Writer of one BioC JSON collection, a document a line, as NewXMLWriter does.
func NewJSONWriter(w io.Writer, _ corpora.WriteOptions) corpora.Writer {
	return &writer{out: w, lost: corpora.Loss{}, notation: notation{
		head:    "{\"source\":\"ragner\",\"date\":\"\",\"key\":\"\",\"infons\":{},\"documents\":[\n",
		encode:  func(d document) ([]byte, error) { return json.Marshal(d) },
		between: ",\n", foot: "]}\n",
	}}
}

// notation is what differs between XML and JSON.
type notation struct {
	head, between, foot string
	encode              func(document) ([]byte, error)
	cleaned             bool // XML: control characters have to go
}

type xmlDocument struct {
	XMLName xml.Name `xml:"document"`
	document
}

type writer struct {
	notation
	out     io.Writer
	lost    corpora.Loss
	started bool
}

// Lost counts what could not be written.
func (w *writer) Lost() corpora.Loss { return w.lost }

// Write writes one document.
func (w *writer) Write(doc corpora.Document) error {
	encoded, err := w.encode(w.document(doc))
	if err != nil {
		return fmt.Errorf("document %s: %w", doc.ID, err)
	}
	lead := w.between
	if !w.started {
		lead = w.head
	}
	w.started = true
	if _, err := io.WriteString(w.out, lead); err != nil {
		return err
	}
	_, err = w.out.Write(encoded)
	return err
}

// Close ends the collection.
func (w *writer) Close() error {
	foot := "\n" + w.foot
	if !w.started {
		foot = w.head + w.foot
	}
	_, err := io.WriteString(w.out, foot)
	return err
}

func (w *writer) document(doc corpora.Document) document {
	if w.cleaned {
		w.lost.Add("characters that XML does not allow", notXML(doc))
	}
	w.lost.Add("stated sentences", len(doc.Sentences))
	d := document{ID: doc.ID, Infons: infons(standoff.OwnMeta(doc, standoff.MetaPassages, standoff.MetaUnit))}
	if doc.Err != nil {
		d.Infons.set(errorCodeKey, doc.Err.Code)
		d.Infons.set(errorMessageKey, doc.Err.Message)
	}
	if d.Infons == nil {
		d.Infons = infons{}
	}
	places, ok := standoff.Passages(doc)
	if !ok {
		places = []standoff.Passage{{Fragment: corpora.Fragment{End: len(doc.Text)}}}
	}
	mapper := corpora.NewMapper(doc.Text)
	for _, p := range places {
		text := doc.Text[p.Start:p.End]
		one := passage{Infons: infons{}, Offset: mapper.CodePoints(p.Start), Text: &text, Annotations: []annotation{}}
		if p.Type != "" {
			one.Infons[typeKey] = p.Type
		}
		d.Passages = append(d.Passages, one)
	}
	for _, e := range slices.SortedStableFunc(slices.Values(doc.Entities), corpora.CompareEntities) {
		in := &d.Passages[standoff.PassageAt(places, e.Start())]
		in.Annotations = append(in.Annotations, w.annotation(doc.Text, mapper, e))
	}
	return d
}

func (w *writer) annotation(text string, mapper *corpora.Mapper, e corpora.Entity) annotation {
	a := annotation{ID: e.ID, Infons: entityInfons(e, w.lost), Text: e.Surface(text)}
	for _, f := range e.Fragments {
		start := mapper.CodePoints(f.Start)
		a.Locations = append(a.Locations, location{start, mapper.CodePoints(f.End) - start})
	}
	return a
}

// notXML counts the characters of a document's text that XML 1.0 cannot hold.
func notXML(doc corpora.Document) (n int) {
	for _, r := range doc.Text {
		if r < 0x20 && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF {
			n++
		}
	}
	return n
}

// MarshalXML writes one element for each infon, by key.
func (in infons) MarshalXML(enc *xml.Encoder, start xml.StartElement) error {
	for _, key := range slices.Sorted(maps.Keys(in)) {
		one := start.Copy()
		one.Attr = []xml.Attr{{Name: xml.Name{Local: "key"}, Value: key}}
		if err := enc.EncodeElement(in[key], one); err != nil {
			return err
		}
	}
	return nil
}
