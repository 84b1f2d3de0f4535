package ontology

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// role is what a column holds; the first six are also the options that name columns.
type role string

const (
	roleID         role = "id"
	roleName       role = "name"
	roleSynonyms   role = "synonyms"
	roleDefinition role = "definition"
	roleParents    role = "parents"
	roleXrefs      role = "xrefs"
	roleObsolete   role = "obsolete"
	roleTree       role = "tree"      // a MeSH tree number
	rolePredicate  role = "predicate" // what the row states, in Babelon and SSSOM tables
	roleLanguage   role = "language"  // of the row's name
)

// headers are the names of columns by role, normalised, the most particular first. A role but synonyms is taken
// by one column only, the first of this order.
var headers = map[role][]string{
	roleID: {
		"subject id", "concept id", "conceptid", "class id", "term id", "identifier", "id", "curie", "iri", "uri",
		"desc ui", "descriptor ui", "descriptorui", "orphacode", "orpha code", "code", "notation", "term",
	},
	roleName: {
		"translation value", "subject label", "term label", "preferred label", "pref label", "preflabel", "preferred name",
		"preferred term", "concept name", "descriptor name", "name", "label", "lbl", "rdfs label", "rdf label", "term",
	},
	roleSynonyms: {
		"synonyms", "synonym", "exact synonyms", "exact synonym", "narrow synonyms", "narrow synonym", "broad synonyms",
		"broad synonym", "related synonyms", "related synonym", "alt labels", "alt label", "altlabel", "alternative names",
		"alternative labels", "aliases", "alias", "other names", "entry terms", "layperson", "layperson synonyms", "abbreviation",
	},
	roleDefinition: {"definition", "definitions", "def", "description", "scope note", "textual definition"},
	roleParents: {
		"parents", "parent", "parent ids", "parent id", "subclassof", "sub class of", "subclass of", "is a", "broader",
		"superclass", "superclasses",
	},
	roleXrefs: {
		"xrefs", "xref", "object id", "dbxrefs", "dbxref", "database cross reference", "database cross references",
		"cross references", "references", "mappings",
	},
	roleObsolete:  {"obsolete", "is obsolete", "deprecated", "owl deprecated"},
	roleTree:      {"tree number", "tree numbers", "treenumber"},
	rolePredicate: {"predicate id"},
	roleLanguage:  {"translation language", "language", "lang"},
}

// column is a table's column that a role reads.
type column struct {
	index int
	role  role
	scope corpora.Scope // of synonyms
	curie string        // the prefix that bare ids in it get: "MESH:"
}

var notWord = regexp.MustCompile(`[^\p{L}\p{N}]+`)

// normalHeader makes "?term_label", "Term Label" and "TERM-LABEL" equal.
func normalHeader(cell string) string {
	return strings.TrimSpace(notWord.ReplaceAllString(strings.ToLower(cell), " "))
}

// columnsOf recognises a header row. ok is false when it has no column of names.
func columnsOf(row []string, o options) (columns []column, ok bool, err error) {
	cells := make([]string, len(row))
	for i, cell := range row {
		cells[i] = normalHeader(cell)
	}
	taken := map[int]bool{}
	for r := range o.columns {
		found, err := namedColumns(r, row, cells, o)
		if err != nil {
			return nil, false, err
		}
		for _, c := range found {
			taken[c.index] = true
		}
		columns = append(columns, found...)
	}
	for _, r := range []role{roleName, roleID, roleSynonyms, roleDefinition, roleParents, roleXrefs, roleObsolete, roleTree, rolePredicate, roleLanguage} {
		if o.columns[r] == nil {
			columns = append(columns, knownColumns(r, cells, taken)...)
		}
	}
	slices.SortFunc(columns, func(a, b column) int { return a.index - b.index })
	return columns, has(columns, roleName), nil
}

func has(columns []column, r role) bool {
	return slices.ContainsFunc(columns, func(c column) bool { return c.role == r })
}

// namedColumns are those the user named, by header.
func namedColumns(r role, row, cells []string, o options) (found []column, err error) {
	for _, name := range o.columns[r] {
		i := slices.IndexFunc(row, func(cell string) bool { return strings.EqualFold(strings.TrimSpace(cell), name) })
		if i < 0 {
			i = slices.Index(cells, normalHeader(name))
		}
		if i < 0 {
			return nil, fmt.Errorf("%s=%s: the table has no such column (it has %s)", r, name, strings.Join(row, ", "))
		}
		found = append(found, columnAt(i, r, cells[i]))
	}
	return found, nil
}

func knownColumns(r role, cells []string, taken map[int]bool) (found []column) {
	for _, name := range headers[r] {
		for i, cell := range cells {
			if cell != name || taken[i] {
				continue
			}
			// "term" is an id beside "term label" and a name otherwise.
			if r == roleName && name == "term" && slices.Contains(cells, "term label") {
				continue
			}
			taken[i] = true
			found = append(found, columnAt(i, r, cell))
			if r != roleSynonyms {
				return found
			}
		}
	}
	return found
}

func columnAt(i int, r role, header string) column {
	c := column{index: i, role: r, scope: corpora.ScopeRelated}
	for _, s := range scopesByCloseness {
		if strings.HasPrefix(header, strings.ToLower(string(s))) {
			c.scope = s
		}
	}
	switch header {
	case "desc ui", "descriptor ui", "descriptorui":
		c.curie = "MESH:"
	case "orphacode", "orpha code":
		c.curie = "Orphanet:"
	}
	return c
}

// secondHeader knows a row below the header that describes columns again: the template row of ROBOT ("LABEL",
// "A oboInOwl:hasExactSynonym SPLIT=|", "SC %"), or the same names once more.
var robot = regexp.MustCompile(`^(?:ID|LABEL|TYPE|(?:A|AT|AL|AI|SC|EC|C|DC|P|I) \S.*|>A.*)$`)

func isSecondHeader(row []string, columns []column) bool {
	matched := 0
	for _, c := range columns {
		if c.index >= len(row) || row[c.index] == "" {
			continue
		}
		cell := row[c.index]
		if !robot.MatchString(cell) && !slices.Contains(headers[c.role], normalHeader(cell)) {
			return false
		}
		matched++
	}
	return matched >= min(2, len(columns))
}
