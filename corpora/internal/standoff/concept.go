package standoff

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

const meshPrefix = "MESH:"

var (
	bareMesh  = regexp.MustCompile(`^[CD]\d{6}(\d{3})?$`)
	anyMesh   = regexp.MustCompile(`^(?i:mesh):[CD]\d{6}`)
	conceptID = regexp.MustCompile(`^(?:[CD]\d{6,9}|\d+|CVCL_\w+|rs\d+|-1?|[A-Za-z][\w.]*:[^\s|,;:]+)$`)
)

// Concepts reads a column of concept ids. "|", "," and ";" separate ids where each part looks like one, so that
// a variant such as "c|DEL|1314_1328|" stays whole; "D1+D2" is one composite concept, as its corpus means it.
// "-1", "-" and "" mean none. MeSH ids come out as "MESH:D003550", however they were written (C and D with six
// or nine digits; a C with seven is UMLS's); all others, such as the bare numbers of NCBI Gene, as they stand.
func Concepts(column string) []string {
	column = strings.TrimSpace(column)
	parts := strings.FieldsFunc(column, func(r rune) bool { return strings.ContainsRune("|,;", r) })
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	if !allIDs(parts) {
		parts = []string{column}
	}
	var concepts []string
	for _, part := range parts {
		if part == "" || part == "-" || part == "-1" {
			continue
		}
		if c := Concept(part); !slices.Contains(concepts, c) {
			concepts = append(concepts, c)
		}
	}
	return concepts
}

func allIDs(parts []string) bool {
	for _, part := range parts {
		for single := range strings.SplitSeq(part, "+") {
			if !conceptID.MatchString(single) {
				return false
			}
		}
	}
	return true
}

// Concept is one id in ragner's spelling: MeSH ids with the prefix "MESH:".
func Concept(id string) string {
	switch {
	case bareMesh.MatchString(strings.SplitN(id, "+", 2)[0]):
		return meshPrefix + id
	case anyMesh.MatchString(id):
		return meshPrefix + id[len(meshPrefix):]
	}
	return id
}

// BareConcept is the id as PubTator writes it: MeSH without prefix.
func BareConcept(id string) string {
	if rest, ok := strings.CutPrefix(id, meshPrefix); ok && Concept(rest) == id {
		return rest
	}
	return id
}

// JoinConcepts writes ids into a column that Concepts reads, each by spell, and counts in lost the ids that it
// would not read back.
func JoinConcepts(concepts []string, separator string, spell func(string) string, lost corpora.Loss) string {
	written := make([]string, len(concepts))
	for i, c := range concepts {
		written[i] = OneLine(spell(c), " ")
	}
	column := strings.Join(written, separator)
	back := Concepts(column)
	for _, c := range concepts {
		if !slices.Contains(back, c) {
			lost.Add("concept ids", 1)
		}
	}
	return column
}

// OneLine replaces tabs and line ends by instead, so that s stays in its column; each is one code point long.
func OneLine(s, instead string) string {
	return strings.NewReplacer("\t", instead, "\n", instead, "\r", instead).Replace(s)
}
