// Package index builds, opens and checks an index: annotated sentences, unlabelled passages and ontology terms,
// findable by their words (BM25) and by their vectors, and the lexicon of what stands annotated or named.
//
// An index is a folder of immutable generations. A build writes a new one beside the one in use and puts it in
// its place in one step, so that readers never see half of anything. The package answers queries of tokens and
// vectors; how results are fused and chosen is the business of package retrieval.
package index

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"

	"github.com/gofrs/flock"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/forward"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/index/mapped"
	"github.com/ragner/ragner/index/rank"
	"github.com/ragner/ragner/index/records"
	"github.com/ragner/ragner/internal/embed"
)

// What a caller may branch on; the message says which file or value, and what to do.
var (
	// ErrMismatch: the index is sound but made for another embedder or by another format version.
	ErrMismatch = errors.New("index does not match")
	// ErrCorrupt: the index is damaged and must be built anew.
	ErrCorrupt = errors.New("index is damaged")
)

// Hit is one found row with its score. Hits are ordered by score, best first, then by row.
type Hit = rank.Hit

// Record is a distinct sentence of the corpora. Its DocID, Index and Offset are those of its first occurrence
// with the annotation shown; where occurrences differ in annotation, the most frequent one is shown.
type Record struct {
	corpora.Annotated
	Docs []string // every occurrence as "document#index", those with the annotation shown first
}

// Index is one opened generation. It is safe for concurrent use; what it returns may point into mapped files
// only where the method says so.
type Index struct {
	manifest Manifest
	path     string // of the generation
	digest   string // of the manifest
	labels   []string
	sums     map[string][]byte // by file: of its blocks; nil while the generation is being built
	lazy     bool

	sentences *Collection
	passages  *Collection
	names     *Collection
	terms     *records.Reader
	lexicon   *lexicon.Lexicon
	forward   *forward.Index // of the sentences

	lexiconFile *mapped.File // what the lexicon reads
	opened      []openedFile // all that are compared with sums

	documents [2]documentTable // by kind: of sentences, of passages
	lock      *flock.Flock     // shared, tells builds that the generation is in use; nil where not possible
	damage    atomic.Pointer[error]
}

type documentTable struct {
	rows *records.Reader
	ids  ids
}

// OpenOptions are what a caller may choose about opening.
type OpenOptions struct {
	Embedder embed.Embedder // that queries will be embedded with; nil when only words are searched
	Verify   bool           // compare every file's SHA-256, whatever its size

	lazy bool // treat small files as large ones, too: so that tests need no large ones
}

// Analyze splits text into the tokens that BM25 searches: the same rules that indexed the texts.
func Analyze(text string) []string { return lexical.Analyze(text) }

// Manifest tells what the index holds and was made from.
func (x *Index) Manifest() Manifest { return x.manifest }

// Sentences are the distinct sentences of the annotated corpora.
func (x *Index) Sentences() *Collection { return x.sentences }

// Passages are the distinct sentences of the unlabelled texts.
func (x *Index) Passages() *Collection { return x.passages }

// Terms has a row for each name and synonym of the ontologies' terms; TermOfName leads from row to term.
func (x *Index) Terms() *Collection { return x.names }

// Lexicon is what stands annotated in the sentences or named in the terms.
func (x *Index) Lexicon() *lexicon.Lexicon { return x.lexicon }

// Sentence is row i of Sentences, copied.
func (x *Index) Sentence(i int) Record { return x.record(x.sentences, 0, i) }

// Passage is row i of Passages, copied; it has no entities.
func (x *Index) Passage(i int) Record { return x.record(x.passages, 1, i) }

// TermCount is the number of terms.
func (x *Index) TermCount() int { return x.terms.Len() }

// Term is term i, copied.
func (x *Index) Term(i int) corpora.Term {
	row, err := x.terms.Row(i)
	if err != nil {
		x.damaged("terms.records", err)
		return corpora.Term{}
	}
	term, err := decodeTerm(row)
	if err != nil {
		x.damaged("terms.records", err)
	}
	return term
}

// TermOfName is the number of the term that row of Terms names.
func (x *Index) TermOfName(row int) int {
	term, _, err := decodeName(x.names.row(row))
	if err != nil || term >= x.terms.Len() {
		x.damaged(x.names.file("records"), errors.Join(err, records.ErrDamaged))
		return 0
	}
	return term
}

// SentencesOf lists the rows of Sentences that occur in the document, ascending.
func (x *Index) SentencesOf(docID string) []int { return x.rowsOf(0, docID) }

// PassagesOf lists the rows of Passages that occur in the document, ascending.
func (x *Index) PassagesOf(docID string) []int { return x.rowsOf(1, docID) }

// Err is the first damage met while reading, wrapping ErrCorrupt, or nil. Methods without an error of their own
// give zero values then. It happens to files that are too large to be compared whole by Open, and to those that are
// changed while they are open.
func (x *Index) Err() error {
	if err := x.damage.Load(); err != nil {
		return *err
	}
	for _, f := range x.opened {
		if err := f.Changed(); err != nil {
			x.damaged(f.name, err)
			return *x.damage.Load()
		}
	}
	return nil
}

// openedFile is a mapped file with its name.
type openedFile struct {
	name string
	*mapped.File
}

// Safely ends a piece of work that reads the index and has an error of its own:
//
//	defer x.Safely(&err)()
//
// Where the work has met damage, the error tells of it. A file that is cut while it is read would end the program; here
// it is damage, too. It holds for one goroutine: each that reads the index needs it.
func (x *Index) Safely(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		p := recover()
		x.noteFault(p)
		if damage := x.Err(); damage != nil {
			*err = damage // also instead of a panic over what was damaged
		} else if p != nil {
			panic(p)
		}
	}
}

func (x *Index) damaged(file string, err error) {
	wrapped := corrupt(x.path, file, err)
	x.damage.CompareAndSwap(nil, &wrapped)
}

// noteFault takes down whose memory could not be read, where that is what a panic is about.
func (x *Index) noteFault(p any) {
	if !mapped.IsFault(p) || x.Err() != nil {
		return
	}
	name := manifestName // a fault elsewhere
	for _, f := range x.opened {
		if f.Holds(p) {
			name = f.name
		}
	}
	x.damaged(name, mapped.ErrFault)
}

// Close releases the files. No method may be running or be called afterwards.
func (x *Index) Close() error {
	var errs []error
	for _, c := range []*Collection{x.sentences, x.passages, x.names} {
		if c != nil {
			errs = append(errs, c.close())
		}
	}
	for _, r := range []*records.Reader{x.terms, x.documents[0].rows, x.documents[1].rows} {
		if r != nil {
			errs = append(errs, r.Close())
		}
	}
	for _, t := range x.documents {
		if t.ids.file != nil {
			errs = append(errs, t.ids.file.Close())
		}
	}
	if x.forward != nil {
		errs = append(errs, x.forward.Close())
	}
	if x.lexicon != nil {
		errs = append(errs, x.lexicon.Close())
	}
	if x.lexiconFile != nil {
		errs = append(errs, x.lexiconFile.Close())
	}
	if x.lock != nil {
		errs = append(errs, x.lock.Close())
	}
	return errors.Join(errs...)
}

func corrupt(path, file string, err error) error {
	return fmt.Errorf("%w: %s: file %s: %w; rebuild it with: ragner index", ErrCorrupt, path, file, err)
}
