// Package bioc reads and writes BioC, as XML and as JSON (the JSON of the PubTator service too). Annotations
// become entities: the infon "type" is the label, "identifier" the concepts, several locations are one
// discontinuous entity. Relations, nodes and other infons are not held by a corpora.Document: they are counted in
// its Meta under "left_out". A document type definition is ignored and its entities are never expanded.
// Importing the package registers the formats as "bioc" and "biocjson".
package bioc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

func init() {
	corpora.Register(corpora.Format{
		Name:       "bioc",
		Extensions: []string{".xml", ".bioc"},
		Detect:     detectXML,
		Read:       Read,
		NewWriter:  NewXMLWriter,
	})
	corpora.Register(corpora.Format{
		Name:       "biocjson",
		Extensions: []string{".json"},
		Detect:     detectJSON,
		Read:       Read,
		NewWriter:  NewJSONWriter,
	})
}

// detectXML tells BioC from other XML (OWL, SKOS) by its first elements.
func detectXML(_ string, head []byte) bool {
	head = bytes.TrimSpace(head)
	if !bytes.HasPrefix(head, []byte("<")) || bytes.Contains(head, []byte("<rdf:RDF")) {
		return false
	}
	return bytes.Contains(head, []byte("BioC.dtd")) || bytes.Contains(head, []byte("<collection")) && bytes.Contains(head, []byte("<document"))
}

func detectJSON(_ string, head []byte) bool {
	head = bytes.TrimSpace(head)
	return len(head) > 0 && (head[0] == '{' || head[0] == '[') && passageList.Match(head)
}

// passageList begins BioC's passages; other formats may have a word of that name among a document's metadata.
var passageList = regexp.MustCompile(`"passages"\s*:\s*\[`)

// Read yields the documents in order, XML or JSON as the content shows. A document's text is its passages (or
// their sentences) at their offsets, gaps filled with line feeds, so that the file's offsets hold in it. Offsets
// that count bytes, UTF-16 units or from the passage's start are recognised by the annotations' texts; the
// option "unit" settles the first. An annotation that fits nowhere is left out and reported by a
// *corpora.BadDocument after its document.
func Read(src corpora.Source) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		units, err := standoff.Units(src.Spec)
		if err != nil {
			yield(corpora.Document{}, fmt.Errorf("read %s: %w", src.Name, err))
			return
		}
		s := &scan{input: bufio.NewReader(src.R), limits: src.Spec.Limits}
		s.emit = func(d document) bool {
			s.stopped = !assemble(src, d, units, yield)
			return !s.stopped
		}
		s.refuse = func(line int, d document, err error) bool {
			s.stopped = !yield(corpora.Document{}, &corpora.BadDocument{Path: src.Name, Line: line, ID: strings.TrimSpace(d.ID), Err: err})
			return !s.stopped
		}
		if isJSON(s.input) {
			err = s.json()
		} else {
			err = s.xml()
		}
		if err != nil && !s.stopped {
			yield(corpora.Document{}, fmt.Errorf("read %s: %w", src.Name, err))
		}
	}
}

// isJSON looks at the first byte that is not white space.
func isJSON(r *bufio.Reader) bool {
	for n := 1; n <= r.Size(); n++ {
		head, err := r.Peek(n)
		if err != nil {
			return false
		}
		if c := head[n-1]; !strings.ContainsRune(" \t\r\n", rune(c)) {
			return c == '{' || c == '['
		}
	}
	return false
}

var errNoDocuments = errors.New("there is no BioC document in it")
