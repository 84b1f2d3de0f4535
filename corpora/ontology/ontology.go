// Package ontology reads vocabularies as corpora.Terms: OBO, OBO graphs as JSON, OWL and SKOS as RDF/XML, tables
// with named columns, and plain lists of words. The content decides the format, not the file's name.
//
// It takes names, synonyms, definitions, is_a parents and cross-references. It is no reasoner: other relations,
// axioms and imports of other files are not followed.
package ontology

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// headSize is how much of a file decides its format, in bytes.
const headSize = 64 << 10

// Report says what was read. Every count but Skipped counts terms.
type Report struct {
	Format   string // "obo", "obograph", "owl", "skos", "tsv", "csv" or "words"; "mixed" for a folder of several
	Version  string // as the file states it, or ""
	SHA256   string // of the files as they are stored (corpora.HashFiles); "" of what Parse reads
	Terms    int    // given back
	Names    int    // names and synonyms of those, distinct within each term
	Obsolete int    // marked as obsolete or deprecated, left out
	Unnamed  int    // without a name in the language, left out
	Skipped  int    // rows, nodes and statements that could not be a term's, left out
}

// Read reads the ontology at spec.Path, a file or a folder of files, compressed or not. Options: format, label,
// root, scopes, language, and for tables id, name, synonyms, definition, parents, xrefs and separator. Terms come
// in the order of the file; a term stated several times is one, with all its names. An error names the file and,
// where there is one, the line. An ontology without any name is an error.
func Read(spec corpora.Spec) ([]corpora.Term, Report, error) {
	var paths []string
	terms, report, err := read(spec, func(b *builder) (err error) {
		if paths, err = files(spec.Path); err != nil {
			return fmt.Errorf("read %s: %w", spec.Path, err)
		}
		for _, path := range paths {
			if err := readFile(path, b); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		report.SHA256 = corpora.HashFiles(paths)
	}
	return terms, report, err
}

// Parse reads one ontology from r, which must give decompressed text; spec.Path only names it in errors.
func Parse(r io.Reader, spec corpora.Spec) ([]corpora.Term, Report, error) {
	return read(spec, func(b *builder) error { return locate(spec.Path, parse(r, b)) })
}

func read(spec corpora.Spec, fill func(*builder) error) ([]corpora.Term, Report, error) {
	o, err := parseOptions(spec)
	if err != nil {
		return nil, Report{}, fmt.Errorf("read %s: %w", spec.Path, err)
	}
	b := newBuilder(o)
	if err := fill(b); err != nil {
		return nil, b.report, err
	}
	terms, err := b.finish()
	if err != nil {
		return nil, b.report, fmt.Errorf("read %s: %w", spec.Path, err)
	}
	return terms, b.report, nil
}

// files lists a folder's files by name, or gives the path itself. Notices and hidden files are left out.
func files(path string) ([]string, error) {
	if path == "-" {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	var stated *fs.PathError
	if errors.As(err, &stated) {
		return nil, stated.Err
	}
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		stem, _, _ := strings.Cut(strings.ToUpper(e.Name()), ".")
		notice := slices.Contains([]string{"", "README", "LICENSE", "LICENCE", "NOTICE", "COPYING", "SOURCE"}, stem)
		if !e.IsDir() && !notice {
			paths = append(paths, filepath.Join(path, e.Name()))
		}
	}
	if len(paths) == 0 {
		return nil, errors.New("the folder has no file")
	}
	return paths, nil
}

// fileError is a cause at a line of the file being read; line 0 means that none is known.
type fileError struct {
	line int
	err  error
}

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

func at(line int, err error) error { return &fileError{line, err} }

func atf(line int, format string, args ...any) error { return at(line, fmt.Errorf(format, args...)) }

func readFile(path string, b *builder) error {
	f, err := b.o.limits.OpenText(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return locate(path, parse(f, b))
}

// locate names file and line in an error.
func locate(path string, err error) error {
	var located *fileError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &located) && located.line > 0:
		return corpora.LineError(path, located.line, located.err)
	}
	return fmt.Errorf("read %s: %w", path, err)
}

// parse adds the terms of one file to b.
func parse(r io.Reader, b *builder) error {
	buffered := bufio.NewReaderSize(r, headSize)
	head, err := buffered.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if strings.TrimSpace(string(head)) == "" {
		return errors.New("the file is empty")
	}
	format := b.o.format
	if format == "" {
		format = recognise(head)
	}
	switch format {
	case "turtle", "functional":
		return errors.New("OWL in Turtle or functional syntax: convert the ontology to RDF/XML or OBO, for example with ROBOT")
	case "obo":
		b.begin(format)
		return readOBO(buffered, b)
	case "obograph":
		b.begin(format)
		return readGraph(buffered, b)
	case "owl", "skos", "rdf":
		return readRDF(buffered, b)
	}
	return readTable(buffered, b, format)
}

// recognise tells the format by the beginning of a file: "table" stands for tables and word lists, which only
// the header tells apart.
func recognise(head []byte) string {
	text := strings.TrimSpace(string(head))
	switch {
	case strings.HasPrefix(text, "<?xml"), strings.HasPrefix(text, "<rdf"), strings.HasPrefix(text, "<!"), strings.HasPrefix(text, "<owl"):
		return "rdf"
	case strings.HasPrefix(text, "@prefix"), strings.HasPrefix(text, "@base"):
		return "turtle"
	case strings.HasPrefix(text, "Prefix("), strings.HasPrefix(text, "Ontology("):
		return "functional"
	case strings.HasPrefix(text, "{") && strings.Contains(text, `"`):
		return "obograph"
	case strings.HasPrefix(text, "format-version:"), strings.HasPrefix(text, "[Term]"), strings.Contains(text, "\n[Term]"),
		strings.Contains(text, "\nformat-version:"):
		return "obo"
	}
	return "table"
}
