package layers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ragner/ragner"

// rooms says, from the bottom up, what the packages of each folder may import besides each other:
//
//	corpora ← {index, prompt, align, score}; index ← retrieval ← {learn, link}; {retrieval, learn, prompt, llm, align} ← tag;
//	{learn, retrieval} ← suggest; {tag, score, suggest} ← ablation; all of it ← ragner ← server, cmd
//
// A package belongs to the room with the longest name that its path begins with; "" is package ragner itself. Every
// room may import those that stand before it and that it names, so the table has no cycle.
var rooms = []room{
	{name: "corpora"},
	{name: "internal/config"},
	{name: "internal/llm/endpoint"},
	{name: "internal/boltfile"},
	{name: "internal/embed", imports: []string{"internal/boltfile", "internal/llm/endpoint"}},
	{name: "internal/llm", imports: []string{"internal/boltfile", "internal/llm/endpoint"}},
	{name: "internal/align", imports: []string{"corpora"}},
	{name: "internal/score", imports: []string{"corpora"}},
	{name: "internal/spool", imports: []string{"corpora"}},
	{name: "index", imports: []string{"corpora", "internal/embed"}},
	{name: "retrieval", imports: []string{"corpora", "index", "internal/embed"}},
	{name: "internal/learn", imports: []string{"corpora", "index", "internal/embed", "retrieval"}},
	{name: "internal/conflict", imports: []string{"corpora", "index"}},
	{name: "internal/link", imports: []string{"corpora", "index", "retrieval"}},
	// prompt renders retrieval's Evidence into llm's Messages, in align's formats.
	{name: "internal/prompt", imports: []string{"corpora", "retrieval", "internal/align", "internal/llm"}},
	{name: "internal/tag", imports: []string{"corpora", "index", "retrieval", "internal/align", "internal/learn", "internal/llm", "internal/prompt"}},
	{name: "internal/suggest", imports: []string{"corpora", "index", "internal/embed", "internal/learn", "retrieval"}},
	{name: "internal/ablation", imports: []string{
		"corpora", "index", "retrieval", "internal/align", "internal/config", "internal/embed", "internal/learn", "internal/llm", "internal/prompt",
		"internal/score", "internal/suggest", "internal/tag",
	}},
	{name: "", imports: []string{
		"corpora", "index", "retrieval", "internal/ablation", "internal/align", "internal/config", "internal/embed", "internal/learn",
		"internal/link", "internal/llm", "internal/prompt", "internal/score", "internal/tag",
	}},
	{name: "internal/server", imports: []string{
		"", "corpora", "index", "retrieval", "internal/ablation", "internal/align", "internal/config", "internal/embed", "internal/learn",
		"internal/llm", "internal/prompt", "internal/score", "internal/tag",
	}},
	{name: "cmd", imports: []string{
		"", "corpora", "index", "retrieval", "internal/ablation", "internal/align", "internal/config", "internal/conflict", "internal/embed", "internal/learn",
		"internal/llm", "internal/prompt", "internal/score", "internal/server", "internal/spool", "internal/suggest", "internal/tag",
	}},
	// What only tests and measurements use, and nothing of the product may import.
	{name: "internal/testkit", imports: []string{"corpora", "internal/llm", "internal/llm/endpoint"}},
	{name: "internal/layers"},
	{name: "bench", imports: []string{"", "corpora", "index", "retrieval", "internal/embed", "internal/tag"}},
	{name: "scripts", imports: []string{"", "index", "internal/embed"}},
	{name: "examples", imports: []string{"", "corpora", "retrieval"}},
}

type room struct {
	name    string
	imports []string
}

// listed is what go list says of a package.
type listed struct {
	ImportPath string
	Imports    []string
}

// TestDirection holds every import between the module's packages to the table; those of test files are free.
func TestDirection(t *testing.T) {
	packages := list(t)
	if len(packages) < 20 {
		t.Fatalf("go list names %d packages of %s; there are more", len(packages), module)
	}
	for _, p := range packages {
		for _, violation := range violations(p) {
			t.Error(violation)
		}
	}
}

// list names the module's packages and all that they depend on.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.Bytes())
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		if ours(p.ImportPath) {
			packages = append(packages, p)
		}
	}
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// violations are the imports of a package that the table does not allow, each with both names.
func violations(p listed) []string {
	from, ok := roomOf(p.ImportPath)
	if !ok {
		return []string{fmt.Sprintf("package %s is in no room of the table", p.ImportPath)}
	}
	var found []string
	for _, path := range p.Imports {
		if !ours(path) {
			continue
		}
		to, ok := roomOf(path)
		if !ok || to.name != from.name && !slices.Contains(from.imports, to.name) {
			found = append(found, fmt.Sprintf("package %s imports %s, which the direction of design.md does not allow", p.ImportPath, path))
		}
	}
	if p.ImportPath == module+"/corpora" && slices.ContainsFunc(p.Imports, ours) {
		found = append(found, fmt.Sprintf("package %s is the vocabulary and imports nothing of the project, but has %s", p.ImportPath, p.Imports))
	}
	return found
}

// roomOf finds the room with the longest matching name; only the module's own package is in the room "".
func roomOf(path string) (found room, ok bool) {
	path = strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
	for _, r := range rooms {
		inside := path == r.name || r.name != "" && strings.HasPrefix(path, r.name+"/")
		if inside && (!ok || len(r.name) > len(found.name)) {
			found, ok = r, true
		}
	}
	return found, ok
}

// TestTable shows that the table has an order, and only names rooms that it has.
func TestTable(t *testing.T) {
	var before []string
	for _, r := range rooms {
		for _, name := range r.imports {
			if !slices.Contains(before, name) {
				t.Errorf("room %q may import %q, which does not stand before it", r.name, name)
			}
		}
		before = append(before, r.name)
	}
}

// TestViolations shows that what the table forbids is found and named.
func TestViolations(t *testing.T) {
	for _, c := range []struct {
		from, to string
		allowed  bool
	}{
		{"retrieval", "index/lexicon", true},
		{"internal/embed", "internal/llm/endpoint", true},
		{"cmd/ragner", "", true},
		{"corpora/brat", "corpora", true},
		{"corpora/brat", "index", false},
		{"index", "retrieval", false},
		{"index/lexicon", "internal/llm", false},
		{"internal/embed", "internal/llm", false},
		{"internal/align", "internal/prompt", false},
		{"internal/score", "internal/tag", false},
		{"internal/prompt", "internal/tag", false},
		{"internal/tag", "internal/testkit", false},
		{"", "cmd/ragner", false},
		{"", "internal/server", false},
		{"retrieval", "elsewhere", false},
		{"corpora", "corpora/brat", false},
		{"elsewhere", "corpora", false},
	} {
		from, to := path(c.from), path(c.to)
		found := violations(listed{ImportPath: from, Imports: []string{"fmt", to}})
		if c.allowed != (len(found) == 0) {
			t.Errorf("%s importing %s: %q", from, to, found)
		}
		for _, message := range found {
			if !strings.Contains(message, from) {
				t.Errorf("%q does not name %s", message, from)
			}
		}
	}
}

func path(room string) string { return strings.TrimSuffix(module+"/"+room, "/") }
