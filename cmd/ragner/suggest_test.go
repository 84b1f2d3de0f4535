package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ragner/ragner/index"
)

// succeed runs a command line that must succeed, and returns what it wrote to standard output and error.
func succeed(t *testing.T, args ...string) (out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	if code := run(context.Background(), args, streams{strings.NewReader(""), &o, &e}); code != exitDone {
		t.Fatalf("ragner %q ended with %d: %s", args, code, e.String())
	}
	return o.String(), e.String()
}

const (
	knownLines = `{"id":"k1","text":"She has gout.","entities":[{"start":8,"end":12,"label":"Disease"}]}` + "\n"
	openText   = "Zoë got kuru. He has yaws and 👍 pinta.\n"
)

// gold are the mentions of openText by sentence: label and surface.
var gold = map[string][]string{"Zoë got kuru.": {"kuru"}, "He has yaws and 👍 pinta.": {"yaws", "pinta"}}

// TestSuggestRoundTrip suggests sentences in each tool's format, annotates them as the tool would export them, and
// adds them to the index.
func TestSuggestRoundTrip(t *testing.T) {
	for format, annotate := range map[string]func(t *testing.T, path string) string{
		"doccano": annotateDoccano, "labelstudio": annotateStudio, "brat": annotateBrat,
	} {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			in := func(name string) string { return filepath.Join(dir, name) }
			write(t, in("known.jsonl"), knownLines)
			write(t, in("notes.txt"), openText)
			succeed(t, "index", "-o", in("idx"), "--corpus", in("known.jsonl"))
			_, told := succeed(t, "suggest", "-i", in("idx"), in("notes.txt"), "-f", format, "-o", in("todo"))
			if !strings.Contains(told, "2 sentences of 2 suggested") {
				t.Errorf("told %s", told)
			}
			succeed(t, "index", "-o", in("idx"), "--add", "--corpus", annotate(t, in("todo"))+",format="+format)
			checkAdded(t, in("idx"))
			var o, e bytes.Buffer
			if code := run(context.Background(), []string{"suggest", "-i", in("idx"), in("notes.txt")}, streams{nil, &o, &e}); code != exitFailed ||
				!strings.Contains(e.String(), "of its sentences 2 stand in the index already") {
				t.Errorf("suggested again: code %d, %s", code, e.String())
			}
		})
	}
}

// checkAdded finds the annotated sentences in the index, under the ids of their tasks.
func checkAdded(t *testing.T, dir string) {
	t.Helper()
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer release(x)
	if n := x.Manifest().Counts.Documents; n != 3 {
		t.Errorf("%d documents", n)
	}
	for row := range x.Sentences().Len() {
		s := x.Sentence(row)
		if s.DocID == "k1" {
			continue
		}
		var found []string
		for _, e := range s.Entities {
			found = append(found, e.Surface(s.Text))
		}
		if want := gold[s.Text]; !strings.HasPrefix(s.DocID, "notes@") || strings.Join(found, ",") != strings.Join(want, ",") {
			t.Errorf("document %s has %q, want %q", s.DocID, found, want)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// units counts a text as the tools do: code points, or UTF-16 units.
func units(text string, utf16 bool) (n int) {
	for _, r := range text {
		if n++; utf16 && r > 0xffff {
			n++
		}
	}
	return n
}

// annotateDoccano exports as Doccano does: its own number as id, the fields of the import beside it.
func annotateDoccano(t *testing.T, path string) string {
	var out strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(read(t, path)), "\n") {
		var task map[string]any
		if err := json.Unmarshal([]byte(line), &task); err != nil {
			t.Fatal(err)
		}
		text := task["text"].(string)
		labels := [][]any{}
		for _, surface := range gold[text] {
			at := strings.Index(text, surface)
			labels = append(labels, []any{units(text[:at], false), units(text[:at+len(surface)], false), "Disease"})
		}
		task["id"], task["label"], task["Comments"] = i+1, labels, []any{}
		exported, err := json.Marshal(task)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(exported, '\n'))
	}
	write(t, path+".jsonl", out.String())
	return path + ".jsonl"
}

// annotateStudio exports as Label Studio does, with a third task that nobody annotated.
func annotateStudio(t *testing.T, path string) string {
	var tasks []map[string]any
	if err := json.Unmarshal([]byte(read(t, path)), &tasks); err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if list := task["annotations"].([]any); len(list) > 0 {
			t.Error("a task has annotations before it is annotated")
		}
		text := task["data"].(map[string]any)["text"].(string)
		results := []any{}
		for _, surface := range gold[text] {
			at := strings.Index(text, surface)
			results = append(results, map[string]any{"type": "labels", "from_name": "label", "to_name": "text", "value": map[string]any{
				"start": units(text[:at], true), "end": units(text[:at+len(surface)], true), "text": surface, "labels": []string{"Disease"},
			}})
		}
		task["annotations"] = []any{map[string]any{"id": 7, "result": results, "was_cancelled": false}}
	}
	tasks = append(tasks, map[string]any{"id": 99, "data": map[string]any{"text": "Still open.", "ragner_id": "open"}, "annotations": []any{}, "predictions": []any{}})
	exported, err := json.Marshal(tasks)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path+".json", string(exported))
	return path + ".json"
}

// annotateBrat writes the mentions into the .ann files in place of what was proposed there.
func annotateBrat(t *testing.T, path string) string {
	files, err := filepath.Glob(filepath.Join(path, "*.txt"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, ann := read(t, file), ""
		for i, surface := range gold[text] {
			at := strings.Index(text, surface)
			ann += strings.Join([]string{"T" + string(rune('1'+i)), strings.Join([]string{"Disease", number(units(text[:at], false)), number(units(text[:at+len(surface)], false))}, " "), surface}, "\t") + "\n"
		}
		write(t, strings.TrimSuffix(file, ".txt")+".ann", ann)
	}
	return path
}

func number(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}
