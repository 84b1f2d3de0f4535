// Package corpora holds ragner's vocabulary: documents, entities, sentences, tokens and ontology terms,
// and the registry of file formats that read and write them. It imports nothing else of ragner.
//
// Offsets inside the program are bytes of UTF-8 text, half-open. In files and answers they are Unicode code
// points; a reader or writer converts them once, at the edge, with a Mapper.
package corpora

import (
	"cmp"
	"slices"
	"strings"
)

// Fragment is one continuous stretch of text: bytes [Start, End) of the text it belongs to.
type Fragment struct{ Start, End int }

// Status says how an entity came to stand at its offsets.
type Status string

// The statuses an entity may have. The zero value of an Entity's Status means StatusGold.
const (
	StatusGold       Status = "gold"       // annotated, not predicted
	StatusExact      Status = "exact"      // predicted; the text stands letter for letter
	StatusNormalized Status = "normalized" // predicted; equal but for case, white space or Unicode form
	StatusFuzzy      Status = "fuzzy"      // predicted; equal but for small edits
)

// Provenance names what a prediction rests on: demonstrations as "document#sentence", terms as ontology ids, and the
// scores on the way to the last one where several had a say.
type Provenance struct {
	Demonstrations []string
	Terms          []string
	Steps          []Step
}

// Empty reports whether nothing is named.
func (p Provenance) Empty() bool {
	return len(p.Demonstrations) == 0 && len(p.Terms) == 0 && len(p.Steps) == 0
}

// Step is the score of a prediction, 0 to 1, after one more has had its say; of the last it is the prediction's own. A model
// has had none where no such step is.
type Step struct {
	By    string  `json:"by"`
	Score float64 `json:"score"`
}

// Who has a say in a score, in this order.
const (
	BySentence = "sentence" // what the index has learned and knows, of the sentence alone
	ByDocument = "document" // the same words elsewhere in the document
	ByModel    = "model"    // the language model's answer
)

// Entity is a labelled mention. Entities may nest, cross, share a span and be discontinuous.
type Entity struct {
	ID        string     // the file's own id ("T1"), or ""
	Label     string     //
	Fragments []Fragment // in text order, not overlapping; more than one: discontinuous
	Concepts  []string   // vocabulary ids such as "DOID:1485", "MESH:D003550"; best first
	Score     float64    // of a prediction, 0 to 1; 0 for gold
	Status    Status     // "" counts as StatusGold
	From      Provenance // of a prediction
	Links     []Link     // of a prediction whose concepts were ranked: what it may name, best first
}

// Link is a concept that a mention may name.
type Link struct {
	ID     string  `json:"id"`
	Score  float64 `json:"score"`            // chance that it does, 0 to 1
	Name   string  `json:"name,omitempty"`   // of the concept, or ""
	Source string  `json:"source,omitempty"` // what speaks for it most
}

// Start is the first byte of the entity, End the byte after its last; both -1 when it has no fragment.
func (e Entity) Start() int {
	if len(e.Fragments) == 0 {
		return -1
	}
	return e.Fragments[0].Start
}

// End is the byte after the entity's last one.
func (e Entity) End() int {
	if len(e.Fragments) == 0 {
		return -1
	}
	return e.Fragments[len(e.Fragments)-1].End
}

// Surface is the covered text of e in text, fragments joined by one space.
func (e Entity) Surface(text string) string {
	if len(e.Fragments) == 1 {
		return text[e.Fragments[0].Start:e.Fragments[0].End]
	}
	parts := make([]string, len(e.Fragments))
	for i, f := range e.Fragments {
		parts[i] = text[f.Start:f.End]
	}
	return strings.Join(parts, " ")
}

// Shift returns e moved by delta bytes, with fragments of its own.
func (e Entity) Shift(delta int) Entity {
	moved := make([]Fragment, len(e.Fragments))
	for i, f := range e.Fragments {
		moved[i] = Fragment{f.Start + delta, f.End + delta}
	}
	e.Fragments = moved
	return e
}

// CompareEntities orders by start, end, label, then fragments: the order of every output.
func CompareEntities(a, b Entity) int {
	return cmp.Or(
		cmp.Compare(a.Start(), b.Start()),
		cmp.Compare(a.End(), b.End()),
		strings.Compare(a.Label, b.Label),
		slices.CompareFunc(a.Fragments, b.Fragments, func(x, y Fragment) int {
			return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.End, y.End))
		}),
	)
}

// Token is one token: bytes [Start, End) of its sentence's Text.
type Token struct{ Start, End int }

// Sentence is one sentence of a document. It carries no annotation, so that gold cannot leak into a tagger.
type Sentence struct {
	DocID  string
	Index  int     // position in the document, from 0
	Text   string  // equals the document's Text[Offset : Offset+len(Text)]
	Offset int     // bytes
	Tokens []Token // relative to Text, in order, not overlapping
}

// Annotated is a sentence with its entities, whose offsets are relative to the sentence's Text.
type Annotated struct {
	Sentence
	Entities []Entity
}

// Failure says why a document could not be processed.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"` // never carries the document's text
}

// Document is a text with its entities, ordered by CompareEntities.
type Document struct {
	ID       string
	Text     string
	Entities []Entity
	Meta     map[string]string

	// Sentences are those a tokenised format (CoNLL) states; nil means: split Text by rule.
	Sentences []Sentence
	// Unannotated is set on a task that nobody has annotated yet, by a format that tells: its entities are proposals, and
	// without any it is not one without mentions.
	Unannotated bool
	// Err is set on a document that failed; it then has no entities.
	Err *Failure
}

// Scope is a synonym's relation to its term's name, as OBO defines it.
type Scope string

// The scopes of OBO 1.4. A source that states none gives ScopeRelated.
const (
	ScopeExact   Scope = "EXACT"
	ScopeNarrow  Scope = "NARROW"
	ScopeBroad   Scope = "BROAD"
	ScopeRelated Scope = "RELATED"
)

// Synonym is another name of a term.
type Synonym struct {
	Text  string
	Scope Scope
}

// Term is one concept of an ontology or vocabulary.
type Term struct {
	ID         string // "DOID:1485"
	Name       string
	Label      string // the entity label its mentions get, or ""
	Synonyms   []Synonym
	Definition string
	Parents    []string // ids of its direct is_a parents
	Xrefs      []string // ids in other vocabularies
}
