package report

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/internal/score"
)

// sheet is a table of plain text for both pages; each page escapes it in its own way.
type sheet struct {
	Title   string
	Note    string
	Columns []heading
	Rows    []sheetRow
	Upright bool // the headings of figures may stand upright, for there are many
}

type heading struct {
	Name  string
	Words bool // the column has words, not figures
}

type sheetRow struct {
	Cells  []string
	Strong bool // the best row
}

// column makes a sheet's column out of rows.
type column struct {
	heading
	of func(row) string
}

func words(name string, of func(row) string) column  { return column{heading{name, true}, of} }
func digits(name string, of func(row) string) column { return column{heading{name, false}, of} }

// rowSheet is a line a row. Columns that are empty for all rows are left out.
func rowSheet(title, note string, rows []row, columns ...column) sheet {
	s := sheet{Title: title, Note: note, Rows: make([]sheetRow, len(rows))}
	columns = slices.Concat([]column{
		digits("#", func(r row) string { return strconv.Itoa(r.Number) }),
		words("row", row.Title),
	}, columns)
	for _, c := range columns {
		cells := make([]string, len(rows))
		for i, r := range rows {
			cells[i] = c.of(r)
		}
		if strings.Join(cells, "") == "" {
			continue
		}
		s.Columns = append(s.Columns, c.heading)
		for i, cell := range cells {
			s.Rows[i].Cells = append(s.Rows[i].Cells, cell)
			s.Rows[i].Strong = rows[i].Best
		}
	}
	return s
}

// settingSheet has the settings that differ between rows; same says those that do not.
func settingSheet(rows []row) (s sheet, same []string) {
	all := map[string]string{}
	var each []map[string]string
	for _, r := range rows {
		each = append(each, traits(r, ""))
		maps.Copy(all, each[len(each)-1])
	}
	keys := differing(each)
	var columns []column
	for _, key := range keys {
		columns = append(columns, words(shortKey(key, keys), func(r row) string { return traits(r, "")[key] }))
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(keys, key) && all[key] != "" {
			same = append(same, key+" "+oneLine(all[key]))
		}
	}
	return rowSheet("Settings", "Those that differ between rows; pool is the number of annotated sentences in the row's index.", rows, columns...), same
}

// labelSheet has the strict F1 of each label for the leading rows.
func labelSheet(rows []row, labels []labelCount) sheet {
	s := sheet{Title: "Labels", Note: "Strict F1 by label. " + leadersNote, Columns: []heading{{"label", true}, {"gold mentions", false}}}
	for _, r := range rows {
		s.Columns = append(s.Columns, heading{shorten(strconv.Itoa(r.Number)+" "+r.Title(), 32), false})
	}
	for _, l := range labels {
		cells := []string{oneLine(l.Label), count(l.Gold)}
		for _, r := range rows {
			cells = append(cells, labelF1(r.Evaluation.Criteria.Strict.Labels, l.Label))
		}
		s.Rows = append(s.Rows, sheetRow{Cells: cells})
	}
	return s
}

// labelF1 is empty for a label that neither the row's gold nor its predictions have.
func labelF1(labels map[string]score.Figures, label string) string {
	f, ok := labels[label]
	if !ok {
		return ""
	}
	return share(f.F1)
}

// binSheet has the figures of the reliability curves.
func binSheet(rows []row) *sheet {
	s := &sheet{
		Title:   "Figures of the curves",
		Columns: []heading{{"#", false}, {"row", true}, {"scores", false}, {"predictions", false}, {"mean score", false}, {"right", false}},
	}
	for _, r := range rows {
		for _, b := range r.Evaluation.Calibration.Bins {
			s.Rows = append(s.Rows, sheetRow{Cells: []string{
				strconv.Itoa(r.Number), r.Title(), interval(b.Low, b.High), count(b.Count), share(b.Score), share(b.Right),
			}})
		}
	}
	return s
}
