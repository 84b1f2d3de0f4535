package ontology

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ragner/ragner/corpora"
)

// TestRead runs the files of testdata/read: "read" with options, an ontology, and below the line what came of
// it. In the input, \t, \r and <BOM> stand for characters that editors lose when the argument "escaped" is given.
// go test -rewrite writes the answers anew.
func TestRead(t *testing.T) {
	datadriven.Walk(t, "testdata/read", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			options := map[string]string{}
			input := d.Input
			for _, arg := range d.CmdArgs {
				if arg.Key == "escaped" {
					input = strings.NewReplacer(`\t`, "\t", `\r`, "\r", "<BOM>", "\ufeff").Replace(input)
					continue
				}
				options[arg.Key] = strings.Join(arg.Vals, ",")
			}
			file := filepath.Join(t.TempDir(), "input")
			if err := os.WriteFile(file, []byte(input), 0o600); err != nil {
				t.Fatal(err)
			}
			terms, report, err := Read(corpora.Spec{Path: file, Options: options})
			if err != nil {
				return strings.ReplaceAll(err.Error(), file, "FILE") + "\n"
			}
			return show(terms, report)
		})
	})
}

func show(terms []corpora.Term, r Report) string {
	var b strings.Builder
	for _, t := range terms {
		fmt.Fprintf(&b, "%s %q", t.ID, t.Name)
		if t.Label != "" {
			fmt.Fprintf(&b, " label=%s", t.Label)
		}
		b.WriteByte('\n')
		for _, s := range t.Synonyms {
			fmt.Fprintf(&b, "  %s %q\n", s.Scope, s.Text)
		}
		if t.Definition != "" {
			fmt.Fprintf(&b, "  def %q\n", t.Definition)
		}
		if len(t.Parents) > 0 {
			fmt.Fprintf(&b, "  parents %s\n", strings.Join(t.Parents, " "))
		}
		if len(t.Xrefs) > 0 {
			fmt.Fprintf(&b, "  xrefs %s\n", strings.Join(t.Xrefs, " "))
		}
	}
	fmt.Fprintf(&b, "%s version=%q terms=%d names=%d obsolete=%d unnamed=%d skipped=%d\n",
		r.Format, r.Version, r.Terms, r.Names, r.Obsolete, r.Unnamed, r.Skipped)
	return b.String()
}

const smallOBO = "format-version: 1.2\n\n[Term]\nid: X:1\nname: one\n"

func TestCompressedFoldersAndMissingFiles(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(smallOBO)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("a.obo.gz", packed.Bytes())
	write("b.tsv", []byte("id\tname\tsynonyms\nX:1\tone\teins|uno\nX:2\ttwo\t\n"))
	write("README.md", []byte("no ontology\n"))
	terms, report, err := Read(corpora.Spec{Path: dir})
	if err != nil || len(terms) != 2 || report.Format != "mixed" || len(terms[0].Synonyms) != 2 {
		t.Errorf("%+v %+v %v", terms, report, err)
	}
	cut := write("cut.obo.gz", packed.Bytes()[:packed.Len()-9])
	if _, _, err := Read(corpora.Spec{Path: cut}); err == nil || !strings.Contains(err.Error(), cut) {
		t.Errorf("cut gzip: %v", err)
	}
	if _, _, err := Read(corpora.Spec{Path: filepath.Join(dir, "none")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	latin := write("latin.obo", []byte("format-version: 1.2\n[Term]\nid: X:1\nname: Sj\xf6gren\n"))
	if _, _, err := Read(corpora.Spec{Path: latin}); err == nil || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("Latin-1: %v", err)
	}
	binary := write("binary.obo", []byte("format\x00\x01"))
	if _, _, err := Read(corpora.Spec{Path: binary}); err == nil {
		t.Error("binary file: no error")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, options := range []map[string]string{{"format": "conll"}, {"scopes": "exact+near"}, {"separator": ""}} {
		if _, _, err := Parse(strings.NewReader(smallOBO), corpora.Spec{Path: "x", Options: options}); err == nil {
			t.Errorf("%v: no error", options)
		}
	}
}

func TestCompact(t *testing.T) {
	for iri, want := range map[string]string{
		"http://purl.obolibrary.org/obo/DOID_1485":    "DOID:1485",
		"<http://purl.obolibrary.org/obo/HP_0002648>": "HP:0002648",
		"http://www.orpha.net/ORDO/Orphanet_124":      "Orphanet:124",
		"http://id.nlm.nih.gov/mesh/D003550":          "MESH:D003550",
		"mesh:D003550":                                "MESH:D003550",
		"http://example.org/vocabulary#heart":         "http://example.org/vocabulary#heart",
		"http://purl.obolibrary.org/obo/doid#chebi":   "http://purl.obolibrary.org/obo/doid#chebi",
		" DOID:4 ": "DOID:4",
	} {
		if got := compact(iri); got != want {
			t.Errorf("compact(%q) = %q, want %q", iri, got, want)
		}
	}
}

func FuzzOBO(f *testing.F)   { fuzz(f, "obo", "obo") }
func FuzzGraph(f *testing.F) { fuzz(f, "graph", "obograph") }
func FuzzOWL(f *testing.F)   { fuzz(f, "owl", "owl") }
func FuzzSKOS(f *testing.F)  { fuzz(f, "skos", "skos") }
func FuzzTable(f *testing.F) { fuzz(f, "table", "") }

// fuzz holds what must be true of any input: no panic, no term without id or name, counts that agree.
func fuzz(f *testing.F, seeds, format string) {
	raw, err := os.ReadFile(filepath.Join("testdata", "read", seeds))
	if err != nil {
		f.Fatal(err)
	}
	for _, part := range strings.Split(string(raw), "\nread") {
		_, body, _ := strings.Cut(part, "\n")
		body, _, _ = strings.Cut(body, "\n----")
		f.Add(strings.ReplaceAll(body, `\t`, "\t"), "")
		f.Add(strings.ReplaceAll(body, `\t`, "\t"), "X:1")
	}
	f.Fuzz(func(t *testing.T, text, root string) {
		spec := corpora.Spec{Path: "f", Options: map[string]string{}}
		if format != "" {
			spec.Options["format"] = format
		}
		if root != "" {
			spec.Options["root"] = root
		}
		terms, report, err := Parse(strings.NewReader(text), spec)
		if err != nil {
			return
		}
		names := 0
		for _, term := range terms {
			if term.ID == "" || term.Name == "" {
				t.Fatalf("a term without id or name: %+v", term)
			}
			names += 1 + len(term.Synonyms)
		}
		if len(terms) == 0 || report.Terms != len(terms) || report.Names != names {
			t.Fatalf("counts differ: %+v, %d terms, %d names", report, len(terms), names)
		}
	})
}

// TestNotText: bytes that are no text are refused with file and line, as in every other input.
func TestNotText(t *testing.T) {
	for name, bad := range map[string]string{"NUL": "glyc\x00ine", "not UTF-8": "glyc\xffine"} {
		path := filepath.Join(t.TempDir(), "terms.obo")
		if err := os.WriteFile(path, []byte("format-version: 1.2\n\n[Term]\nid: O:1\nname: "+bad+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := Read(corpora.Spec{Path: path, Options: map[string]string{}})
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "5") || strings.Contains(err.Error(), "glyc") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
