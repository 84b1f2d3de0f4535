package bioc_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/bioc"
)

func source(r io.Reader) corpora.Source { return corpora.Source{Name: "x.xml", Base: "x", R: r} }

func read(t testing.TB, content string) (docs []corpora.Document, bad []string, fatal error) {
	t.Helper()
	for doc, err := range bioc.Read(source(strings.NewReader(content))) {
		var one *corpora.BadDocument
		switch {
		case err == nil:
			docs = append(docs, doc)
		case errors.As(err, &one):
			bad = append(bad, err.Error())
		default:
			fatal = err
		}
	}
	return docs, bad, fatal
}

func write(t testing.TB, format string, docs ...corpora.Document) (string, corpora.Loss) {
	t.Helper()
	var b bytes.Buffer
	f, ok := corpora.FormatByName(format)
	if !ok {
		t.Fatalf("%s is not registered", format)
	}
	w := f.NewWriter(&b, corpora.WriteOptions{})
	for _, doc := range docs {
		if err := w.Write(doc); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.Lost()
}

func show(doc corpora.Document) (lines []string) {
	for _, e := range doc.Entities {
		lines = append(lines, strings.TrimSpace(e.ID+" "+e.Label+" "+e.Surface(doc.Text)+" "+strings.Join(e.Concepts, "|")))
	}
	return lines
}

func TestRead(t *testing.T) {
	content, err := os.ReadFile("testdata/sample.xml")
	if err != nil {
		t.Fatal(err)
	}
	docs, bad, err := read(t, string(content))
	if err != nil || len(bad) > 0 || len(docs) != 2 {
		t.Fatalf("%d documents, %q, %v", len(docs), bad, err)
	}
	if docs[0].Text != "Naïve 𝒳 <cysts>\n\nbreast and ovarian cancer" || docs[1].Text != "A cyst.\nNo pain." {
		t.Errorf("texts %q, %q", docs[0].Text, docs[1].Text)
	}
	want := []string{"T1 Disease cysts MESH:D003560", "T2 Disease breast cancer", "T3 Disease ovarian cancer MESH:D010051"}
	if got := show(docs[0]); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := show(docs[1]); !slices.Equal(got, []string{"0 Sign cyst", "1 Sign pain"}) {
		t.Errorf("from sentences %q", got)
	}
	wantMeta := map[string]string{
		"journal": "J & K", "passages": "title:0-15 abstract:17-42",
		"left_out": "1 annotations without place, 1 infons of annotations, 1 infons of passages, 2 relations",
	}
	if !reflect.DeepEqual(docs[0].Meta, wantMeta) {
		t.Errorf("meta %v", docs[0].Meta)
	}
}

const passage = `<collection><document><id>1</id><passage><offset>%d</offset><text>naïve 𝒳 tumour</text>` +
	`<annotation id="T"><infon key="type">D</infon><location offset="%d" length="6"/><text>tumour</text></annotation></passage></document></collection>`

func TestUnitsAreRecognised(t *testing.T) {
	for name, c := range map[string]struct {
		passage, offset int
		unit            string
	}{
		"code points":             {10, 18, ""},
		"utf16":                   {10, 19, "utf16"},
		"bytes":                   {10, 22, "byte"},
		"from the passage":        {100, 8, ""},
		"bytes, from the passage": {100, 12, "byte"},
	} {
		docs, bad, err := read(t, fmt.Sprintf(passage, c.passage, c.offset))
		if err != nil || len(bad) > 0 || len(docs[0].Entities) != 1 || docs[0].Meta["offset_unit"] != c.unit {
			t.Errorf("%s: %v %q %v", name, docs, bad, err)
		}
	}
	_, bad, err := read(t, fmt.Sprintf(passage, 0, 3))
	if err != nil || len(bad) != 1 || bad[0] != "read x.xml: document 1: annotation T: its surface differs from the text at its offsets" {
		t.Errorf("misplaced: %q %v", bad, err)
	}
}

func TestGapsAreBounded(t *testing.T) {
	docs, _, _ := read(t, fmt.Sprintf(passage, 2_000_000_000, 2_000_000_008))
	if len(docs) != 1 || len(docs[0].Text) > 100 || len(docs[0].Entities) != 1 {
		t.Errorf("%d bytes of text, %v", len(docs[0].Text), docs[0].Entities)
	}
}

func TestJSONShapes(t *testing.T) {
	one := `{"id": 7, "_id": "x", "infons": {"n": 1, "x": null}, "passages": [{"infons": {}, "offset": 0, "text": "a cyst",` +
		` "annotations": [{"id": 3, "infons": {"type": "Sign", "identifier": null, "valid": true}, "text": "cyst", "locations": [{"offset": 2, "length": 4}]}], "relations": []}], "relations": [1]}`
	for name, content := range map[string]string{
		"collection": `{"source": "s", "infons": {"a": {"documents": []}}, "documents": [` + one + `], "key": "k"}`,
		"service":    `{"PubTator3": [` + one + `]}`,
		"document":   one,
		"array":      `[` + one + `]`,
	} {
		docs, bad, err := read(t, "\n "+content)
		if err != nil || len(bad) > 0 || len(docs) != 1 || docs[0].ID != "7" || !slices.Equal(show(docs[0]), []string{"3 Sign cyst"}) {
			t.Errorf("%s: %v %q %v", name, docs, bad, err)
		}
	}
	if docs, _, err := read(t, one+"\n"+one+"\n"); len(docs) != 2 || err != nil {
		t.Errorf("lines: %d, %v", len(docs), err)
	}
}

func TestDamagedFiles(t *testing.T) {
	sample, err := os.ReadFile("testdata/sample.xml")
	if err != nil {
		t.Fatal(err)
	}
	asJSON, _ := write(t, "biocjson", must(read(t, string(sample)))...)
	for name, c := range map[string]struct {
		content string
		docs    int
		want    string
	}{
		"XML cut off":     {string(sample[:len(sample)-60]), 1, "read x.xml: line 19: the file ends within an element"},
		"no BioC":         {"<a><b/></a>", 0, "read x.xml: there is no BioC document in it"},
		"not well formed": {"<collection>\n<document></passage>", 0, "read x.xml: line 2: the XML is not well formed, or a number is none"},
		"entity":          {"<collection><document><id>&boom;</id></document></collection>", 0, "read x.xml: line 1: the XML is not well formed, or a number is none"},
		"no number":       {"<collection><document><passage><offset>x</offset></passage></document></collection>", 0, "line 1: the XML is not well formed, or a number is none"},
		"JSON cut off":    {asJSON[:len(asJSON)-40], 1, "the file ends within an element"},
		"other JSON":      {`{"documents": 3}`, 0, "the JSON is not well formed, or not of BioC's shape"},
		"bad type":        {`{"documents": [{"id":"1","passages":[{"offset":"x"}]}]}`, 0, "the JSON is not well formed, or not of BioC's shape"},
		"empty object":    {`{}`, 0, "there is no BioC document in it"},
		"deep XML":        {strings.Repeat("<document>", 200_000), 0, "line 1: "},
		"deep JSON":       {`{"documents": [{"passages": ` + strings.Repeat("[", 200_000), 0, "byte "},
	} {
		docs, _, err := read(t, c.content)
		if len(docs) != c.docs || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d documents, %v, want %d and %q", name, len(docs), err, c.docs, c.want)
		}
	}
}

// An error of reading says more than the decoder's.
func TestReadErrorsArePassedOn(t *testing.T) {
	for _, start := range []string{"<collection><document><id>1", `{"documents": [{"id": "1`} {
		r := io.MultiReader(strings.NewReader(start), iotest.ErrReader(errors.New("the gzip data is cut off")))
		for _, err := range bioc.Read(source(r)) {
			if err == nil || err.Error() != "read x.xml: the gzip data is cut off" {
				t.Errorf("%v", err)
			}
		}
	}
}

func must(docs []corpora.Document, _ []string, _ error) []corpora.Document { return docs }

func TestRoundTrip(t *testing.T) {
	sample, err := os.ReadFile("testdata/sample.xml")
	if err != nil {
		t.Fatal(err)
	}
	docs := append(must(read(t, string(sample))),
		corpora.Document{ID: "p", Text: "a <cyst>\r\n& \t𝒳", Meta: map[string]string{"k<": "v\n"}, Entities: []corpora.Entity{
			{
				Label: "S", Fragments: []corpora.Fragment{{Start: 3, End: 7}}, Score: 0.25, Status: corpora.StatusFuzzy,
				From:  corpora.Provenance{Demonstrations: []string{"p, q#1"}, Terms: []string{"DOID:1"}, Steps: []corpora.Step{{By: corpora.ByModel, Score: 0.25}}},
				Links: []corpora.Link{{ID: "DOID:1", Score: 0.5, Name: "a, b", Source: "name"}, {ID: "DOID:2", Score: 0.25}},
			},
			{Label: "S", Fragments: []corpora.Fragment{{Start: 3, End: 7}}, Score: 0.5, Concepts: []string{"DOID:1", "MESH:D003560"}},
		}},
		corpora.Document{ID: "e"},
		corpora.Document{ID: "f", Text: "x", Err: &corpora.Failure{Code: "timeout", Message: "too slow"}},
	)
	for _, format := range []string{"bioc", "biocjson"} {
		written, lost := write(t, format, docs...)
		back, bad, err := read(t, written)
		if err != nil || len(bad) > 0 || len(lost) > 0 || len(back) != len(docs) {
			t.Fatalf("%s: %d documents, %q, %v, lost %v", format, len(back), bad, err, lost)
		}
		for i := range docs {
			if !reflect.DeepEqual(back[i], docs[i]) {
				t.Errorf("%s:\n%#v\n%#v", format, docs[i], back[i])
			}
		}
	}
	if written, _ := write(t, "bioc"); !strings.Contains(written, "</collection>") {
		t.Errorf("no documents: %q", written)
	}
	if docs, _, err := read(t, func() string { s, _ := write(t, "biocjson"); return s }()); err != nil || len(docs) > 0 {
		t.Errorf("no documents: %v, %v", docs, err)
	}
}

func TestXMLCountsCharactersItCannotHold(t *testing.T) {
	written, lost := write(t, "bioc", corpora.Document{ID: "1", Text: "a\x01b\x0bcyst", Entities: []corpora.Entity{{Label: "S", Fragments: []corpora.Fragment{{Start: 4, End: 8}}}}})
	docs, bad, err := read(t, written)
	if err != nil || len(bad) > 0 || docs[0].Entities[0].Surface(docs[0].Text) != "cyst" || lost["characters that XML does not allow"] != 2 {
		t.Errorf("%v %q %v, lost %v", docs, bad, err, lost)
	}
}

func TestDetect(t *testing.T) {
	for content, want := range map[string]string{
		"<?xml version='1.0'?><!DOCTYPE collection SYSTEM 'BioC.dtd'>":                               "bioc",
		"<collection><source/><document>":                                                            "bioc",
		"<?xml version='1.0'?><rdf:RDF xmlns:owl='o'><owl:Ontology/><!-- <collection><document> -->": "",
		`{"documents": [{"passages": []}]}`:                                                          "biocjson",
		`{"graphs": []}`:                                                                             "",
		"text":                                                                                       "",
	} {
		got := ""
		for _, f := range corpora.Formats() {
			if f.Detect("x", []byte(content)) {
				got += f.Name
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	sample, err := os.ReadFile("testdata/sample.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(sample))
	f.Add(fmt.Sprintf(passage, 1, 8))
	f.Add(`{"documents":[{"id":"1","infons":{},"passages":[{"infons":{"type":"t"},"offset":3,"text":"a 𝒳 cyst","annotations":[{"id":"0","infons":{"type":"S","status":"exact","score":"0.5"},"text":"cyst","locations":[{"offset":7,"length":4}]}],"sentences":[]}],"relations":[]}]}`)
	f.Fuzz(func(t *testing.T, content string) {
		if _, _, valid := corpora.ValidUTF8([]byte(content)); !valid {
			return // corpora.OpenText refuses such files before
		}
		docs, _, _ := read(t, content)
		for _, doc := range docs {
			if err := corpora.Validate(doc); err != nil {
				t.Fatal(err)
			}
			written, _ := write(t, "biocjson", doc)
			back, bad, err := read(t, written)
			if err != nil || len(bad) > 0 || len(back) != 1 || len(back[0].Entities) != len(doc.Entities) {
				t.Fatalf("came back different: %v %q\n%#v\n%#v", err, bad, doc, back)
			}
			if _, ok := doc.Meta["passages"]; ok && back[0].Text != doc.Text {
				t.Fatalf("text came back different: %q, %q", doc.Text, back[0].Text)
			}
			written, _ = write(t, "bioc", doc)
			if back, bad, err = read(t, written); err != nil || len(bad) > 0 || len(back) != 1 || len(back[0].Entities) != len(doc.Entities) {
				t.Fatalf("came back different from XML: %v %q\n%#v\n%#v", err, bad, doc, back)
			}
		}
	})
}
