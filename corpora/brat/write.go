package brat

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

// writer writes a pair of files for each document.
type writer struct {
	dir  string
	ids  corpora.UniqueIDs // of file names, without regard to case
	lost corpora.Loss
}

// NewDirWriter makes a Writer of pairs in dir, which it creates. A pair is named after its document, made fit
// for a file name and unique without regard to case; where that changes the id, a note in the .ann keeps it, and
// Read gives it back. Files that stand there are replaced.
func NewDirWriter(dir string, _ corpora.WriteOptions) (corpora.Writer, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("write %s: %w", dir, pathCause(err))
	}
	return &writer{dir: dir, lost: corpora.Loss{}}, nil
}

// Write writes doc's two files, the text first.
func (w *writer) Write(doc corpora.Document) error {
	name := w.fileName(doc.ID)
	if err := w.file(name+textExtension, doc.Text); err != nil {
		return err
	}
	return w.file(name+annExtension, w.annotations(doc, name))
}

// Close ends the folder; nothing is left to do.
func (w *writer) Close() error { return nil }

// Lost counts what could not be written.
func (w *writer) Lost() corpora.Loss { return w.lost }

func (w *writer) file(name, content string) error {
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		return fmt.Errorf("write %s: %w", path, pathCause(err))
	}
	return nil
}

func pathCause(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// longestName is the most bytes of an id that a file name keeps; file systems allow 255 with the extension.
const longestName = 120

var reservedNames = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$`)

// fileName is the id fit for every usual file system, told apart from those before.
func (w *writer) fileName(id string) string {
	safe := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("._-+=@", r) {
			return r
		}
		return '_'
	}, id)
	for len(safe) > longestName {
		safe = safe[:strings.LastIndexFunc(safe, func(rune) bool { return true })]
	}
	if safe == "" || safe[0] == '.' || safe[0] == '-' || reservedNames.MatchString(safe) {
		safe = "_" + safe
	}
	unique, _ := w.ids.Name(strings.ToLower(safe))
	return safe + unique[len(strings.ToLower(safe)):]
}

// annotations is the content of the .ann file.
func (w *writer) annotations(doc corpora.Document, name string) string {
	var b strings.Builder
	notes, norms := 0, 0
	note := documentNote{Meta: doc.Meta, Error: doc.Err}
	if doc.ID != name {
		note.ID = doc.ID
	}
	if !note.empty() {
		notes++
		writeNote(&b, notes, documentType, documentTarget, note)
	}
	mapper := corpora.NewMapper(doc.Text)
	entities := slices.SortedStableFunc(slices.Values(doc.Entities), corpora.CompareEntities)
	for i, id := range identifiers(entities) {
		e := entities[i]
		fmt.Fprintf(&b, "%s\t%s %s\t%s\n", id, w.label(e.Label), offsets(mapper, e), standoff.OneLine(e.Surface(doc.Text), " "))
		for _, concept := range e.Concepts {
			norms++
			fmt.Fprintf(&b, "N%d\tReference %s %s\n", norms, id, w.concept(concept))
		}
		if p, predicted := predictionOf(e); predicted {
			notes++
			writeNote(&b, notes, predictionNote, id, p)
		}
	}
	if len(doc.Sentences) > 0 {
		w.lost.Add("stated sentences", len(doc.Sentences))
	}
	return b.String()
}

func writeNote(b *strings.Builder, number int, kind, target string, content any) {
	encoded, err := json.Marshal(content)
	if err != nil { // only a score that is no number could cause it
		encoded = []byte("{}")
	}
	fmt.Fprintf(b, "#%d\t%s %s\t%s\n", number, kind, target, encoded)
}

func offsets(mapper *corpora.Mapper, e corpora.Entity) string {
	pairs := make([]string, len(e.Fragments))
	for i, f := range e.Fragments {
		pairs[i] = fmt.Sprintf("%d %d", mapper.CodePoints(f.Start), mapper.CodePoints(f.End))
	}
	return strings.Join(pairs, ";")
}

// label is the label without white space, which brat has no way to write.
func (w *writer) label(label string) string {
	fit := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return '_'
		}
		return r
	}, label)
	if fit != label {
		w.lost.Add("labels with white space", 1)
	}
	return fit
}

// concept is the concept's id on one line.
func (w *writer) concept(id string) string {
	fit := standoff.OneLine(id, " ")
	if fit != id {
		w.lost.Add("concept ids", 1)
	}
	return fit
}

var textBoundID = regexp.MustCompile(`^T[1-9]\d{0,8}$`)

// identifiers gives each entity a T number: its own where it has one that no earlier entity has, else the
// lowest that is free.
func identifiers(entities []corpora.Entity) []string {
	ids := make([]string, len(entities))
	taken := map[string]bool{}
	for i, e := range entities {
		if textBoundID.MatchString(e.ID) && !taken[e.ID] {
			ids[i] = e.ID
			taken[e.ID] = true
		}
	}
	next := 1
	for i := range ids {
		for ids[i] == "" {
			if id := fmt.Sprintf("T%d", next); !taken[id] {
				ids[i] = id
			}
			next++
		}
	}
	return ids
}
