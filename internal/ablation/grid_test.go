package ablation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
)

// TestGrid reads testdata/grid.txt: grids with the rows they make, or what is wrong with them.
func TestGrid(t *testing.T) {
	datadriven.RunTest(t, "testdata/grid.txt", func(t *testing.T, d *datadriven.TestData) string {
		base := config.Defaults()
		var only []string
		for _, arg := range d.CmdArgs {
			switch arg.Key {
			case "model":
				base.Model.Name = arg.Vals[0]
			case "row":
				only = append(only, arg.Vals[0])
			default:
				t.Fatalf("%s: unknown argument %s", d.Pos, arg.Key)
			}
		}
		p, err := planned(d.Input, base, only)
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		return written(p)
	})
}

func planned(grid string, base config.Config, only []string) (ablation.Plan, error) {
	g, err := ablation.ParseGrid(strings.NewReader(grid), "grid.yaml")
	if err != nil {
		return ablation.Plan{}, err
	}
	p, err := g.Plan(base)
	if err != nil {
		return p, err
	}
	return p.Only(only)
}

// written is a plan as a reader wants to see it.
func written(p ablation.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "reference %s", p.Reference)
	if p.RetrievalOnly {
		b.WriteString(", retrieval only")
	}
	for _, r := range p.Rows {
		fmt.Fprintf(&b, "\n%s:", r.Name)
		values := p.Settings(r)
		for _, key := range p.Keys {
			fmt.Fprintf(&b, " %s=%v", key, values[key])
		}
		if r.Embedder != "" {
			fmt.Fprintf(&b, ", index by %s", r.Embedder)
		}
	}
	return b.String() + "\n"
}

// TestTooManyRows: a slip of the pen is told at once, however many rows it means.
func TestTooManyRows(t *testing.T) {
	ten := "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
	keys := []string{"k", "terms", "candidates", "retrieval.pool", "seed", "retries", "concurrency", "threads", "max-tokens", "context-sentences", "passages", "pool"}
	for n := 3; n <= len(keys); n++ {
		grid := "vary:\n"
		for _, key := range keys[:n] {
			grid += "  " + key + ": " + ten + "\n"
		}
		p, err := planned(grid, config.Defaults(), nil)
		switch {
		case n == 3 && (err != nil || len(p.Rows) != 1000):
			t.Errorf("%d rows, error %v", len(p.Rows), err)
		case n > 3 && (err == nil || !strings.Contains(err.Error(), "grid.yaml: it makes more than 1000 rows")):
			t.Errorf("%d settings of ten values: %d rows, error %v", n, len(p.Rows), err)
		}
	}
	var many strings.Builder
	many.WriteString("rows:\n")
	for i := range 1001 {
		fmt.Fprintf(&many, "  - {name: r%d}\n", i)
	}
	if _, err := planned(many.String(), config.Defaults(), nil); err == nil {
		t.Error("1001 rows were planned")
	}
}

// TestNoSharedValues: a row's map of labels is its own, and the user's settings stay as they are.
func TestNoSharedValues(t *testing.T) {
	base := config.Defaults()
	base.Prompt.Labels = map[string]string{"Disease": "mine"}
	p, err := planned("rows:\n- {name: a, set: {label: {Disease: x}}}\n- {name: b, set: {label: {Sign: y}}}\n- {name: c}\n", base, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"map[Disease:x]", "map[Sign:y]", "map[Disease:mine]"} {
		if got := fmt.Sprint(p.Rows[i].Config.Prompt.Labels); got != want {
			t.Errorf("row %s: %s, want %s", p.Rows[i].Name, got, want)
		}
	}
	if len(base.Prompt.Labels) != 1 || base.Prompt.Labels["Disease"] != "mine" {
		t.Errorf("the user's labels became %v", base.Prompt.Labels)
	}
}

func TestPresets(t *testing.T) {
	want := map[string]int{"cascade": 6, "format": 6, "learned": 8, "linking": 4, "paper": 11, "pool": 8, "retrieval": 22, "sharing": 5, "shots": 10, "suggest": 12}
	names := ablation.Presets()
	if len(names) != len(want) || !slices.IsSorted(names) {
		t.Errorf("presets %v", names)
	}
	for _, name := range names {
		grid, err := ablation.ParsePreset(name)
		if err != nil {
			t.Fatal(err)
		}
		text, ok := ablation.Preset(name)
		if !ok || !strings.Contains(string(text), "name: "+name) || grid.Name != name || grid.About == "" {
			t.Errorf("preset %s is %q", name, grid.Name)
		}
		base := config.Defaults()
		_, err = grid.Plan(base)
		needsModel := name == "cascade" || name == "paper" || name == "shots" || name == "format" || name == "sharing"
		if needsModel != (err != nil) || needsModel && !strings.Contains(err.Error(), "preset "+name+": row ") {
			t.Errorf("preset %s without a model: error %v", name, err)
		}
		if needsModel && !strings.Contains(err.Error(), "model.name: it is empty, but tagger is ") {
			t.Errorf("preset %s without a model: error %v", name, err)
		}
		base.Model.Name = "m"
		p, err := grid.Plan(base)
		if err != nil || len(p.Rows) != want[name] {
			t.Errorf("preset %s: %d rows, error %v", name, len(p.Rows), err)
		}
		if models := p.Models(); needsModel != slices.Equal(models, []string{"m"}) && name != "pool" && name != "linking" {
			t.Errorf("preset %s calls %v", name, models)
		}
	}
	if _, ok := ablation.Preset("none"); ok {
		t.Error("there is a preset none")
	}
}
