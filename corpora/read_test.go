package corpora

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

// Formats of this test alone: "lines" has a document a line, "pairs" is like brat, "text" is any text.
func init() {
	Register(Format{
		Name: "lines", Extensions: []string{".lines", ".dat"}, Read: readLines, NewWriter: newLineWriter,
		Detect: func(_ string, head []byte) bool { return bytes.HasPrefix(head, []byte("LINES")) },
	})
	Register(Format{
		Name: "other", Extensions: []string{".dat"}, Read: readLines,
		Detect: func(_ string, head []byte) bool {
			return bytes.HasPrefix(head, []byte("OTHER")) || bytes.HasPrefix(head, []byte("LINES?"))
		},
	})
	Register(Format{Name: "pairs", Extensions: []string{".ann"}, Read: readPair})
	Register(Format{Name: "text", Extensions: []string{".txt"}, Read: readPlain})
}

func readLines(src Source) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		data, err := io.ReadAll(src.R)
		if err != nil {
			yield(Document{}, LineError(src.Name, 1, err))
			return
		}
		n := 0
		for line := range strings.Lines(string(data)) {
			n++
			doc := Document{ID: fmt.Sprintf("%s-%d", src.Base, n), Text: strings.TrimSuffix(line, "\n")}
			doc.Entities = []Entity{at("B", 0, 2), at("A", 0, 2)}
			doc.Entities[0].Concepts = []string{"X:1"}
			doc.Entities[1].Concepts = []string{"X:1", "X:2"}
			if !yield(doc, nil) {
				return
			}
		}
	}
}

func readPair(src Source) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		text, err := src.Sibling(".txt")
		if err != nil {
			yield(Document{}, err)
			return
		}
		defer text.Close()
		data, err := io.ReadAll(text)
		yield(Document{ID: src.Base, Text: string(data)}, err)
	}
}

func readPlain(src Source) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		data, err := io.ReadAll(src.R)
		yield(Document{ID: src.Base, Text: string(data)}, err)
	}
}

type lineWriter struct {
	w    io.Writer
	fail error
}

func newLineWriter(w io.Writer, _ WriteOptions) Writer { return &lineWriter{w: w} }
func (w *lineWriter) Close() error                     { return w.fail }
func (w *lineWriter) Lost() Loss                       { return Loss{} }
func (w *lineWriter) Write(d Document) error {
	_, err := io.WriteString(w.w, d.Text+"\n")
	return err
}

// folder writes files and gives the folder's path.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func zipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func utf16LE(s string) string {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestReadOneFile(t *testing.T) {
	big := strings.Repeat("abcdefghi\n", 10_000)
	dir := folder(t, map[string]string{
		"a.lines": "one\ntwo\n", "z.lines.gz": zipped("one\ntwo"), "unnamed": zipped("LINES\n"), "bom.lines": "\xEF\xBB\xBFone",
		"wide.lines": utf16LE("größe\nxy😀"), "a.dat": "LINES", "b.dat": "OTHER", "c.dat": "LINES?", "d.dat": "neither",
		"empty.lines": "", "nul.lines": "a\nb\x00", "latin.lines": "ok\n" + big + "gr\xf6\xdfe", "cut.lines.gz": zipped(big)[:60],
		"notgz.lines.gz": "plain", "badgz.lines": "\x1f\x8bxxxxxxxxxxxxxxxxx", "what.xyz": "no idea", "tail.lines": "abc\xe2\x82",
		"huge.lines.gz": zipped(strings.Repeat("é😀x\n", 30_000)), "a.txt": "some text", "p.ann": "", "p.txt.gz": zipped("paired"), "q.ann": "",
	})
	for spec, want := range map[string]string{
		"a.lines": "2 a-1", "z.lines.gz": "2 z-1", "unnamed": "1 unnamed-1", "bom.lines": "1 bom-1", "wide.lines": "2 wide-1",
		"a.dat": "1 a-1", "b.dat": "1 b-1", "a.txt": "1 a", "a.txt,format=lines": "1 a-1", "what.xyz,format=lines": "1 what-1",
		"notgz.lines.gz": "1 notgz-1", "huge.lines.gz": "30000 huge-1", "p.ann": "1 p",
		"c.dat":             "ambiguous: it could be lines, other",
		"d.dat":             "its name suggests lines, other",
		"empty.lines":       "the file is empty",
		"nul.lines":         "line 2: byte 3: a NUL byte",
		"latin.lines":       "line 10002: byte 100005: not UTF-8",
		"tail.lines":        "line 1: byte 3: not UTF-8",
		"cut.lines.gz":      "cut off",
		"badgz.lines":       "gzip header is damaged",
		"what.xyz":          "its format is not recognised",
		"missing":           "no such file",
		"q.ann":             "no such file",
		"a.txt,format=nope": `unknown format "nope" (known: lines, other, pairs, text)`,
	} {
		s, err := ParseSpec(filepath.Join(dir, spec))
		if err != nil {
			t.Fatal(err)
		}
		docs, bad, err := ReadAll(s)
		got := ""
		switch {
		case err != nil:
			got = err.Error()
			if !strings.HasPrefix(got, "read "+dir) || strings.Count(got, "read ") > 2 {
				t.Errorf("%s: the message %q does not name the file once", spec, got)
			}
		case len(docs) > 0:
			got = fmt.Sprintf("%d %s", len(docs), docs[0].ID)
		}
		if !strings.Contains(got, want) || len(bad) > 0 {
			t.Errorf("%s: %q, %v, want %q", spec, got, bad, want)
		}
	}
	if _, _, err := ReadAll(Spec{Path: filepath.Join(dir, "missing")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if docs, _, _ := ReadAll(Spec{Path: filepath.Join(dir, "wide.lines")}); docs[1].Text != "xy😀" {
		t.Errorf("UTF-16: %q", docs[1].Text)
	}
}

func TestReadFolder(t *testing.T) {
	for name, c := range map[string]struct {
		files   map[string]string
		options map[string]string
		ids     string
		bad     int
		skipped int
	}{
		"sorted, deep, notices left out": {map[string]string{
			"b.lines": "bb", "a/c.lines": "cc", ".hidden.lines": "xx", ".git/x.lines": "xx",
			"README.md": "x", "LICENSE": "x", "SOURCE.txt": "x", "unknown.xyz": "x",
		}, nil, "c-1 b-1", 0, 1},
		"split": {
			map[string]string{"train.lines": "aa", "mytest.lines.gz": zipped("bb"), "test/x.lines": "cc"},
			map[string]string{"split": "test"},
			"mytest-1 x-1", 0, 0,
		},
		"one bad file of three": {
			map[string]string{"a.lines": "aa", "b.lines": "b\x00", "c.lines": "cc", "d.lines": "", "e.png": "\x89PNG\x00"},
			nil, "a-1 c-1", 2, 1,
		},
		"pairs":                       {map[string]string{"a.ann": "", "a.txt": "aa", "b.txt": "bb", "c.ann": ""}, nil, "a", 1, 1},
		"only text":                   {map[string]string{"a.txt": "aa", "b.txt": "bb"}, nil, "a b", 0, 0},
		"format named":                {map[string]string{"a.xyz": "aa", "b.lines": "bb"}, map[string]string{"format": "lines"}, "b-1", 0, 1},
		"format named, no such names": {map[string]string{"a.xyz": "aa", "b.txt": "bb"}, map[string]string{"format": "lines"}, "a-1 b-1", 0, 0},
		"same names":                  {map[string]string{"x/t.lines": "aa", "y/t.lines": "bb", "u.lines": "cc"}, nil, "u-1 x-t-1 y-t-1", 0, 0},
	} {
		dir := folder(t, c.files)
		if err := os.Symlink(dir, dir+".link"); err != nil {
			t.Fatal(err)
		}
		o, err := Open(Spec{Path: dir + ".link", Options: c.options})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var ids []string
		bad := 0
		for doc, err := range o.Documents() {
			if err == nil {
				ids = append(ids, doc.ID)
				continue
			}
			bad++
			var one *BadDocument
			if !errors.As(err, &one) || strings.Count(err.Error(), one.Path) != 1 {
				t.Errorf("%s: %v", name, err)
			}
		}
		if strings.Join(ids, " ") != c.ids || bad != c.bad || len(o.Skipped) != c.skipped {
			t.Errorf("%s: %v, %d bad, skipped %v, want %s, %d, %d", name, ids, bad, o.Skipped, c.ids, c.bad, c.skipped)
		}
	}
	for want, c := range map[string]Spec{
		"no file in the folder":     {Path: folder(t, nil)},
		`has "dev" in its name`:     {Path: folder(t, map[string]string{"train.lines": "x"}), Options: map[string]string{"split": "dev"}},
		"no file of a known format": {Path: folder(t, map[string]string{"a.xyz": "x"})},
	} {
		if _, _, err := ReadAll(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestLabelOptionMergesWhatBecomesEqual(t *testing.T) {
	path := filepath.Join(folder(t, map[string]string{"a.lines": "one"}), "a.lines")
	docs, _, err := ReadAll(Spec{Path: path, Options: map[string]string{"label": "D"}})
	if err != nil || len(docs[0].Entities) != 1 {
		t.Fatalf("%v, %v", docs, err)
	}
	if e := docs[0].Entities[0]; e.Label != "D" || !slices.Equal(e.Concepts, []string{"X:1", "X:2"}) {
		t.Errorf("%+v", e)
	}
	docs, _, _ = ReadAll(Spec{Path: path})
	if e := docs[0].Entities; len(e) != 2 || e[0].Label != "A" {
		t.Errorf("not ordered: %+v", e)
	}
}

func TestReadReportsUnsoundDocuments(t *testing.T) {
	path := filepath.Join(folder(t, map[string]string{"a.lines": "one\nx\ntwo"}), "a.lines")
	docs, bad, err := ReadAll(Spec{Path: path})
	if err != nil || len(docs) != 2 || len(bad) != 1 || !strings.Contains(bad[0].Error(), "document a-2: entity number 1: bytes 0 to 2 lie outside") {
		t.Errorf("%v, %v, %v", docs, bad, err)
	}
}

func TestValidate(t *testing.T) {
	for want, doc := range map[string]Document{
		"has no label":        {Text: "abc", Entities: []Entity{at("", 0, 1)}},
		"control characters":  {Text: "abc", Entities: []Entity{at("a\tb", 0, 1)}},
		"covers no text":      {Text: "abc", Entities: []Entity{at("A")}},
		"outside":             {Text: "abc", Entities: []Entity{at("A", -1, 1)}},
		"are empty":           {Text: "abc", Entities: []Entity{at("A", 2, 2)}},
		"overlaps":            {Text: "abc", Entities: []Entity{at("A", 1, 3, 2, 3)}},
		"cut a character":     {Text: "é", Entities: []Entity{at("A", 0, 1)}},
		"not UTF-8 at byte 1": {Text: "a\xff"},
		"sentence 2: it does": {Text: "a b", Sentences: []Sentence{{Text: "a"}, {Text: "b", Offset: 1}}},
		"tokens are not":      {Text: "a b", Sentences: []Sentence{{Text: "a b", Tokens: []Token{{0, 2}, {1, 3}}}}},
	} {
		if err := Validate(doc); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := Validate(Document{Text: "a é", Entities: []Entity{at("A B", 0, 1, 2, 4)}, Sentences: []Sentence{{Text: "a"}}}); err != nil {
		t.Error(err)
	}
}

func TestTextCheckerAtEveryChunkBorder(t *testing.T) {
	text := strings.Repeat("aé€😀\n", 3)
	for name, wrap := range map[string]func(io.Reader) io.Reader{"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data and error": iotest.DataErrReader} {
		s, err := newStream(wrap(strings.NewReader(text)), io.NopCloser(nil), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(s); err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestCreatePublishesAtClose(t *testing.T) {
	dir := t.TempDir()
	format, _ := FormatByName("lines")
	path := filepath.Join(dir, "out.lines.gz")
	w, err := Create(path, format, WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Document{Text: "some text"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there before Close: %v", err)
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if docs, _, err := ReadAll(Spec{Path: path}); err != nil || docs[0].Text != "some text" {
		t.Errorf("%v, %v", docs, err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}

func TestCreateLeavesOldFileWhenItFails(t *testing.T) {
	dir := folder(t, map[string]string{"out.lines": "old"})
	path := filepath.Join(dir, "out.lines")
	format, _ := FormatByName("lines")
	failing := format
	failing.NewWriter = func(w io.Writer, _ WriteOptions) Writer { return &lineWriter{w: w, fail: errors.New("no end")} }
	for name, end := range map[string]func(Writer) error{
		"failed Close": func(w Writer) error {
			if err := w.Close(); err == nil || !strings.Contains(err.Error(), "no end") {
				return fmt.Errorf("closed with %w", err)
			}
			return nil
		},
		"Abort": func(w Writer) error { return w.(interface{ Abort() error }).Abort() },
	} {
		w, err := Create(path, failing, WriteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(Document{Text: "new"}), end(w)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		data, _ := os.ReadFile(path)
		if names, _ := os.ReadDir(dir); string(data) != "old" || len(names) != 1 {
			t.Errorf("%s: %q, %v", name, data, names)
		}
	}
	for want, p := range map[string]string{"it is a folder": dir, "no such file": filepath.Join(dir, "no", "x.lines")} {
		if _, err := Create(p, format, WriteOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	readOnly, _ := FormatByName("text")
	if _, err := Create(path, readOnly, WriteOptions{}); err == nil || !strings.Contains(err.Error(), "read only") {
		t.Errorf("%v", err)
	}
}

func TestUniqueIDs(t *testing.T) {
	var u UniqueIDs
	var got []string
	for _, id := range []string{"a", "a", "a-2", "b", "a"} {
		name, _ := u.Name(id)
		got = append(got, name)
	}
	if want := []string{"a", "a-2", "a-2-2", "b", "a-3"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
