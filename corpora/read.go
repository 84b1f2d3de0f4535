package corpora

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// annExtension is that of brat's annotations, whose text stands in the file beside: such a file may be empty.
const annExtension = ".ann"

// File is one file of an opened path, with the format it will be read in.
type File struct {
	Path   string
	Format Format
}

// Opened is a path whose formats are known. Skipped lists the files of a folder that no format recognised,
// so that a caller can warn; hidden files and README, LICENSE, SOURCE and the like are left out without a word.
type Opened struct {
	Spec    Spec
	Files   []File
	Skipped []string

	head  *stream // the stream of a single path, opened to recognise it
	many  bool    // the path is a folder
	bases map[string]string
}

// Open finds the files of spec and the format of each. Documents reads them, or Close lets go of them.
func Open(spec Spec) (*Opened, error) {
	if name := spec.Get("format", ""); name != "" {
		if _, ok := FormatByName(name); !ok {
			return nil, fmt.Errorf("read %s: unknown format %q (known: %s)", spec.Path, name, formatNames(Formats()))
		}
	}
	if spec.Path != "-" {
		info, err := os.Stat(spec.Path)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", spec.Path, plain(err))
		}
		if info.IsDir() {
			return openFolder(spec)
		}
	}
	s, err := openStream(spec.Path, spec.Limits)
	if err != nil {
		return nil, err
	}
	format, err := recognise(spec, spec.Path, s)
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return &Opened{Spec: spec, Files: []File{{spec.Path, format}}, head: s}, nil
}

// Close releases what Open holds; Documents does so by itself at its end.
func (o *Opened) Close() error {
	if o.head == nil {
		return nil
	}
	err := o.head.Close()
	o.head = nil
	return err
}

// Documents yields all documents, in the order of the files' paths, each checked by Validate. An error that
// wraps *BadDocument concerns one document, or one file of a folder, and iteration goes on; any other ends it.
// Standard input can be read once.
func (o *Opened) Documents() iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		defer func() { _ = o.Close() }()
		for _, f := range o.Files {
			if !o.readFile(f, yield) {
				return
			}
		}
	}
}

// readFile yields the documents of one file; false means stop.
func (o *Opened) readFile(f File, yield func(Document, error) bool) bool {
	s, err := o.stream(f.Path)
	if err != nil {
		return yield(Document{}, o.fileError(f.Path, err)) && o.many
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Peek(1); err != nil && (!errors.Is(err, io.EOF) || extension(f.Path) != annExtension) {
		if errors.Is(err, io.EOF) {
			err = errEmpty(f.Path)
		}
		return yield(Document{}, o.fileError(f.Path, err)) && o.many
	}
	for doc, err := range f.Format.Read(o.source(f.Path, s)) {
		if err == nil {
			doc, err = o.finish(f.Path, doc)
		}
		var bad *BadDocument
		switch {
		case errors.As(err, &bad) && bad.Annotation && o.textOnly():
		case err == nil || bad != nil:
			if !yield(doc, err) {
				return false
			}
		default:
			return yield(Document{}, o.fileError(f.Path, err)) && o.many
		}
	}
	return true
}

// textOnly reports whether annotations, even bad ones, are ignored.
func (o *Opened) textOnly() bool { return o.Spec.Get("annotations", "") == IgnoreAnnotations }

func (o *Opened) stream(path string) (*stream, error) {
	if s := o.head; s != nil {
		o.head = nil
		return s, nil
	}
	return openStream(path, o.Spec.Limits)
}

// fileError names the file, and makes one file's failure that of a document among others when o is a folder.
func (o *Opened) fileError(path string, err error) error {
	if o.many {
		return &BadDocument{Path: path, ID: o.base(path), Err: errors.New(strings.TrimPrefix(err.Error(), "read "+path+": "))}
	}
	if strings.HasPrefix(err.Error(), "read ") {
		return err
	}
	return fmt.Errorf("read %s: %w", shown(path), err)
}

// shown is how messages name a path.
func shown(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

// finish applies the options that hold for every format and checks the document.
func (o *Opened) finish(path string, doc Document) (Document, error) {
	if o.textOnly() {
		doc.Entities = nil
	}
	if label := o.Spec.Get("label", ""); label != "" {
		doc.Entities = Relabel(doc.Entities, label)
	}
	if err := Validate(doc); err != nil {
		return Document{ID: doc.ID}, &BadDocument{Path: shown(path), ID: doc.ID, Err: err}
	}
	slices.SortStableFunc(doc.Entities, CompareEntities)
	return doc, nil
}

// base is what documents without an id are named by: the file's name, and in a folder that has several of that
// name, the way to it: "music-test" for music/test.txt.
func (o *Opened) base(path string) string {
	if b, ok := o.bases[path]; ok {
		return b
	}
	return base(path)
}

func (o *Opened) source(path string, r io.Reader) Source {
	return Source{Name: shown(path), Base: o.base(path), R: r, Spec: o.Spec, Sibling: func(ext string) (io.ReadCloser, error) {
		return sibling(path, ext, o.Spec.Limits)
	}}
}

// sibling opens the file beside path that has another extension, compressed or not.
func sibling(path, ext string, l Limits) (io.ReadCloser, error) {
	if path == "-" {
		return nil, fmt.Errorf("standard input has no file beside it: %w", fs.ErrNotExist)
	}
	stem := filepath.Join(filepath.Dir(path), base(path))
	s, err := openStream(stem+ext, l)
	if errors.Is(err, fs.ErrNotExist) {
		if zipped, zipErr := openStream(stem+ext+".gz", l); zipErr == nil {
			return zipped, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}
