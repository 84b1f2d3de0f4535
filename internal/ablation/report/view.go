package report

import (
	"strings"

	"github.com/ragner/ragner/internal/ablation"
)

// view is what both pages show, in the order of the HTML page.
type view struct {
	Title    string
	Facts    []fact
	Summary  string
	Warnings []string
	Results  []sheet // quality, cost, retrieval
	Settings sheet
	Same     string // settings that all rows share
	Charts   []chart
	Details  []sheet // labels, confusion, errors
	Browser  browser

	rows []row
}

func newView(r ablation.Results) (view, error) {
	rows := newRows(r)
	drawn, err := charts(r, rows)
	if err != nil {
		return view{}, err
	}
	settings, same := settingSheet(rows)
	title := "Ablation"
	if name := oneLine(r.Name); name != "" {
		title += ": " + name
	}
	return view{
		Title: title, Facts: facts(r, rows), Summary: summary(r, rows), Warnings: warnings(r, rows), Results: resultSheets(rows),
		Settings: settings, Same: strings.Join(same, "; "), Charts: drawn, Details: detailSheets(rows), Browser: newBrowser(rows), rows: rows,
	}, nil
}

// resultSheets are those that have figures; without any, the rows with their states.
func resultSheets(rows []row) (list []sheet) {
	evaluated, evidence := false, false
	for _, r := range rows {
		evaluated = evaluated || r.Evaluation != nil
		evidence = evidence || r.Evidence != nil
	}
	if evaluated {
		list = append(list, qualitySheet(rows), costSheet(rows))
	}
	if evidence {
		list = append(list, retrievalSheet(rows))
	}
	if len(list) == 0 && len(rows) > 0 {
		list = append(list, rowSheet("Rows", "None has figures yet.", rows))
	}
	return list
}

func detailSheets(rows []row) (list []sheet) {
	scored := best(rows, strictF1)
	if len(scored) == 0 {
		return nil
	}
	if labels := goldLabels(rows); len(labels) > 0 {
		list = append(list, labelSheet(leaders(rows, strictF1, barRows), labels))
	}
	if len(scored[0].Evaluation.Confusion) > 0 {
		list = append(list, confusionSheet(scored[0]))
	}
	return append(list, errorSheet(having(rows, strictF1)))
}
