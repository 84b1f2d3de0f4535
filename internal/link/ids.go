package link

import (
	"regexp"
	"strings"
)

// bareMesh is a MeSH id without its vocabulary, as corpora and MeSH's own files have it.
var bareMesh = regexp.MustCompile(`^[CD]\d{6}(\d{3})?$`)

// aliases are other prefixes of vocabularies, in capitals.
var aliases = map[string]string{"MSH": "MESH", "MIM": "OMIM", "ORPHA": "ORPHANET", "ORDO": "ORPHANET", "UMLS_CUI": "UMLS"}

// Canonical is an id in the form in which ids are compared: the vocabulary in capitals and by its usual name, MeSH ids
// with theirs.
func Canonical(id string) string {
	id = strings.TrimSpace(id)
	prefix, rest, ok := strings.Cut(id, ":")
	if !ok {
		if bareMesh.MatchString(id) {
			return "MESH:" + id
		}
		return id
	}
	prefix = strings.ToUpper(prefix)
	if name, ok := aliases[prefix]; ok {
		prefix = name
	}
	return prefix + ":" + rest
}

// vocabulary is the part of a canonical id before the colon, "" where there is none.
func vocabulary(id string) string {
	prefix, _, ok := strings.Cut(id, ":")
	if !ok {
		return ""
	}
	return prefix
}

// Split takes apart what an annotation gives as one id: "D1+D2" are two that belong to the mention together.
func Split(id string) []string {
	parts := strings.Split(id, "+")
	ids := make([]string, 0, len(parts))
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			ids = append(ids, Canonical(part))
		}
	}
	if len(ids) > 1 && vocabulary(ids[0]) != "" { // "MESH:1+2": the vocabulary stands once
		for i, id := range ids {
			if vocabulary(id) == "" {
				ids[i] = vocabulary(ids[0]) + ":" + id
			}
		}
	}
	return ids
}
