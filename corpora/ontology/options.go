package ontology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// formatNames are the values of format=; "table" stands for csv, tsv and words.
var formatNames = []string{"obo", "obograph", "owl", "skos", "csv", "tsv", "words"}

type options struct {
	format      string // "" means by content
	label       string
	roots       []string
	scopes      map[corpora.Scope]bool
	language    string // lower case
	anyLanguage bool   // the user named none
	columns     map[role][]string
	separator   string
	limits      corpora.Limits
}

func parseOptions(spec corpora.Spec) (options, error) {
	o := options{
		format: spec.Get("format", ""), label: spec.Get("label", ""), roots: split(spec.Get("root", "")),
		language: strings.ToLower(spec.Get("language", "en")), anyLanguage: spec.Get("language", "") == "",
		columns: map[role][]string{}, separator: spec.Get("separator", "|"), limits: spec.Limits,
	}
	if o.format != "" && !slices.Contains(formatNames, o.format) {
		return o, fmt.Errorf("format=%s is no format of ontologies (known: %s)", o.format, strings.Join(formatNames, ", "))
	}
	for _, r := range []role{roleID, roleName, roleSynonyms, roleDefinition, roleParents, roleXrefs} {
		if names := split(spec.Get(string(r), "")); len(names) > 0 {
			o.columns[r] = names
		}
	}
	if o.separator == "" {
		return o, fmt.Errorf("separator= is empty")
	}
	o.scopes = map[corpora.Scope]bool{}
	for _, name := range split(spec.Get("scopes", "exact+narrow+broad+related")) {
		scope, ok := scopeOf(name)
		if !ok {
			return o, fmt.Errorf("scopes=%s is unknown (known: exact, narrow, broad, related)", name)
		}
		o.scopes[scope] = true
	}
	return o, nil
}

// split cuts values joined by +.
func split(s string) []string {
	return slices.DeleteFunc(strings.Split(s, "+"), func(p string) bool { return p == "" })
}

func scopeOf(name string) (corpora.Scope, bool) {
	scope := corpora.Scope(strings.ToUpper(name))
	return scope, closeness(scope) < len(scopesByCloseness)
}

var scopesByCloseness = []corpora.Scope{corpora.ScopeExact, corpora.ScopeNarrow, corpora.ScopeBroad, corpora.ScopeRelated}

// closeness is small for scopes near to the name's own meaning.
func closeness(s corpora.Scope) int {
	if i := slices.Index(scopesByCloseness, s); i >= 0 {
		return i
	}
	return len(scopesByCloseness)
}
