package html

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/ragner/ragner/corpora"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func write(t testing.TB, docs ...corpora.Document) string {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, corpora.WriteOptions{})
	for _, doc := range docs {
		if err := w.Write(doc); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// entity finds its parts in text, one after the other.
func entity(text, label string, parts ...string) corpora.Entity {
	e := corpora.Entity{Label: label}
	at := 0
	for _, p := range parts {
		start := at + strings.Index(text[at:], p)
		at = start + len(p)
		e.Fragments = append(e.Fragments, corpora.Fragment{Start: start, End: at})
	}
	return e
}

func sample() []corpora.Document {
	text := "hereditary breast and ovarian cancer,\nleft upper lobe pneumonia"
	predicted := entity(text, "Disease", "upper lobe pneumonia")
	predicted.Score, predicted.Status, predicted.Concepts = 0.914, corpora.StatusNormalized, []string{"DOID:552"}
	predicted.From = corpora.Provenance{Demonstrations: []string{"9806818#2"}, Terms: []string{"DOID:552"}, Steps: []corpora.Step{{By: corpora.BySentence, Score: 0.4}, {By: corpora.ByDocument, Score: 0.91}}}
	return []corpora.Document{
		{ID: "1", Text: text, Meta: map[string]string{"source": "made up"}, Entities: []corpora.Entity{
			entity(text, "Composite", "hereditary breast and ovarian cancer"),
			entity(text, "Disease", "breast", "cancer"),
			entity(text, "Disease", "ovarian cancer"),
			entity(text, "Site", "left upper lobe"),
			predicted,
		}},
		{ID: "2", Text: "Not done.", Err: &corpora.Failure{Code: "timeout", Message: "no answer in 60 s"}},
		{Text: "مرض"},
	}
}

func TestGolden(t *testing.T) {
	got := write(t, sample()...)
	got = strings.Replace(got, string(style), "STYLE", 1)
	got = strings.Replace(got, string(script), "SCRIPT", 1)
	got = regexp.MustCompile(`sha256-.*?&#39;`).ReplaceAllString(got, "DIGEST&#39;")
	const golden = "testdata/page.golden.html"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page differs from %s (-update rewrites it):\n%s", golden, got)
	}
}

// nodes lists the page's nodes in document order.
func nodes(t testing.TB, content string) (all []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		all = append(all, n)
	}
	return all
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && (d.Parent == nil || !within(d, n, atom.Button)) {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// within reports whether d stands in an element of kind below top.
func within(d, top *html.Node, kind atom.Atom) bool {
	for p := d.Parent; p != nil && p != top; p = p.Parent {
		if p.DataAtom == kind {
			return true
		}
	}
	return false
}

func TestPolicyAllowsExactlyWhatIsWritten(t *testing.T) {
	all := nodes(t, write(t, sample()...))
	policy := ""
	for _, n := range all {
		if attribute(n, "http-equiv") == "Content-Security-Policy" {
			policy = attribute(n, "content")
		}
	}
	found := 0
	for _, n := range all {
		if n.DataAtom == atom.Style || n.DataAtom == atom.Script {
			sum := sha256.Sum256([]byte(n.FirstChild.Data))
			if want := n.Data + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
				t.Errorf("%q has no %s", policy, want)
			}
			found++
		}
	}
	if found != 2 || !strings.HasPrefix(policy, "default-src 'none';") {
		t.Errorf("%d scripts and styles, policy %q", found, policy)
	}
}

func TestNothingFromADocumentBecomesMarkup(t *testing.T) {
	evil := `"><script>alert(1)</script><img src=x onerror=alert(1)><!-- </style> {{.}} '` + "`${x}`"
	e := corpora.Entity{
		Label: evil, Fragments: []corpora.Fragment{{Start: 2, End: 10}}, Concepts: []string{evil}, Status: corpora.Status(evil), Score: 1,
		From: corpora.Provenance{Demonstrations: []string{evil}, Terms: []string{evil}},
	}
	page := write(t,
		corpora.Document{ID: evil, Text: evil, Meta: map[string]string{evil: evil}, Entities: []corpora.Entity{e}},
		corpora.Document{ID: evil, Err: &corpora.Failure{Code: evil, Message: evil}})
	scripts := 0
	for _, n := range nodes(t, page) {
		switch n.DataAtom {
		case atom.Script:
			scripts++
		case atom.Img, atom.Iframe, atom.Link:
			t.Errorf("<%s> on the page", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || strings.Contains(a.Val, "//") {
				t.Errorf("attribute %s on <%s>", a.Key, n.Data)
			}
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts", scripts)
	}
}

func TestEveryTagOpensItsEvidence(t *testing.T) {
	targets, ids := map[string]int{}, map[string]int{}
	for _, n := range nodes(t, write(t, append(sample(), sample()...)...)) {
		if target := attribute(n, "popovertarget"); target != "" {
			targets[target]++
		}
		if id := attribute(n, "id"); id != "" {
			ids[id]++
		}
	}
	if len(targets) != 10 {
		t.Errorf("%d entities have a tag, want 10", len(targets))
	}
	for target, n := range targets {
		if n != 1 || ids[target] != 1 {
			t.Errorf("%s: %d tags, %d popovers", target, n, ids[target])
		}
	}
}

func TestOnlySoManyLayers(t *testing.T) {
	text := strings.Repeat("x", 100)
	doc := corpora.Document{Text: text}
	for i := range 40 {
		doc.Entities = append(doc.Entities, corpora.Entity{Label: "L", Fragments: []corpora.Fragment{{Start: i, End: 100 - i}}})
	}
	tags, deepest := 0, 0
	for _, n := range nodes(t, write(t, doc)) {
		if n.DataAtom == atom.Button && attribute(n, "popovertarget") != "" {
			tags++
		}
		depth := 0
		for p := n; p != nil; p = p.Parent {
			if strings.HasPrefix(attribute(p, "class"), "m ") {
				depth++
			}
		}
		deepest = max(deepest, depth)
	}
	if tags != 40 || deepest != maxLayers {
		t.Errorf("%d tags, %d layers", tags, deepest)
	}
}

func TestReadRefuses(t *testing.T) {
	f, _ := corpora.FormatByName("html")
	for _, err := range f.Read(corpora.Source{Name: "x.html"}) {
		if err == nil || !strings.Contains(err.Error(), "written only") {
			t.Errorf("%v", err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestAWriteErrorIsReported(t *testing.T) {
	w := NewWriter(broken{}, corpora.WriteOptions{})
	if w.Write(sample()[0]) == nil || w.Close() == nil {
		t.Error("no error")
	}
}

// The text of the page is the text of the document, whatever entities cut it.
func FuzzWrite(f *testing.F) {
	f.Add("a breast and ovarian cancer", []byte{2, 8, 22, 27, 0, 27, 13, 20})
	f.Fuzz(func(t *testing.T, text string, cut []byte) {
		text = strings.Map(func(r rune) rune {
			if r == 0 || r == '\r' || r == 0xFFFD { // HTML's parser normalises these
				return ' '
			}
			return r
		}, text)
		doc := corpora.Document{Text: text}
		for i := 0; i+1 < len(cut) && i < 60; i += 2 {
			e := corpora.Entity{Label: "L", Fragments: []corpora.Fragment{{Start: int(cut[i]), End: int(cut[i+1])}}}
			if i+3 < len(cut) && cut[i]%3 == 0 {
				e.Fragments = append(e.Fragments, corpora.Fragment{Start: int(cut[i+2]), End: int(cut[i+3])})
			}
			if corpora.Validate(corpora.Document{Text: text, Entities: []corpora.Entity{e}}) == nil {
				doc.Entities = append(doc.Entities, e)
			}
		}
		tags := 0
		for _, n := range nodes(t, write(t, doc)) {
			if n.DataAtom == atom.Button && attribute(n, "popovertarget") != "" {
				tags++
			}
			if attribute(n, "class") == "text" && content(n) != text {
				t.Fatalf("the page has %q, the document %q", content(n), text)
			}
		}
		if tags != len(doc.Entities) {
			t.Fatalf("%d tags for %d entities", tags, len(doc.Entities))
		}
	})
}
