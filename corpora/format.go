package corpora

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// Source is one opened file to read from.
type Source struct {
	Name string    // the path as the user gave it, for messages
	Base string    // file name without folder and extensions; the id of a document that has none
	R    io.Reader // already decompressed
	Spec Spec      // the user's options

	// Sibling opens the file beside this one that has another extension (".ann"), decompressed.
	// Its error satisfies errors.Is(err, fs.ErrNotExist) when there is none.
	Sibling func(extension string) (io.ReadCloser, error)
}

// Format reads and writes one file format. Read is required; the writers may be nil.
type Format struct {
	Name       string   // "conll"
	Extensions []string // with dot, lower case, without ".gz"; the first is used for writing

	// Detect reports whether a file looks like this format. head holds up to its first 64 KiB. It is asked
	// when the extension does not decide (more than one format claims it, or none does).
	Detect func(name string, head []byte) bool

	// Read yields the file's documents in order, streaming. An error that wraps *BadDocument concerns one
	// document and iteration goes on; any other error ends it.
	Read func(src Source) iter.Seq2[Document, error]

	// NewWriter writes all documents to one stream.
	NewWriter func(w io.Writer, o WriteOptions) Writer

	// NewDirWriter writes files for each document into a folder (brat), which it creates.
	NewDirWriter func(dir string, o WriteOptions) (Writer, error)
}

// WriteOptions are what a user may choose about writing.
type WriteOptions struct {
	Scheme string // of tag sequences: "iob2" (default), "iob1", "iobes", "bilou"
	Colour bool   // ANSI colours in the text format
	Tasks  bool   // the documents are tasks for annotators: none of their entities is an annotation, and none is missing
}

// Writer writes documents. Close ends the file (it does not close the underlying stream) and must be called.
type Writer interface {
	Write(Document) error
	Close() error
	Lost() Loss
}

// Loss counts what a format could not hold, by a short name such as "nested entities".
type Loss map[string]int

// Add counts n more of what; zero is ignored.
func (l Loss) Add(what string, n int) {
	if n > 0 {
		l[what] += n
	}
}

// String lists the losses in the order of their names: "2 discontinuous entities, 1 nested entities".
func (l Loss) String() string {
	names := make([]string, 0, len(l))
	for name := range l {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", l[name], name)
	}
	return strings.Join(names, ", ")
}

// BadDocument is the error of one document among others: reading can go on after it.
type BadDocument struct {
	Path string
	Line int    // from 1; 0 when unknown
	ID   string // "" when unknown
	Err  error  // says the cause without quoting the document's text

	// Annotation tells that one annotation could not be taken; its document was yielded before, with the others.
	Annotation bool
}

// Error names file, line, document and cause.
func (e *BadDocument) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "read %s", e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, ": line %d", e.Line)
	}
	if e.ID != "" {
		fmt.Fprintf(&b, ": document %s", e.ID)
	}
	return b.String() + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *BadDocument) Unwrap() error { return e.Err }

// LineError is a file's fatal error at a line (from 1): "read FILE: line N: cause".
func LineError(path string, line int, err error) error {
	return fmt.Errorf("read %s: line %d: %w", path, line, err)
}

var formats []Format

// Register adds a format; it is called from init functions, as in package image.
func Register(f Format) { formats = append(formats, f) }

// Formats lists the registered formats by name.
func Formats() []Format {
	return slices.SortedFunc(slices.Values(formats), func(a, b Format) int { return strings.Compare(a.Name, b.Name) })
}

// FormatByName finds a registered format.
func FormatByName(name string) (Format, bool) {
	for _, f := range formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}
