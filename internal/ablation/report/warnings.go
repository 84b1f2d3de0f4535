package report

import (
	"fmt"
	"strings"

	"github.com/ragner/ragner/internal/ablation"
)

// warnings are what a reader must know before believing a figure.
func warnings(r ablation.Results, rows []row) []string {
	list := []string{interrupted(r, rows)}
	for _, x := range rows {
		list = append(list, rowWarning(x))
	}
	return nonEmpty(append(list, goldWarnings(r.Gold)...))
}

func interrupted(r ablation.Results, rows []row) string {
	if !r.Interrupted {
		return ""
	}
	n := map[ablation.State]int{}
	for _, x := range rows {
		n[x.State]++
	}
	return fmt.Sprintf("The run was interrupted: %d of %s done, %d partial, %d failed, %d not begun.", n[ablation.Done], plural(len(rows), "row"),
		n[ablation.Partial], n[ablation.Failed], n[ablation.Pending])
}

func rowWarning(r row) string {
	name := fmt.Sprintf("Row %d %s", r.Number, quoted(r))
	switch {
	case r.State == ablation.Failed:
		return name + " failed: " + strings.TrimSuffix(oneLine(r.Error), ".") + "."
	case r.State == ablation.Partial && r.Evaluation != nil:
		return fmt.Sprintf("%s is partial: it is scored on the %s that it finished, so its figures are of other documents than those of whole rows. "+
			"Its difference to the reference is over the documents that both have.", name, plural(r.Evaluation.Documents, "document"))
	case r.State == ablation.Partial:
		return name + " is partial: it is scored on the documents that it finished."
	case r.Evaluation != nil && r.Evaluation.Failed > 0:
		return fmt.Sprintf("%s: %s failed; nothing is predicted there.", name, plural(r.Evaluation.Failed, "document"))
	}
	return ""
}

func goldWarnings(g ablation.GoldInfo) (list []string) {
	if len(g.UnseenLabels) > 0 {
		list = append(list, fmt.Sprintf("Gold has labels that the index never saw, so that no retrieved sentence can show them: %s.", commas(g.UnseenLabels)))
	}
	if g.InIndex > 0 {
		list = append(list, fmt.Sprintf("%s of gold %s in the index; each was held out for itself.", sentenceCase(plural(g.InIndex, "document")), stands(g.InIndex)))
	}
	if g.SameText > 0 {
		list = append(list, fmt.Sprintf("%s of gold %s word for word in another document of the index: there retrieval can show the answer.",
			sentenceCase(plural(g.SameText, "sentence")), stands(g.SameText)))
	}
	return list
}

func stands(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}

func commas(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = oneLine(s)
	}
	return strings.Join(out, ", ")
}
