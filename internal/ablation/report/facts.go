package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/ragner/ragner/internal/ablation"
)

// fact is a name with a value, and files that belong to it.
type fact struct {
	Name, Value string
	Code        bool // the value is a command
	Files       []ablation.Source
}

// facts say what was run; the empty ones are left out.
func facts(r ablation.Results, rows []row) []fact {
	list := []fact{
		{Name: "Program", Value: "ragner " + r.Version},
		{Name: "Command", Value: r.Command, Code: true},
		{Name: "Date", Value: date(r.Created)},
		{Name: "Seed", Value: fmt.Sprint(r.Seed)},
		{Name: "Index", Value: indexWords(r.Index), Files: r.Index.Sources},
		{Name: "Index digest", Value: oneLine(r.Index.Digest)},
		{Name: "Gold", Value: goldWords(r.Gold), Files: r.Gold.Sources},
		{Name: "Held out", Value: heldOut(r.Gold)},
		{Name: "Labels not in the index", Value: commas(r.Gold.UnseenLabels)},
		{Name: "Models", Value: commas(models(rows))},
		{Name: "Reference row", Value: oneLine(r.Reference)},
		{Name: "Test", Value: oneLine(r.Test)},
	}
	return slices.DeleteFunc(list, func(f fact) bool { return f.Value == "" })
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

func indexWords(x ablation.IndexInfo) string {
	return fmt.Sprintf("%s: %s with %s, %s; embedder %s; built %s", oneLine(x.Dir), plural(x.Sentences, "sentence"), plural(x.Mentions, "mention"),
		plural(x.Terms, "term"), oneLine(x.Embedder), oneLine(x.Built))
}

func goldWords(g ablation.GoldInfo) string {
	s := plural(g.Documents, "document")
	if g.Of > g.Documents {
		s = fmt.Sprintf("%s of %s documents", count(g.Documents), count(g.Of))
	}
	return fmt.Sprintf("%s with %s and %s", s, plural(g.Sentences, "sentence"), plural(g.Mentions, "mention"))
}

func heldOut(g ablation.GoldInfo) string {
	if g.InIndex == 0 {
		return "no gold document stands in the index"
	}
	return plural(g.InIndex, "gold document") + " that " + stands(g.InIndex) + " in the index too, each for itself"
}

// models are the names with digests, in order of appearance.
func models(rows []row) (list []string) {
	for _, r := range rows {
		if r.Model != "" && !slices.Contains(list, r.Model) {
			list = append(list, r.Model)
		}
	}
	return list
}
