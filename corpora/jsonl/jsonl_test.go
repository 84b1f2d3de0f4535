package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ragner/ragner/corpora"
)

func source(text string, options map[string]string) corpora.Source {
	return corpora.Source{Name: "FILE", Base: "base", R: strings.NewReader(text), Spec: corpora.Spec{Path: "FILE", Options: options}}
}

// TestRead runs the files of testdata/read: "read" with options, a file, and below the line its shape, its
// documents as our JSON lines and the errors between them. With the argument "escaped", \r and <BOM> stand for
// those characters.
func TestRead(t *testing.T) {
	datadriven.Walk(t, "testdata/read", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			options, input := map[string]string{}, d.Input
			for _, arg := range d.CmdArgs {
				if arg.Key == "escaped" {
					input = strings.NewReplacer(`\r`, "\r", "<BOM>", "\ufeff").Replace(input)
					continue
				}
				options[arg.Key] = strings.Join(arg.Vals, ",")
			}
			name := options["format"]
			if name == "" {
				name = detect("FILE", []byte(input))
			}
			f, ok := corpora.FormatByName(name)
			if !ok {
				return "not recognised\n"
			}
			return name + "\n" + show(t, f.Read(source(input, options)))
		})
	})
}

func show(t *testing.T, docs iter.Seq2[corpora.Document, error]) string {
	var b strings.Builder
	for doc, err := range docs {
		var bad *corpora.BadDocument
		switch {
		case errors.As(err, &bad):
			fmt.Fprintf(&b, "bad: %v\n", err)
		case err != nil:
			fmt.Fprintf(&b, "error: %v\n", err)
		default:
			if err := corpora.Validate(doc); err != nil {
				t.Errorf("document %s: %v", doc.ID, err)
			}
			line, err := Marshal(doc)
			if err != nil {
				t.Error(err)
			}
			b.Write(append(line, '\n'))
		}
	}
	return b.String()
}

// full is a document with everything our shape holds: astral characters, nested, crossing and discontinuous
// entities, two labels on one span, predictions, sentences and tokens.
func full() corpora.Document {
	text := "𝒜 naïve <b>case</b>: left and right pain."
	at := func(s string) corpora.Fragment {
		i := strings.Index(text, s)
		return corpora.Fragment{Start: i, End: i + len(s)}
	}
	doc := corpora.Document{ID: "d/1", Text: text, Meta: map[string]string{"source": "made up", "year": "2024"}}
	doc.Entities = []corpora.Entity{
		{ID: "T1", Label: "Letter", Fragments: []corpora.Fragment{at("𝒜")}, Status: corpora.StatusGold},
		{Label: "Sign", Fragments: []corpora.Fragment{at("left"), at("pain")}, Concepts: []string{"HP:1", "HP:2"}, Status: corpora.StatusGold},
		{
			Label: "Sign", Fragments: []corpora.Fragment{at("right pain")}, Score: 0.1235, Status: corpora.StatusFuzzy,
			From:     corpora.Provenance{Demonstrations: []string{"x#1"}, Terms: []string{}, Steps: []corpora.Step{{By: corpora.BySentence, Score: 0.2}, {By: corpora.ByModel, Score: 0.1235}}},
			Concepts: []string{"HP:1"}, Links: []corpora.Link{{ID: "HP:1", Score: 0.75, Name: "pain", Source: "name"}, {ID: "HP:2", Score: 0.2}},
		},
		{Label: "Site", Fragments: []corpora.Fragment{at("left and right")}, Score: 0.5, Status: corpora.StatusExact},
		{Label: "Whole", Fragments: []corpora.Fragment{at("left and right pain")}, Status: corpora.StatusNormalized},
		{Label: "Other", Fragments: []corpora.Fragment{at("left and right pain")}, Status: corpora.StatusGold},
	}
	doc.Entities = sorted(doc.Entities)
	doc.Sentences = []corpora.Sentence{
		{DocID: "d/1", Text: text[:at("left").Start-1], Tokens: []corpora.Token{{Start: 0, End: 4}, {Start: 5, End: 11}}},
		{DocID: "d/1", Index: 1, Text: text[at("left").Start:], Offset: at("left").Start, Tokens: []corpora.Token{{Start: 0, End: 4}}},
	}
	return doc
}

func write(t *testing.T, s shape, docs ...corpora.Document) (string, corpora.Loss) {
	t.Helper()
	var b bytes.Buffer
	w := newWriter(&b, s)
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

func readAll(t *testing.T, s shape, text string) (docs []corpora.Document) {
	t.Helper()
	for doc, err := range read(s)(source(text, nil)) {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	return docs
}

func TestOwnShapeGivesBackEverything(t *testing.T) {
	failed := corpora.Document{ID: "d2", Text: "x", Err: &corpora.Failure{Code: "timeout", Message: "no answer"}}
	in := []corpora.Document{full(), failed, {ID: "d3"}}
	text, lost := write(t, own, in...)
	if out := readAll(t, own, text); !reflect.DeepEqual(in, out) {
		t.Errorf("want %+v\ngot  %+v", in, out)
	}
	if len(lost) > 0 {
		t.Errorf("lost %v", lost)
	}
}

func TestContractKeysAreAlwaysThere(t *testing.T) {
	doc := corpora.Document{Text: "a b", Entities: []corpora.Entity{{Label: "L", Fragments: []corpora.Fragment{{Start: 0, End: 1}}, Status: corpora.StatusExact, Score: 0.00004}}}
	line, err := Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"","text":"a b","entities":[{"start":0,"end":1,"label":"L","text":"a","fragments":[[0,1]],"score":0,"status":"exact"}],"meta":{},"error":null}`
	if string(line) != want {
		t.Errorf("got %s", line)
	}
}

// TestShapesGiveBackWhatTheyHold writes gold that every shape can hold, reads it by content, and compares.
func TestShapesGiveBackWhatTheyHold(t *testing.T) {
	text := "𝒜 fever naïve."
	doc := corpora.Document{ID: "d1", Text: text, Meta: map[string]string{"source": "made up"}}
	doc.Entities = []corpora.Entity{
		{Label: "Letter", Fragments: []corpora.Fragment{{Start: 0, End: 4}}},
		{Label: "Sign", Fragments: []corpora.Fragment{{Start: 5, End: 10}}},
	}
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			empty := corpora.Document{ID: "d2", Text: "nothing"}
			text, lost := write(t, s, doc, empty)
			if got := detect("x"+s.extensions[0], []byte(text)); got != s.name {
				t.Errorf("recognised as %q: %s", got, text)
			}
			out := readAll(t, s, text)
			if len(out) != 2 || out[0].ID != "d1" || out[1].ID != "d2" || len(out[1].Entities) != 0 {
				t.Fatalf("got %+v", out)
			}
			if s.name != nameHuggingFace && out[0].Text != doc.Text {
				t.Error("another text")
			}
			if !reflect.DeepEqual(out[0].Meta, doc.Meta) || labelled(out[0]) != labelled(doc) || len(lost) > 0 {
				t.Errorf("got %s %v, lost %v", labelled(out[0]), out[0].Meta, lost)
			}
			again, _ := write(t, s, out...)
			if s.name != nameLabelStudio && again != text {
				t.Errorf("written again:\n%s\nbefore:\n%s", again, text)
			}
		})
	}
}

func labelled(doc corpora.Document) string {
	var parts []string
	for _, e := range doc.Entities {
		parts = append(parts, e.Label+"="+e.Surface(doc.Text))
	}
	return strings.Join(parts, ", ")
}

func TestLossesAreNamed(t *testing.T) {
	failed := corpora.Document{ID: "d2", Err: &corpora.Failure{Code: "timeout"}}
	want := map[string]string{
		nameSpacy:       "3 concept ids, 1 discontinuous entities, 1 failed documents (left out), 3 scores, statuses and evidence of predictions, 2 sentence borders",
		nameDoccano:     "3 concept ids, 1 discontinuous entities, 1 failed documents (left out), 3 scores, statuses and evidence of predictions, 2 sentence borders",
		nameLabelStudio: "3 concept ids, 1 discontinuous entities, 1 failed documents (left out), 2 scores, statuses and evidence of predictions, 2 sentence borders",
		nameProdigy:     "1 concept ids, 1 discontinuous entities, 1 failed documents (left out), 1 scores, statuses and evidence of predictions, 2 sentence borders",
	}
	for name, want := range want {
		for _, s := range shapes() {
			if s.name == name {
				if _, lost := write(t, s, full(), failed); lost.String() != want {
					t.Errorf("%s: %s", name, lost)
				}
			}
		}
	}
}

func TestTokenisedDocumentsKeepTheirTokens(t *testing.T) {
	in := `{"id":"s1","tokens":["Left","-sided","pain","."],"ner_tags":["B-Site","I-Site","B-Sign","O"]}` + "\n"
	docs := readAll(t, huggingFace, in)
	if len(docs) != 1 || len(docs[0].Sentences) != 1 || len(docs[0].Sentences[0].Tokens) != 4 || docs[0].Sentences[0].DocID != "s1" {
		t.Fatalf("%+v", docs)
	}
	if out, _ := write(t, huggingFace, docs...); out != in {
		t.Errorf("got %s", out)
	}
}

func TestLongLinesAreReadAndTooLongOnesReported(t *testing.T) {
	long := `{"text":"` + strings.Repeat("x", 300_000) + `"}`
	text := long + "\n" + `{"text":"` + strings.Repeat("y", 1<<20) + "\"}\n" + `{"text":"short"}`
	src := source(text, nil)
	src.Spec.Limits.DocumentMB = 1
	var got []string
	for doc, err := range read(own)(src) {
		var bad *corpora.BadDocument
		switch {
		case errors.As(err, &bad):
			got = append(got, fmt.Sprintf("bad at %d", bad.Line))
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, fmt.Sprintf("%s %d", doc.ID, len(doc.Text)))
		}
	}
	if want := "base-1 300000; bad at 2; base-3 5"; strings.Join(got, "; ") != want {
		t.Errorf("got %v", got)
	}
}

func TestBinaryFilesAreRefused(t *testing.T) {
	for name, content := range map[string]string{
		"DocBin": "\x78\x9c\x01\x02\x03", "UTF-16": "\xff\xfe{\x00", "NUL": "{\"text\":\"a\x00\"}",
	} {
		for _, err := range read(spacy)(source(content, nil)) {
			if err == nil || !strings.HasPrefix(err.Error(), "read FILE: ") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestErrorsQuoteNoText gives a private word at every place that an error could quote.
func TestErrorsQuoteNoText(t *testing.T) {
	for _, line := range []string{
		`{"text":"secret" secret}`, `{"text":"secret","entities":"secret"}`, `{"text":"secret","entities":[["secret",1,"L"]]}`,
		`{"text":"secret","entities":[{"start":0,"end":3,"label":"L","text":"secret"}]}`, `["secret"]`, `secret`,
		`{"text":{"secret":1}}`, `{"text":"secret","spans":[{"start":"secret","end":1}]}`, `{"text":"secret","error":"secret"}`,
		`{"data":{"text":"secret"},"annotations":[{"result":[{"value":{"start":"secret","end":2,"labels":["L"]}}]}]}`,
	} {
		n := 0
		for _, err := range read(own)(source(line, nil)) {
			if n++; err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", line, err)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d results", line, n)
		}
	}
}

func TestWritingRefusesUnsoundEntities(t *testing.T) {
	for _, e := range []corpora.Entity{
		{Label: "L"},
		{Label: "L", Fragments: []corpora.Fragment{{Start: 0, End: 9}}},
		{Label: "L", Fragments: []corpora.Fragment{{Start: 1, End: 2}, {Start: 0, End: 1}}},
	} {
		if _, err := Marshal(corpora.Document{Text: "abc", Entities: []corpora.Entity{e}}); err == nil {
			t.Errorf("%+v: no error", e)
		}
	}
}

func TestUnknownUnitIsAnError(t *testing.T) {
	for _, err := range read(own)(source(`{"text":"a"}`, map[string]string{"unit": "glyph"})) {
		if err == nil || !strings.Contains(err.Error(), "codepoint, utf16, byte") {
			t.Errorf("got %v", err)
		}
	}
}

// FuzzRead reads anything in every shape; what is read is sound and survives our own JSON.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/read/*")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range strings.Split(string(raw), "\nread") {
			_, body, _ := strings.Cut(part, "\n")
			body, _, _ = strings.Cut(body, "\n----")
			f.Add(body, "")
			f.Add(body, "utf16")
			f.Add(body, "byte")
		}
	}
	f.Fuzz(func(t *testing.T, text, unit string) {
		options := map[string]string{}
		if unit != "" {
			options["unit"] = unit
		}
		detect("x.jsonl", []byte(text))
		for _, s := range shapes() {
			for doc, err := range read(s)(source(text, options)) {
				if err != nil {
					continue
				}
				survives(t, doc)
				write(t, s, doc)
			}
		}
	})
}

func survives(t *testing.T, doc corpora.Document) {
	t.Helper()
	for i, e := range doc.Entities {
		if err := checkEntity(doc.Text, e); err != nil {
			t.Fatalf("entity %d: %v", i+1, err)
		}
	}
	line, err := Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Unmarshal(line)
	if err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	again, err := Marshal(back)
	if err != nil || !bytes.Equal(line, again) || !json.Valid(line) {
		t.Fatalf("%s\nbecame\n%s, %v", line, again, err)
	}
}
