package corpora

import (
	"regexp"
	"slices"
	"strings"
)

// bareMesh is a MeSH id without its vocabulary, as corpora and MeSH's own files have it.
var bareMesh = regexp.MustCompile(`^[CD]\d{6}(\d{3})?$`)

// vocabularyNames are other prefixes of vocabularies, in capitals, with the usual ones.
var vocabularyNames = map[string]string{"MSH": "MESH", "MIM": "OMIM", "ORPHA": "ORPHANET", "ORDO": "ORPHANET", "UMLS_CUI": "UMLS"}

// CanonicalID is a concept's id in the form in which ids are compared: the vocabulary in capitals and by its usual name,
// also before a MeSH id that has none.
func CanonicalID(id string) string {
	id = strings.TrimSpace(id)
	prefix, rest, ok := strings.Cut(id, ":")
	switch {
	case !ok && bareMesh.MatchString(id):
		return "MESH:" + id
	case !ok:
		return id
	}
	prefix = strings.ToUpper(prefix)
	if name, ok := vocabularyNames[prefix]; ok {
		prefix = name
	}
	return prefix + ":" + rest
}

// Vocabulary is the part of a canonical id before the colon, "" where there is none.
func Vocabulary(id string) string {
	prefix, _, ok := strings.Cut(id, ":")
	if !ok {
		return ""
	}
	return prefix
}

// CanonicalIDs are the canonical ids of concepts, each once; of what corpora write as one id, "D1+D2", both.
func CanonicalIDs(concepts []string) []string {
	var ids []string
	for _, c := range concepts {
		before := ""
		for part := range strings.SplitSeq(c, "+") {
			id := CanonicalID(part)
			if Vocabulary(id) == "" && before != "" { // in "OMIM:1+2" the vocabulary stands once
				id = before + ":" + id
			}
			before = Vocabulary(id)
			if id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
