package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/boltfile"
	"github.com/ragner/ragner/internal/testkit"
)

// canary stands in every text, entity, name and prompt of TestCanariesStayInTheData, and nowhere else.
const canary = "Qxzvian"

// echoing are servers that fail in every way, most with what they were sent in their answer.
func echoing() map[string]testkit.Fault {
	echo := func(do func(w *testkit.Wire, text string)) testkit.Fault {
		return func(w *testkit.Wire) {
			w.Prompt = 2000
			do(w, w.Asked())
		}
	}
	status := func(code int) testkit.Fault {
		return echo(func(w *testkit.Wire, text string) {
			body, _ := json.Marshal(map[string]string{"error": "cannot process: " + text})
			testkit.Status(code, string(body))(w)
		})
	}
	faults := map[string]testkit.Fault{
		"answer":  echo(func(w *testkit.Wire, text string) { testkit.Answer("Disease: " + text + "\n" + canary + ": x")(w) }),
		"length":  echo(func(w *testkit.Wire, text string) { testkit.EndsWith("length", text)(w) }),
		"reason":  echo(func(w *testkit.Wire, text string) { testkit.EndsWith(canary, text)(w) }),
		"no end":  echo(func(w *testkit.Wire, text string) { testkit.NoEnd(text)(w) }),
		"reset":   echo(func(w *testkit.Wire, text string) { testkit.Reset(text)(w) }),
		"torn":    echo(func(w *testkit.Wire, text string) { testkit.Torn(text)(w) }),
		"garbage": echo(func(w *testkit.Wire, text string) { testkit.Raw("application/json", "{"+text)(w) }),
		"other type": echo(func(w *testkit.Wire, text string) {
			testkit.Raw("application/json", `{"message":`+fmt.Sprintf("%q", text)+"}\n")(w)
		}),
		"page":       echo(func(w *testkit.Wire, text string) { testkit.Raw("text/html", "<html>"+text)(w) }),
		"error line": echo(func(w *testkit.Wire, text string) { testkit.ErrorInside("failed at " + text)(w) }),
		"error word": echo(func(w *testkit.Wire, text string) { testkit.ErrorInside("unexpected token '" + found(text) + "'")(w) }),
		"lower case": echo(func(w *testkit.Wire, text string) {
			testkit.ErrorInside("unknown word " + strings.ToLower(found(text)))(w)
		}),
		"loop":    echo(func(w *testkit.Wire, _ string) { testkit.Drip(0, func(int) string { return canary + " " })(w) }),
		"silence": testkit.Silence(),
		"clipped": echo(func(w *testkit.Wire, text string) { testkit.Counted(1, text)(w) }),
		"embed":   testkit.Embeddings(func(string) []float32 { return []float32{1} }),
	}
	for _, code := range []int{302, 400, 401, 404, 413, 429, 500, 503} {
		faults[fmt.Sprint(code)] = status(code)
	}
	return faults
}

// found is the canary where a request has it: doctor sends none.
func found(text string) string {
	if strings.Contains(text, canary) {
		return canary
	}
	return "it"
}

// leaks runs a command in process and reports a canary in what is for the person who runs it.
func leaks(t *testing.T, dataOut bool, args ...string) (stdout string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	code = run(ctx, args, streams{strings.NewReader("The " + canary + " syndrome."), &out, &errs})
	told(t, strings.Join(args[:min(len(args), 3)], " ")+" … standard error", errs.Bytes())
	if !dataOut {
		told(t, args[0]+" … standard output", out.Bytes())
	}
	return out.String(), code
}

var canaries = regexp.MustCompile("(?i)" + canary[:6])

func told(t *testing.T, where string, text []byte) {
	t.Helper()
	if at := canaries.FindIndex(text); at != nil {
		t.Errorf("%s quotes the text: …%s…", where, text[max(0, at[0]-200):min(len(text), at[1]+60)])
	}
}

// canaryFiles are good and bad files of every format.
func canaryFiles(t *testing.T) {
	t.Helper()
	c := canary
	doc := func(i int) string {
		return fmt.Sprintf(`{"id":"d%d","text":"The %s syndrome of patient %d with gout.","entities":[{"start":4,"end":20,"label":"Disease"}]}`+"\n", i, c, i)
	}
	var corpus strings.Builder
	for i := range 30 {
		corpus.WriteString(doc(i))
	}
	for name, content := range map[string]string{
		"corpus.jsonl": corpus.String(),
		"gold.jsonl":   doc(91) + doc(92),
		"bad.jsonl":    doc(1) + `{"text":"` + c + `" ` + c + "}\n" + `{"text":"` + c + `","entities":[{"start":1,"end":3,"label":"L","text":"` + c + `"}]}` + "\n" + `{"` + c + `":{"` + c + `":1}}` + "\n",
		"bad.conll":    "The O\n" + c + " B-Disease\n" + c + "\n\n" + c + " " + c + "\n",
		"bad.PubTator": "1|t|The " + c + "\n1\t0\t90\t" + c + "\tDisease\n" + c + "\n1\t" + c + "\t9\n",
		"bad.xml":      "<collection><document><id>1</id><passage><offset>0</offset><text>" + c + "</text><annotation><infon key=\"type\">D</infon><location offset=\"90\" length=\"3\"/><text>" + c + "</text></annotation></passage></document><document><" + c + "</collection>",
		"bad.json":     `{"documents":[{"id":"1","passages":[{"offset":"` + c + `","text":"` + c + `"}]}]}`,
		"pair/p.txt":   "The " + c,
		"pair/p.ann":   "T1\tDisease 0 90\t" + c + "\n" + c + "\nT2\tDisease 0 3\t" + c + "\n",
		"latin1.txt":   "The " + c + " caf\xe9",
		"nul.txt":      "The " + c + "\x00",
		"terms.obo":    "format-version: 1.2\n\n[Term]\nid: X:1\nname: " + c + " syndrome\nsynonym: \"" + c + " disease\" EXACT []\n",
		"bad.obo":      "format-version: 1.2\n\n[Term]\nid: X:1\nname: " + c + "\nsynonym: \"" + c + "\n" + c + "\n",
		"bad.csv":      "id,name\nX:1,\"" + c + "\nX:2," + c + "\" " + c + "\n",
		"bad.owl":      `<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><` + c + "><" + c + "</rdf:RDF>",
		"graph.json":   `{"graphs":[{"nodes":[{"id":"X:1","lbl":{"` + c + `":"` + c + `"}}]}]}`,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCanariesStayInTheData runs every command on texts with a canary, well and badly, and looks for it in standard error,
// in the errors of output documents, in the manifest, in the keys of the answer cache and in the names of files.
func TestCanariesStayInTheData(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, value := range map[string]string{
		"MODEL_TIMEOUT": "300ms", "MODEL_TIMEOUT_PER_TOKEN": "100us", "MODEL_STALL": "300ms", "MODEL_RETRIES": "0", "MODEL_BACKOFF": "1ms",
		"MODEL_PATIENCE": "1ms", "EMBEDDER_TIMEOUT": "300ms", "EMBEDDER_RETRIES": "0", "EMBEDDER_PATIENCE": "1ms",
	} {
		t.Setenv("RAGNER_"+name, value)
	}
	canaryFiles(t)
	leaks(t, false, "index", "-o", "idx", "--corpus", "corpus.jsonl", "--ontology", "terms.obo,label=Disease", "--learn=false")
	for _, bad := range []string{"bad.jsonl", "bad.conll", "bad.PubTator", "bad.xml", "bad.json", "pair", "latin1.txt", "nul.txt"} {
		leaks(t, false, "index", "-o", "other", "--corpus", bad, "--learn=false", "--json")
		leaks(t, true, "convert", bad, "out.jsonl")
		leaks(t, false, "score", bad, bad, "--json")
		leaks(t, true, "tag", "-i", "idx", bad)
	}
	for _, bad := range []string{"bad.obo", "bad.csv", "bad.owl", "graph.json"} {
		leaks(t, false, "index", "-o", "other", "--ontology", bad)
	}
	leaks(t, false, "inspect", "idx", "--json")
	leaks(t, false, "inspect", "idx", "--verify")
	leaks(t, true, "search", "-i", "idx", "The "+canary+" syndrome", "--explain")
	leaks(t, true, "tag", "-i", "idx", "-")
	for name, fault := range echoing() {
		t.Run(name, func(t *testing.T) { canaryServer(t, fault) })
	}
	manifest, err := filepath.Glob("idx/gen-*/manifest.json")
	if err != nil || len(manifest) == 0 {
		t.Fatal("no manifest", err)
	}
	readable(t, manifest[0])
	keys(t, "answers.db")
	names(t)
}

// canaryServer tags, evaluates and compares with one server.
func canaryServer(t *testing.T, fault testkit.Fault) {
	url := testkit.NewFaultServer(t, fault).URL
	for _, backend := range []string{"ollama", "openai"} {
		flags := []string{"--backend", backend, "--url", url, "--model", "m", "--retries", "0", "--timeout", "500ms", "--max-tokens", "8", "--cache", "answers.db"}
		out, _ := leaks(t, true, append([]string{"tag", "-i", "idx", "gold.jsonl"}, flags...)...)
		errorsOf(t, out)
		leaks(t, false, append([]string{"eval", "-i", "idx", "--gold", "gold.jsonl", "--json"}, flags...)...)
	}
	leaks(t, false, "index", "-o", "other", "--corpus", "corpus.jsonl", "--learn=false", "--embedder", "ollama:m", "--embedder-url", url, "--embedder-retries", "0", "--embedder-timeout", "500ms")
	leaks(t, false, "ablate", "-i", "idx", "--gold", "gold.jsonl", "--grid", "k", "-o", "ablation", "--retrieval-only")
	leaks(t, false, "doctor", "-i", "idx", "--url", url, "--model", "m", "--timeout", "500ms")
}

// errorsOf looks into the errors of output documents.
func errorsOf(t *testing.T, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		var doc struct{ Error json.RawMessage }
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Fatal(err)
		}
		told(t, "an error in the output", doc.Error)
	}
}

func readable(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	told(t, path, content)
}

// keys looks into the keys of the answer cache, which must have kept some answers, and into the order in which they were added.
func keys(t *testing.T, path string) {
	t.Helper()
	db, err := boltfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	seen := 0
	err = boltfile.View(db, func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, bucket *bbolt.Bucket) error {
			return bucket.ForEach(func(key, value []byte) error {
				seen++
				told(t, "a key of the answer cache", key)
				if string(name) != "answers" {
					told(t, "the answer cache's "+string(name), value)
				}
				return nil
			})
		})
	})
	if err != nil || seen < 3 {
		t.Errorf("the answer cache has %d entries: %v", seen, err)
	}
}

// names looks into the names of all files that the commands have made.
func names(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, _ os.DirEntry, err error) error {
		told(t, "the name of a file", []byte(path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCanariesStayOutOfPanics: whatever a mistake panics with, what is told of it has its kind and place, and never text.
func TestCanariesStayOutOfPanics(t *testing.T) {
	text := "The " + canary + " syndrome."
	for name, mistake := range map[string]func(){
		"a string":        func() { panic(text) },
		"an error":        func() { panic(fmt.Errorf("cannot parse %q", text)) },
		"a document":      func() { panic(corpora.Document{Text: text}) },
		"a pattern":       func() { regexp.MustCompile("(" + text) },
		"beyond the text": func() { _ = text[len(text)+len(os.Args):] },
		"another type":    func() { _ = any(text).(fmt.Stringer) },
		"of a map":        func() { _ = map[any]int{text: 1}[any([]string{text})] },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				message := panicked(recover()).Error()
				told(t, name, []byte(message))
				if !strings.Contains(message, "canary_test.go:") {
					t.Errorf("the place is not told: %s", message)
				}
			}()
			mistake()
		})
	}
	job := &tagJob{} // without an engine
	r := job.tag(context.Background(), corpora.Document{ID: "d", Text: text})
	if r.Err == nil || r.Document.ID != "d" {
		t.Fatalf("%+v", r.Err)
	}
	told(t, "a document's error", []byte(r.Err.Error()))
}
