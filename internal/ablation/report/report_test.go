package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ragner/ragner/internal/ablation"
)

var update = flag.Bool("update", false, "write the golden files anew")

var names = []string{"results.json", "results.csv", "report.md", "report.html"}

// written writes the results and returns the files' content by name.
func written(t *testing.T, r ablation.Results) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new", "folder")
	if err := Write(dir, r); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(content)
	}
	if len(files) != len(names) {
		t.Errorf("%d files, want %s alone", len(files), names)
	}
	return files
}

func TestGolden(t *testing.T) {
	for name, r := range map[string]ablation.Results{"shots": made(), "retrieval": madeRetrieval()} {
		files := written(t, r)
		for _, file := range []string{"results.csv", "report.md"} {
			golden := filepath.Join("testdata", name+"."+file)
			if *update {
				if err := os.WriteFile(golden, []byte(files[file]), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), files[file]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", golden, diff)
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	for _, r := range []ablation.Results{made(), madeRetrieval()} {
		if diff := cmp.Diff(written(t, r), written(t, r)); diff != "" {
			t.Errorf("two writes differ:\n%s", diff)
		}
	}
}

func TestJSONHoldsAll(t *testing.T) {
	want := made()
	var got ablation.Results
	if err := json.Unmarshal([]byte(written(t, want)["results.json"]), &got); err != nil {
		t.Fatal(err)
	}
	var a, b bytes.Buffer
	for buffer, r := range map[*bytes.Buffer]ablation.Results{&a: want, &b: got} {
		if err := json.NewEncoder(buffer).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if a.String() != b.String() {
		t.Error("reading results.json and writing it again changes it")
	}
	if len(got.Rows[5].Cases) != 6 || got.Rows[5].Name != want.Rows[5].Name {
		t.Errorf("row 6 has %d cases, name %q", len(got.Rows[5].Cases), got.Rows[5].Name)
	}
}

// A spreadsheet and a program must see the same columns in every line.
func TestCSVColumns(t *testing.T) {
	lines, err := csv.NewReader(strings.NewReader(written(t, made())["results.csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 9 {
		t.Fatalf("%d lines, want a header and 8 rows", len(lines))
	}
	at := map[string]int{}
	for i, name := range lines[0] {
		if _, twice := at[name]; twice {
			t.Errorf("column %s stands twice", name)
		}
		at[name] = i
	}
	for _, c := range []struct {
		row          int
		column, want string
	}{
		{1, "strict_f1", "0.210000"},
		{1, "delta", ""},
		{5, "delta", "0.450000"},
		{6, "name", "k 5, terms 10, pool 500 " + hostile},
		{6, "pool", "500"},
		{7, "state", "partial"},
		{8, "strict_f1", ""},
		{8, "error", "model server: context of 4096 tokens is too small"},
		{8, "settings.retrieval.k", "20"},
		{3, "settings.model.trust", "1"},
		{3, "coverage", ""},
	} {
		if got := lines[c.row][at[c.column]]; got != c.want {
			t.Errorf("row %d, %s: %q, want %q", c.row, c.column, got, c.want)
		}
	}
}

func TestNothingDone(t *testing.T) {
	for _, rows := range [][]ablation.Row{
		nil,
		{{Name: "one", State: ablation.Pending}, {Name: "two", State: ablation.Failed, Error: "no model"}},
		{{Name: "scored nothing", State: ablation.Done, Evaluation: &ablation.Evaluation{}}},
		{{Name: "found nothing", State: ablation.Done, Evidence: &ablation.Evidence{}}},
	} {
		for _, retrieval := range []bool{false, true} {
			files := written(t, ablation.Results{Name: "none", Retrieval: retrieval, Rows: rows})
			for _, r := range rows {
				for _, file := range names {
					if !strings.Contains(files[file], r.Name) {
						t.Errorf("%s does not name row %q", file, r.Name)
					}
				}
			}
		}
	}
}

func TestWriteFails(t *testing.T) {
	r := made()
	r.Rows[1].Evaluation.Seconds = math.NaN()
	dir := t.TempDir()
	if err := Write(dir, r); err == nil || !strings.Contains(err.Error(), "results.json") {
		t.Errorf("JSON has no NaN, but: %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("%d files after an error", len(entries))
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(file, made()); err == nil {
		t.Error("wrote into a folder that is a file")
	}
}
