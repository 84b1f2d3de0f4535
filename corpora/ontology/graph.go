package ontology

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
)

// OBO graphs as JSON (github.com/geneontology/obographs): nodes and edges of each graph.

type graphNode struct {
	ID   string    `json:"id"`
	Name string    `json:"lbl"`
	Type string    `json:"type"`
	Meta graphMeta `json:"meta"`
}

type graphMeta struct {
	Definition graphValue   `json:"definition"`
	Synonyms   []graphValue `json:"synonyms"`
	Xrefs      []graphValue `json:"xrefs"`
	Properties []graphValue `json:"basicPropertyValues"`
	Deprecated bool         `json:"deprecated"`
	Version    string       `json:"version"`
}

type graphValue struct {
	Predicate string `json:"pred"`
	Value     string `json:"val"`
}

type graphEdge struct {
	Subject   string `json:"sub"`
	Predicate string `json:"pred"`
	Object    string `json:"obj"`
}

// graph is one graph of a file; its id may come after its nodes.
type graph struct {
	id    string
	meta  graphMeta
	nodes []graphNode
	edges []graphEdge
}

// readGraph keeps only the first graph and others that are no imports of it: an import holds terms of other
// ontologies (anatomy, chemicals) that the axioms refer to.
func readGraph(r *bufio.Reader, b *builder) error {
	m := newGraphMeter(r, b.o.limits)
	graphs, err := decodeGraphs(&graphDecoder{json.NewDecoder(m), m})
	if err != nil {
		return at(m.Lines+1, wordJSON(err))
	}
	if len(graphs) == 0 {
		return errors.New(`JSON without "graphs": only OBO graphs are read as ontologies in JSON`)
	}
	for i, g := range graphs {
		if i > 0 && strings.Contains(g.id, "/imports/") {
			b.report.Skipped += len(g.nodes)
			continue
		}
		g.addTo(b)
	}
	return nil
}

// wordJSON keeps the document's content out of an error.
func wordJSON(err error) error {
	var s *json.SyntaxError
	if errors.As(err, &s) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("not valid JSON, or the file is cut off, at or before this line")
	}
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return fmt.Errorf("field %s is a %s and should be of another type", t.Field, firstWord(t.Value))
	}
	return err
}

// decodeGraphs walks {"graphs":[{"id","meta","nodes":[…],"edges":[…]}]}, one node or edge in memory at a time.
func decodeGraphs(d *graphDecoder) (graphs []graph, err error) {
	err = object(d, func(key string) error {
		if key != "graphs" {
			return skip(d)
		}
		return array(d, func() error {
			g, err := decodeGraph(d)
			graphs = append(graphs, g)
			return err
		})
	})
	return graphs, err
}

func decodeGraph(d *graphDecoder) (g graph, err error) {
	err = object(d, func(key string) error {
		switch key {
		case "id":
			return d.Decode(&g.id)
		case "meta":
			return d.Decode(&g.meta)
		case "nodes":
			return array(d, func() error { return decodeTo(d, &g.nodes) })
		case "edges":
			return array(d, func() error { return decodeTo(d, &g.edges) })
		}
		return skip(d)
	})
	return g, err
}

func decodeTo[T any](d *graphDecoder, list *[]T) error {
	d.meter.Reset()
	var v T
	err := d.Decode(&v)
	*list = append(*list, v)
	return err
}

// skip passes over a value token by token, as it may be as large as the file.
func skip(d *graphDecoder) error {
	for depth := 0; ; {
		d.meter.Reset()
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// object calls f for each key; f must read the value.
func object(d *graphDecoder, f func(key string) error) error {
	return enclosed(d, '{', func() error {
		key, err := d.Token()
		if err != nil {
			return err
		}
		return f(key.(string)) // the decoder gives only strings as keys
	})
}

func array(d *graphDecoder, f func() error) error { return enclosed(d, '[', f) }

func enclosed(d *graphDecoder, open json.Delim, f func() error) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token == nil { // null
		return nil
	}
	if token != open {
		return fmt.Errorf("%v is missing where it should begin", open)
	}
	for d.More() {
		if err := f(); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// graphDecoder decodes JSON of a bounded depth, from values of a bounded size.
type graphDecoder struct {
	*json.Decoder
	meter *bounded.Meter // says about in which line an error is
}

// little is a reader that gives a few KiB at a time, so that a decoder does not read far ahead.
type little struct{ r io.Reader }

func (l little) Read(p []byte) (int, error) { return l.r.Read(p[:min(len(p), 4096)]) }

func newGraphMeter(r io.Reader, l corpora.Limits) *bounded.Meter {
	shallow := &bounded.JSON{R: little{r}, Most: l.Levels(), Deep: l.TooDeep()}
	return &bounded.Meter{R: shallow, Most: l.Bytes(), Large: l.TooLarge("a node, an edge or another value")}
}

func (g graph) addTo(b *builder) {
	b.report.Version = or(b.report.Version, or(g.meta.Version, g.id))
	for _, n := range g.nodes {
		if compact(n.ID) == "" || n.Type != "" && n.Type != "CLASS" {
			b.report.Skipped++
			continue
		}
		n.addTo(b.describe(compact(n.ID)))
	}
	for _, e := range g.edges {
		if p := local(e.Predicate); p == "is_a" || p == "subClassOf" || p == "broader" {
			b.refer(compact(e.Subject)).parent(compact(e.Object))
		}
	}
}

func (n graphNode) addTo(d *draft) {
	d.name(n.Name)
	d.definition(n.Meta.Definition.Value)
	d.obsolete = d.obsolete || n.Meta.Deprecated
	for _, s := range n.Meta.Synonyms {
		d.synonym(s.Value, synonymScope(local(s.Predicate)))
	}
	for _, x := range n.Meta.Xrefs {
		d.xref(compact(x.Value))
	}
	for _, p := range n.Meta.Properties {
		switch local(p.Predicate) {
		case "hasAlternativeId":
			d.alt = append(d.alt, compact(p.Value))
			d.xref(compact(p.Value))
		case "exactMatch":
			d.xref(compact(p.Value))
		}
	}
}
