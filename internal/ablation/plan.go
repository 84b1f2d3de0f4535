package ablation

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ragner/ragner/internal/config"
)

// Plan is a grid made concrete: its rows in order, each with all its settings.
type Plan struct {
	Name, About   string
	Reference     string
	RetrievalOnly bool
	Keys          []string // settings that some row sets, in the order of config, pool last
	Rows          []PlanRow
}

// PlanRow is one set of settings.
type PlanRow struct {
	Name     string
	Config   config.Config
	Pool     int    // annotated sentences of its index; 0: all
	Embedder string // of its index, if not that of the index as it is
}

// maxRows keeps a slip of the pen from planning years of work.
const maxRows = 1000

// Plan crosses the grid over settings that hold where it sets nothing. Every row's settings are valid.
func (g Grid) Plan(base config.Config) (Plan, error) {
	p := Plan{Name: g.Name, About: g.About, Reference: g.Reference, RetrievalOnly: g.RetrievalOnly}
	rows := g.Rows
	if len(rows) == 0 {
		rows = []gridRow{{}}
	}
	if crossed(len(rows), g.Vary) > maxRows { // before they are made: a slip of the pen can mean billions
		return p, fmt.Errorf("read %s: it makes more than %d rows", g.path, maxRows)
	}
	set := map[string]bool{}
	for _, row := range rows {
		for _, combination := range combinations(g.Vary) {
			planned, err := g.row(row, combination, base, set)
			if err != nil {
				return p, err
			}
			p.Rows = append(p.Rows, planned)
		}
	}
	p.Keys = slices.SortedFunc(maps.Keys(set), config.Compare)
	if set[poolKey] {
		p.Keys = append(slices.DeleteFunc(p.Keys, func(k string) bool { return k == poolKey }), poolKey)
	}
	return p, p.check(g.path)
}

// crossed is how many rows it makes to cross so many rows with the variations, some number above maxRows when it is more.
func crossed(rows int, vary []variation) int {
	for _, v := range vary {
		if rows *= len(v.values); rows > maxRows {
			break
		}
	}
	return rows
}

// row applies the grid's, the row's and the combination's settings in this order.
func (g Grid) row(row gridRow, combination []assignment, base config.Config, set map[string]bool) (PlanRow, error) {
	r := PlanRow{Name: rowName(row.name, combination), Config: base}
	for _, a := range slices.Concat(g.Set, row.set, combination) {
		set[a.key] = true
		if err := g.apply(&r, a); err != nil {
			return r, err
		}
	}
	if g.RetrievalOnly {
		r.Config.Tagger = "neighbours"
	}
	if err := r.Config.Validate(); err != nil {
		return r, fmt.Errorf("read %s: row %s: %w", g.path, r.Name, err)
	}
	return r, nil
}

func (g Grid) apply(r *PlanRow, a assignment) (err error) {
	if a.key == poolKey {
		r.Pool, err = g.poolSize(a.value)
		return err
	}
	if err := r.Config.Set(a.key, a.value); err != nil {
		return g.problem(a.value, "%v", err)
	}
	if a.key == "embedder.spec" {
		r.Embedder = r.Config.Embedder.Spec
	}
	return nil
}

// rowName is the row's own name and what varies: "retrieved, k 5, terms 0".
func rowName(name string, combination []assignment) string {
	var parts []string
	if name != "" {
		parts = append(parts, name)
	}
	for _, a := range combination {
		shown := config.Flag(a.key)
		if a.key == poolKey {
			shown = poolKey
		}
		parts = append(parts, shown+" "+shownValue(a.value))
	}
	return strings.Join(parts, ", ")
}

// shownValue is a value in one line, not too long.
func shownValue(value *yaml.Node) string {
	if value.Kind == yaml.ScalarNode {
		return value.Value
	}
	flow := *value
	flow.Style = yaml.FlowStyle
	text, err := yaml.Marshal(&flow)
	if err != nil {
		return "?"
	}
	const most = 60
	shown := []rune(strings.Join(strings.Fields(string(text)), " "))
	if len(shown) > most {
		shown = append(shown[:most], '…')
	}
	return string(shown)
}

// check finds rows that cannot be told apart, and a reference that is none of them.
func (p *Plan) check(path string) error {
	byName := map[string]bool{}
	for _, r := range p.Rows {
		if byName[r.Name] {
			return fmt.Errorf("read %s: two rows have the name %q", path, r.Name)
		}
		byName[r.Name] = true
	}
	if p.Reference == "" {
		p.Reference = p.Rows[0].Name
	}
	if !byName[p.Reference] {
		return fmt.Errorf("read %s: the reference %q is none of the rows (%s)", path, p.Reference, strings.Join(names(p.Rows), ", "))
	}
	return nil
}

func names(rows []PlanRow) []string {
	var list []string
	for _, r := range rows {
		list = append(list, r.Name)
	}
	return list
}

// Settings are the values of the plan's keys in one row.
func (p Plan) Settings(r PlanRow) map[string]any {
	values := make(map[string]any, len(p.Keys))
	for _, key := range p.Keys {
		values[key] = r.Config.Value(key)
		if key == poolKey {
			values[key] = r.Pool
		}
	}
	return values
}

// Models are the models that rows call, each once.
func (p Plan) Models() []string {
	var list []string
	for _, r := range p.Rows {
		if r.usesModel() && !p.RetrievalOnly && !slices.Contains(list, r.Config.Model.Name) {
			list = append(list, r.Config.Model.Name)
		}
	}
	return list
}

func (r PlanRow) usesModel() bool { return r.Config.UsesModel() }

// Only keeps the rows with these names; the reference must be among them or stand in no test.
func (p Plan) Only(wanted []string) (Plan, error) {
	if len(wanted) == 0 {
		return p, nil
	}
	var kept []PlanRow
	for _, name := range wanted {
		at := slices.IndexFunc(p.Rows, func(r PlanRow) bool { return r.Name == name })
		if at < 0 {
			return p, errors.New("no row is named " + name + " (rows: " + strings.Join(names(p.Rows), "; ") + ")")
		}
		if !slices.Contains(names(kept), name) {
			kept = append(kept, p.Rows[at])
		}
	}
	p.Rows = kept
	if !slices.Contains(wanted, p.Reference) {
		p.Reference = wanted[0]
	}
	return p, nil
}
