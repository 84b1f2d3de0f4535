package all_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/ontology"
)

// hostile are files made to fill the memory: each with what of it is read, errors among documents.
var hostile = map[string]struct {
	name, content string
	want          []string
}{
	"text of 3 MB": {"a.txt", strings.Repeat("word ", 3<<18), []string{
		"read a.txt: document a: the file, which is one document, is larger than 1 MiB, the limit that input.max_document_mb sets; cut the file, or write its texts as JSON lines",
	}},
	"long line of JSON": {"a.jsonl", `{"id":"1","text":"a"}` + "\n" + `{"id":"2","text":"` + strings.Repeat("b", 3<<20) + `"}` + "\n" + `{"id":"3","text":"c"}`, []string{
		"1", "read a.jsonl: line 2: the line is larger than 1 MiB, the limit that input.max_document_mb sets", "3",
	}},
	"long record of a JSON array": {"a.json", `[{"id":"1","text":"a"},` + "\n" + `{"id":"2","text":"` + strings.Repeat("b", 3<<20) + `"},` + "\n" + `{"id":"3","text":"c"}]`, []string{
		"1", "read a.json: line 2: the record is larger than 1 MiB, the limit that input.max_document_mb sets", "3",
	}},
	"20,000 nested arrays in a line": {"a.jsonl", `{"id":"1","text":"a"}` + "\n" + nested(`{"id":"2","text":"b","x":`, "[", "]", "}") + "\n" + `{"id":"3","text":"c"}`, []string{
		"1", "read a.jsonl: line 2: it is nested more than 200 deep, the limit that input.max_depth sets", "3",
	}},
	"20,000 nested objects in an array": {"a.json", `[{"id":"1","text":"a"},` + nested(`{"id":"2","text":"b","x":`, `{"x":`, "}", "}") + `,{"id":"3","text":"c"}]`, []string{
		"1", "read a.json: line 1: it is nested more than 200 deep, the limit that input.max_depth sets", "3",
	}},
	"20,000 nested objects of Label Studio": {"a.json", `[{"id":1,"data":{"text":"a"},"annotations":[{"result":[]}]},` + nested(`{"id":2,"data":{"text":"b"},"annotations":`, "[", "]", "}") + "]", []string{
		"1", "read a.json: line 1: it is nested more than 200 deep, the limit that input.max_depth sets",
	}},
	"a row of CoNLL of 3 MB": {"a.conll", "a O\n\nb O\n" + strings.Repeat("c", 3<<20) + " O\nd O\n\ne O\n", []string{
		"a-1", "read a.conll: line 4: document a-2: the sentence, which is one document, is larger than 1 MiB, the limit that input.max_document_mb sets", "a-3",
	}},
	"a sentence of CoNLL of 3 MB": {"a.conll", "# newdoc id = x\na O\n\n# newdoc id = y\n" + strings.Repeat("word O\n", 3<<17) + "\n# newdoc id = z\ne O\n", []string{
		"x", "read a.conll: line 174767: document y: the document is larger than 1 MiB, the limit that input.max_document_mb sets", "z",
	}},
	"a passage of BioC of 3 MB": {"a.xml", collection(bioc("1", "a"), bioc("2", strings.Repeat("b ", 3<<19)), bioc("3", "c")), []string{
		"1", "read a.xml: line 3: document 2: the document is larger than 1 MiB, the limit that input.max_document_mb sets", "3",
	}},
	"many passages of BioC, a large last one": {"a.xml", collection(bioc("1", "a"), "<document><id>2</id>"+strings.Repeat("<passage><offset>0</offset><text>b</text></passage>\n", 3<<15)+"</document>"), []string{
		"1", "read a.xml: line 3: document 2: the document is larger than 1 MiB, the limit that input.max_document_mb sets",
	}},
	"gaps between passages that would be a text of 1 GB": {"a.xml", collection("<document><id>1</id>" + gaps(16000) + "</document>"), []string{"1"}},
	"20,000 nested elements of BioC": {"a.xml", collection(bioc("1", "a"), nested("<document><id>2</id>", "<passage>", "</passage>", "</document>")), []string{
		"1", "read a.xml: line 3: it is nested more than 200 deep, the limit that input.max_depth sets",
	}},
	"a billion laughs in BioC": {"a.xml", laughs("collection") + collection(bioc("1", "&l9;")), []string{
		"read a.xml: line 14: the XML is not well formed, or a number is none",
	}},
	"20,000 nested arrays of BioC JSON": {"a.json", nested(`{"documents":[{"id":"1","passages":`, "[", "]", "}]}"), []string{
		"read a.json: line 1, byte 14: it is nested more than 200 deep, the limit that input.max_depth sets",
	}},
	"20,000 nested arrays around BioC JSON": {"a.json,format=biocjson", nested("", "[", "]", ""), []string{
		"read a.json: line 1, byte 200: it is nested more than 200 deep, the limit that input.max_depth sets",
	}},
	"a document of BioC JSON of 3 MB": {"a.json", `{"documents":[{"id":"1","passages":[]},{"id":"2","passages":[{"offset":0,"text":"` + strings.Repeat("b", 3<<20) + `"}]}]}`, []string{
		"1", "read a.json: line 1, byte 39: the document is larger than 1 MiB, the limit that input.max_document_mb sets",
	}},
	"an annotation file of 3 MB": {"a.ann", strings.Repeat("T1\tD 0 1\ta\n", 3<<17), []string{
		"read a.ann: document a: the text or its annotations is larger than 1 MiB, the limit that input.max_document_mb sets",
	}},
}

func nested(before, open, shut, after string) string {
	return before + strings.Repeat(open, 20_000) + "1" + strings.Repeat(shut, 20_000) + after
}

func collection(documents ...string) string {
	return "<collection><source/>\n" + strings.Join(documents, "\n") + "\n</collection>\n"
}

func bioc(id, text string) string {
	return "<document><id>" + id + "</id><passage><offset>0</offset><text>" + text + "</text></passage></document>"
}

func gaps(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<passage><offset>%d</offset><text>x</text></passage>", (i+1)*65_000)
	}
	return b.String()
}

// laughs are entities each of which is ten of the one before.
func laughs(root string) string {
	s := "<?xml version=\"1.0\"?>\n<!DOCTYPE " + root + " [\n<!ENTITY l0 \"lol\">\n"
	for i := range 9 {
		s += fmt.Sprintf("<!ENTITY l%d %q>\n", i+1, strings.Repeat(fmt.Sprintf("&l%d;", i), 10))
	}
	return s + "]>"
}

func TestHostileFilesAreRefusedAndOthersRead(t *testing.T) {
	for name, c := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			spec, err := corpora.ParseSpec(c.name)
			if err != nil {
				t.Fatal(err)
			}
			write(t, spec.Path, c.content)
			write(t, "a.txt.keep", "")
			spec.Limits.DocumentMB = 1
			before := allocated()
			got := read(spec)
			if used := (allocated() - before) >> 20; used > 200 {
				t.Errorf("%d MiB were allocated for a file of %d KiB", used, len(c.content)>>10)
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// read gives the ids of the documents and the errors between them.
func read(spec corpora.Spec) (got []string) {
	for doc, err := range corpora.Read(spec) {
		if err != nil {
			got = append(got, err.Error())
		} else {
			got = append(got, doc.ID)
		}
	}
	return got
}

// TestHostileOntologiesAreRefused names file and line of what would fill the memory.
func TestHostileOntologiesAreRefused(t *testing.T) {
	owl := `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">` + "\n"
	class := `<owl:Class rdf:about="http://x.org/A_1"><rdfs:label>`
	for name, c := range map[string]struct{ content, want string }{
		"a billion laughs":                  {laughs("rdf:RDF") + owl + class + "&l9;</rdfs:label></owl:Class></rdf:RDF>", "line 13: it declares XML entities within entities within entities"},
		"an entity of 1 MB, a thousandfold": {"<!DOCTYPE rdf:RDF [<!ENTITY a \"" + strings.Repeat("x", 1<<20-100) + "\">]>" + owl + class + strings.Repeat("&a;", 1000) + "</rdfs:label>", "line 1: it declares more than 256 XML entities, or one longer than 256 bytes"},
		"many entities":                     {"<!DOCTYPE rdf:RDF [" + entities(20_000) + "]>" + owl, "line 1: it declares more than 256 XML entities, or one longer than 256 bytes"},
		"20,000 nested elements":            {owl + nested(class, "<a>", "</a>", ""), "line 2: it is nested more than 200 deep, the limit that input.max_depth sets"},
		"a label of 3 MB":                   {owl + class + strings.Repeat("x", 3<<20), "line 2: a tag or a text is longer than 1 MiB"},
		"many labels in a class":            {owl + class + strings.Repeat("x</rdfs:label><rdfs:label>"+strings.Repeat("y", 1000), 1500), "line 2: the node is larger than 1 MiB, the limit that input.max_document_mb sets"},
		"20,000 nested arrays of a graph":   {nested("{\n"+`"graphs":[{"nodes":[`, "[", "]", "]}]}"), "line 2: it is nested more than 200 deep, the limit that input.max_depth sets"},
		"20,000 nested arrays to be passed": {nested("{\n"+`"x":`, "[", "]", `}`), "line 2: it is nested more than 200 deep, the limit that input.max_depth sets"},
		"a node of 3 MB":                    {`{"graphs":[{"nodes":[` + "\n" + `{"id":"A:1","lbl":"` + strings.Repeat("x", 3<<20) + `"}]}]}`, "line 2: a node, an edge or another value is larger than 1 MiB, the limit that input.max_document_mb sets"},
		"a cell that never closes":          {"id,name\nA:1,x\nA:2,\"" + strings.Repeat("y\n", 3<<19), "line 3: the row is larger than 1 MiB, the limit that input.max_document_mb sets"},
		"a line of OBO of 3 MB":             {"format-version: 1.2\n\n[Term]\nid: A:1\nname: " + strings.Repeat("x", 3<<20), "line 5: the line is larger than 1 MiB, the limit that input.max_document_mb sets"},
		"a line of OBO that goes on":        {"format-version: 1.2\n\n[Term]\nid: A:1\nname: " + strings.Repeat("x\\\n", 3<<19), "line 5: the line, with those that go on with it, is larger than 1 MiB, the limit that input.max_document_mb sets"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := corpora.Spec{Path: "FILE", Limits: corpora.Limits{DocumentMB: 1}}
			before := allocated()
			_, _, err := ontology.Parse(strings.NewReader(c.content), spec)
			if used := (allocated() - before) >> 20; used > 100 {
				t.Errorf("%d MiB were allocated for a file of %d KiB", used, len(c.content)>>10)
			}
			if err == nil || !strings.HasPrefix(err.Error(), "read FILE: "+c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func entities(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<!ENTITY e%d \"x\">", i)
	}
	return b.String()
}

// TestGzipThatGrows refuses a file of zeros (1000:1) and reads one that is very regular text (100:1).
func TestGzipThatGrows(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		name, line string
		lines      int
		want       string
	}{
		{"regular.jsonl.gz", `{"text":"` + strings.Repeat("no finding; ", 40) + "%d\"}\n", 20_000, ""},
		{"bomb.jsonl.gz", strings.Repeat(" ", 1<<16) + "%d", 640, "the gzip data unpacks to more than 250 times its size, the limit that input.max_gzip_ratio sets"},
	} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		unpacked := 0
		for i := range c.lines {
			n, _ := fmt.Fprintf(z, c.line, i)
			unpacked += n
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		write(t, c.name, b.String())
		var last error
		docs := 0
		for _, err := range corpora.Read(corpora.Spec{Path: c.name, Options: map[string]string{"format": "jsonl"}}) {
			last = err
			docs++
		}
		t.Logf("%s: %d:1", c.name, unpacked/b.Len())
		switch {
		case c.want == "" && (last != nil || docs != c.lines || unpacked/b.Len() < 60):
			t.Errorf("%s: %d documents, %v, %d:1", c.name, docs, last, unpacked/b.Len())
		case c.want != "" && (last == nil || !strings.Contains(last.Error(), c.want) || !strings.Contains(last.Error(), c.name)):
			t.Errorf("%s: %v", c.name, last)
		}
	}
}

// TestFoldersThatLoop reads a folder with links to itself, to nothing and to each other, and many files.
func TestFoldersThatLoop(t *testing.T) {
	dir := t.TempDir()
	for i := range 2000 {
		write(t, filepath.Join(dir, fmt.Sprintf("d%04d.txt", i)), "cyst")
		write(t, filepath.Join(dir, fmt.Sprintf("d%04d.ann", i)), "T1\tD 0 4\tcyst\n")
	}
	for link, to := range map[string]string{"self": dir, "a.ann": "b.ann", "b.ann": "a.ann", "gone.ann": "nowhere.ann"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	docs, bad, err := corpora.ReadAll(corpora.Spec{Path: dir})
	if err != nil || len(docs) != 2000 {
		t.Fatalf("%d documents, %v", len(docs), err)
	}
	for _, b := range bad {
		var one *corpora.BadDocument
		if !errors.As(b, &one) {
			t.Error(b)
		}
	}
	t.Log(bad)
}
