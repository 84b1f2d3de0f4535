package ontology

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
)

const (
	rdfNS  = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	owlNS  = "http://www.w3.org/2002/07/owl#"
	skosNS = "http://www.w3.org/2004/02/skos/core#"
	xmlNS  = "http://www.w3.org/XML/1998/namespace"
)

// rdfReader reads the classes and concepts of RDF/XML as node elements with property elements: the shape in
// which OWL and SKOS are published. It streams; it is no general RDF parser.
type rdfReader struct {
	d     *xml.Decoder
	b     *builder
	meter *bounded.Meter // of the bytes of one token
	held  int            // bytes of text in the node being read
	base  string         // xml:base, for rdf:ID and relative references

	begun bool // a term told whether the file is OWL or SKOS
}

func readRDF(r *bufio.Reader, b *builder) error {
	raw, x := newRDFReader(r, b)
	depth := 0
	for {
		token, err := x.token()
		switch t := token.(type) {
		case xml.Directive:
			err = addEntities(raw.Entity, string(t))
		case xml.StartElement:
			if depth++; depth == 1 {
				x.base = attribute(t, xmlNS, "base")
				if t.Name.Space != rdfNS || t.Name.Local != "RDF" {
					err = errors.New("XML, but not RDF/XML: convert the ontology to RDF/XML or OBO, for example with ROBOT")
				}
			} else {
				depth--
				err = x.node(t)
			}
		case xml.EndElement:
			depth--
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			line, _ := raw.InputPos()
			return at(line, wordXML(cmp.Or(x.meter.Failed, err)))
		}
	}
}

// maxToken is the most bytes of one tag or stretch of text: no definition is as long, and an entity in it can make it
// longer.
const maxToken = 1 << 20

func newRDFReader(r *bufio.Reader, b *builder) (raw *xml.Decoder, x *rdfReader) {
	l := b.o.limits
	m := &bounded.Meter{R: r, Most: min(maxToken, l.Bytes()), Large: errors.New("a tag or a text is longer than 1 MiB")}
	raw = xml.NewDecoder(m)
	raw.Entity = map[string]string{}
	dec := xml.NewTokenDecoder(&bounded.XML{Decoder: raw, Most: l.Levels(), Deep: l.TooDeep()})
	return raw, &rdfReader{d: dec, b: b, meter: m}
}

// token gives the next token of a bounded size.
func (x *rdfReader) token() (xml.Token, error) {
	x.meter.Reset()
	token, err := x.d.Token()
	if text, ok := token.(xml.CharData); ok {
		if x.held += len(text); x.held > x.b.o.limits.Bytes() {
			return nil, x.b.o.limits.TooLarge("the node")
		}
	}
	return token, err
}

func wordXML(err error) error {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		if strings.Contains(s.Msg, "unexpected EOF") {
			return errors.New("not valid XML: the file is cut off")
		}
		return errors.New("not valid XML: " + strings.SplitN(s.Msg, ":", 2)[0])
	}
	return err
}

var entityDeclaration = regexp.MustCompile(`<!ENTITY\s+([\w.-]+)\s+(?:"([^"]*)"|'([^']*)')`)

// addEntities takes the abbreviations for namespaces that older OWL files declare in their DOCTYPE. A value may
// use those declared before it, once, and none may be long: nothing grows without bound.
func addEntities(entities map[string]string, directive string) error {
	for _, m := range entityDeclaration.FindAllStringSubmatch(directive, -1) {
		value := m[2] + m[3]
		for name, known := range entities {
			reference := "&" + name + ";"
			if strings.Contains(known, "&") && strings.Contains(value, reference) {
				return errNested
			}
			value = strings.Replace(value, reference, known, 1)
		}
		if entities[m[1]] = value; len(value) > maxEntity || len(entities) > maxEntities {
			return errEntities
		}
	}
	return nil
}

// The most bytes of an entity's value, and the most entities: they abbreviate namespaces.
const (
	maxEntity   = 256
	maxEntities = 256
)

var errNested = errors.New("it declares XML entities within entities within entities")

var errEntities = fmt.Errorf("it declares more than %d XML entities, or one longer than %d bytes", maxEntities, maxEntity)

// attribute is one by namespace and name; "" when absent.
func attribute(e xml.StartElement, space, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && (a.Name.Space == space || space == xmlNS && a.Name.Space == "xml") {
			return a.Value
		}
	}
	return ""
}

// subject is the IRI that a node element is about.
func (x *rdfReader) subject(e xml.StartElement) string {
	if id := attribute(e, rdfNS, "ID"); id != "" {
		return x.base + "#" + id
	}
	return x.absolute(attribute(e, rdfNS, "about"))
}

func (x *rdfReader) absolute(iri string) string {
	if strings.HasPrefix(iri, "#") {
		return x.base + iri
	}
	return iri
}

// statement is a property element: a literal with its language, or a reference.
type statement struct {
	property xml.Name
	language string
	text     string
	resource string
}

// node reads one top-level element, whole, and adds it when it is a class or a concept.
func (x *rdfReader) node(e xml.StartElement) error {
	x.held = 0
	kind := e.Name.Space + e.Name.Local
	statements, err := x.statements()
	if err != nil {
		return err
	}
	for _, s := range statements {
		if s.property.Space+s.property.Local == rdfNS+"type" && kind == rdfNS+"Description" {
			kind = s.resource
		}
	}
	switch kind {
	case owlNS + "Ontology", skosNS + "ConceptScheme":
		x.version(statements)
	case owlNS + "Class", "http://www.w3.org/2000/01/rdf-schema#Class":
		x.add("owl", x.subject(e), statements)
	case skosNS + "Concept":
		x.add("skos", x.subject(e), statements)
	}
	return nil
}

// statements reads the property elements up to the end of their node.
func (x *rdfReader) statements() (all []statement, err error) {
	for {
		token, err := x.token()
		if err != nil {
			return nil, endless(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			return all, nil
		case xml.StartElement:
			s := statement{property: t.Name, language: strings.ToLower(attribute(t, xmlNS, "lang")), resource: x.absolute(attribute(t, rdfNS, "resource"))}
			if err := x.literal(&s); err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
}

func endless(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("not valid XML: the file is cut off")
	}
	return err
}

// literal reads the text of a property up to its end. Of nested elements it takes only what an element directly
// below is about; a restriction, which is about nothing, leaves the property without a value.
func (x *rdfReader) literal(s *statement) error {
	var text strings.Builder
	nested := false
	for depth := 1; depth > 0; {
		token, err := x.token()
		if err != nil {
			return endless(err)
		}
		switch t := token.(type) {
		case xml.CharData:
			if depth == 1 {
				text.Write(t)
			}
		case xml.StartElement:
			if depth++; depth == 2 && !nested {
				nested = true
				s.resource = or(s.resource, x.subject(t))
			}
		case xml.EndElement:
			depth--
		}
	}
	if !nested {
		s.text = text.String()
	}
	return nil
}

func (x *rdfReader) version(statements []statement) {
	for _, s := range statements {
		switch s.property.Local {
		case "versionIRI", "versionInfo", "hasVersion":
			x.b.report.Version = or(x.b.report.Version, or(strings.TrimSpace(s.text), s.resource))
		}
	}
}

func (x *rdfReader) add(format, subject string, statements []statement) {
	if !x.begun {
		x.b.begin(format)
		x.begun = true
	}
	if compact(subject) == "" {
		x.b.report.Skipped++
		return
	}
	d := x.b.describe(compact(subject))
	for _, s := range statements {
		x.apply(d, s)
	}
}

// apply takes one statement about a term; its property's local name decides, for vocabularies agree on those.
func (x *rdfReader) apply(d *draft, s statement) {
	if x.foreign(s) {
		return
	}
	switch name := s.property.Local; name {
	case "label", "prefLabel":
		if s.language != "" {
			d.name(s.text)
		} else {
			d.plain(s.text)
		}
	case "hasExactSynonym", "hasNarrowSynonym", "hasBroadSynonym", "hasRelatedSynonym", "altLabel", "hiddenLabel", "IAO_0000118", "alternative_term":
		d.synonym(s.text, synonymScope(name))
	case "IAO_0000115", "definition":
		d.definition(s.text)
	case "subClassOf", "broader":
		d.parent(compact(s.resource))
	case "narrower":
		x.b.refer(compact(s.resource)).parent(d.ID)
	case "hasDbXref", "exactMatch":
		d.xref(compact(or(s.resource, s.text)))
	case "hasAlternativeId":
		d.alt = append(d.alt, compact(or(s.resource, s.text)))
		d.xref(compact(or(s.resource, s.text)))
	case "notation":
		d.xref(strings.TrimSpace(s.text))
	case "deprecated":
		d.obsolete = d.obsolete || strings.TrimSpace(s.text) == "true"
	}
}

// foreign reports a literal in a language other than the wanted one, and notes names so passed over.
func (x *rdfReader) foreign(s statement) bool {
	wanted := x.b.o.language
	if s.language == "" || s.language == wanted || strings.HasPrefix(s.language, wanted+"-") {
		return false
	}
	if s.property.Local == "label" || s.property.Local == "prefLabel" {
		x.b.languages[s.language] = true
	}
	return true
}

// plain keeps a name without language for terms that have none in the wanted language; where they have one, it
// is a synonym, for which language it is in is unknown.
func (d *draft) plain(text string) {
	if text = clean(text); d.plainName == "" {
		d.plainName = text
	} else if text != d.plainName {
		d.synonym(text, corpora.ScopeRelated)
	}
}

// synonymScope gives the scope that a property's name states. An alternative label of SKOS is a name of the
// concept itself; a hidden one may be a misspelling.
func synonymScope(property string) corpora.Scope {
	switch property {
	case "hasExactSynonym", "altLabel":
		return corpora.ScopeExact
	case "hasNarrowSynonym":
		return corpora.ScopeNarrow
	case "hasBroadSynonym":
		return corpora.ScopeBroad
	}
	return corpora.ScopeRelated
}
