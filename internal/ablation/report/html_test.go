package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/ragner/ragner/internal/ablation"
)

// element is a start tag of a page, with the text directly inside it.
type element struct {
	name string
	attr map[string]string
	text string
}

// parsed are the page's elements as a browser sees them, and all of its text.
func parsed(t *testing.T, page string) (all []element, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		switch n.Type {
		case html.TextNode:
			b.WriteString(n.Data)
		case html.ElementNode:
			e := element{name: n.Data, attr: map[string]string{}}
			for _, a := range n.Attr {
				e.attr[a.Key] = a.Val
			}
			for c := range n.ChildNodes() {
				if c.Type == html.TextNode {
					e.text += c.Data
				}
			}
			all = append(all, e)
		}
	}
	return all, b.String()
}

func TestPageStandsAlone(t *testing.T) {
	all, _ := parsed(t, written(t, made())["report.html"])
	scripts, styles := 0, 0
	for _, e := range all {
		for key, value := range e.attr {
			if slices.Contains([]string{"src", "srcset", "style", "action", "data", "poster", "xlink:href"}, key) || strings.HasPrefix(key, "on") {
				t.Errorf("<%s> has %s=%q", e.name, key, value)
			}
			if key == "href" && !strings.HasPrefix(value, "#") || strings.Contains(value, "://") || strings.Contains(value, "url(") {
				t.Errorf("<%s> refers to %s=%q", e.name, key, value)
			}
		}
		switch e.name {
		case "script":
			scripts++
			if e.text != string(script) || !strings.Contains(policy, digest(e.text)) {
				t.Error("there is a script that is not ours, or the policy forbids ours")
			}
		case "style":
			styles++
			if e.text != string(style) || !strings.Contains(policy, digest(e.text)) {
				t.Error("there is a style that is not ours, or the policy forbids ours")
			}
		case "link", "iframe", "img", "object", "embed", "image", "foreignobject":
			t.Errorf("there is a <%s>", e.name)
		}
	}
	if scripts != 1 || styles != 1 {
		t.Errorf("%d scripts and %d styles, want one each", scripts, styles)
	}
}

func TestIDsAreUnique(t *testing.T) {
	all, _ := parsed(t, written(t, made())["report.html"])
	seen := map[string]bool{}
	pictures := 0
	for _, e := range all {
		if id := e.attr["id"]; id != "" {
			if seen[id] {
				t.Errorf("id %s stands twice", id)
			}
			seen[id] = true
		}
		if e.name == "svg" {
			pictures++
			if e.attr["role"] != "img" || e.attr["aria-label"] == "" || !strings.Contains(e.attr["font-family"], "sans-serif") {
				t.Errorf("a chart has %v", e.attr)
			}
		}
	}
	for _, e := range all {
		if target, ok := strings.CutPrefix(e.attr["href"], "#"); ok && !seen[target] {
			t.Errorf("a link goes to %s, which is nowhere", target)
		}
	}
	if pictures != 7 { // rows, by k, by pool, tokens, seconds, labels, reliability
		t.Errorf("%d charts, want 7", pictures)
	}
}

func TestHostileTextIsText(t *testing.T) {
	r := made()
	for i := range r.Rows {
		r.Rows[i].Name += hostile
		r.Rows[i].Error = hostile
		if e := r.Rows[i].Evaluation; e != nil {
			e.Criteria.Strict.Labels[hostile] = e.Criteria.Strict.Labels["Gene"]
			e.Confusion[hostile] = map[string]int{hostile: 3}
		}
		r.Rows[i].Settings[hostile] = fmt.Sprint(hostile, i)
	}
	r.Name, r.Command, r.Version, r.Test, r.Reference = hostile, hostile, hostile, hostile, r.Rows[0].Name
	r.Index.Dir, r.Gold.Sources[0].Path = hostile, hostile
	files := written(t, r)
	all, text := parsed(t, files["report.html"])
	scripts := 0
	for _, e := range all {
		if e.name == "script" {
			scripts++
		}
		if e.name == "option" && strings.Contains(e.text, "\u202e") {
			t.Error("an override of direction is in a list")
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts", scripts)
	}
	if !strings.Contains(text, oneLine(hostile)) || !strings.Contains(text, "second line") {
		t.Error("the page lost text")
	}
	if md := strings.ReplaceAll(files["report.md"], code(hostile), ""); strings.Contains(md, "<") {
		t.Error("report.md has a tag outside of code")
	}
}

func TestPageNamesRowsAndCases(t *testing.T) {
	for _, r := range []ablation.Results{made(), madeRetrieval()} {
		all, text := parsed(t, written(t, r)["report.html"])
		cases := 0
		for _, row := range r.Rows {
			cases += len(row.Cases)
			if !strings.Contains(text, oneLine(row.Name)) {
				t.Errorf("row %q is not on the page", row.Name)
			}
		}
		for _, e := range all {
			if e.name == "details" && e.attr["class"] == "case" {
				cases--
			}
		}
		if cases != 0 {
			t.Errorf("%d cases are not on the page", cases)
		}
	}
}

// A page of every error would be too big to open; the middle and the end have their share.
func TestManyCases(t *testing.T) {
	r := made()
	r.Rows = r.Rows[:1]
	for range 1000 {
		r.Rows[0].Cases = append(r.Rows[0].Cases, madeCases()...)
	}
	all, text := parsed(t, written(t, r)["report.html"])
	shown := 0
	for _, e := range all {
		if e.attr["class"] == "case" {
			shown++
		}
	}
	if shown != mostCases || !strings.Contains(text, "200 of 5005, drawn evenly") {
		t.Errorf("%d cases shown of 5005", shown)
	}
}
