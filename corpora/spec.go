package corpora

import (
	"fmt"
	"slices"
	"strings"
)

// Spec is a path with what cannot be seen from its name: "PATH,format=conll,label=Disease,split=train".
type Spec struct {
	Path    string
	Options map[string]string
	Limits  Limits // stated beside the path; not part of String
}

// IgnoreAnnotations is the value of the option "annotations" that reads texts only.
const IgnoreAnnotations = "ignore"

// SpecKeys are the options that a spec may have, each with what it means.
var SpecKeys = map[string]string{
	"annotations": "ignore: read texts and sentences only, whatever is annotated",
	"format":      "the file format, by name",
	"label":       "the label of every entity or term read",
	"split":       "of a folder, only the files with this word in their name (train, dev, test); of JSONL, only records with this split",
	"columns":     "CoNLL: token and tag columns from 1, such as 2:3, or 1:2+3+4 for layers; the last counts as -1",
	"scheme":      "CoNLL: iob1, iob2 or iobes, where the tags do not show it",
	"unit":        "offsets count codepoint (default), utf16 or byte",
	"tags":        "Hugging Face: the names of integer tags, in order, joined by +",
	"root":        "ontology: only these terms and what lies below them, ids joined by +",
	"id":          "ontology tables: the column of ids",
	"name":        "ontology tables: the column of names",
	"synonyms":    "ontology tables: the columns of synonyms, joined by +",
	"definition":  "ontology tables: the column of definitions",
	"parents":     "ontology tables: the column of parent ids",
	"xrefs":       "ontology tables: the column of cross-references",
	"separator":   "ontology tables: what separates several values in a cell (default |)",
	"language":    "ontologies with names in several languages: the one to read (default en)",
	"scopes":      "ontology: synonym scopes to keep, joined by + (default exact+narrow+broad+related)",
}

// ParseSpec splits "PATH,key=value,…". A comma that no known key follows belongs to the path.
func ParseSpec(s string) (Spec, error) {
	parts := strings.Split(s, ",")
	spec := Spec{Options: map[string]string{}}
	end := len(parts)
	for end > 1 {
		key, value, ok := strings.Cut(parts[end-1], "=")
		if !ok {
			break
		}
		if _, known := SpecKeys[key]; !known {
			return Spec{}, fmt.Errorf("%q: unknown option %q (known: %s)", s, key, strings.Join(specKeys(), ", "))
		}
		spec.Options[key] = value
		end--
	}
	spec.Path = strings.Join(parts[:end], ",")
	if spec.Path == "" {
		return Spec{}, fmt.Errorf("%q: no path", s)
	}
	return spec, nil
}

// Get is an option's value, or fallback when it is not set.
func (s Spec) Get(key, fallback string) string {
	if v, ok := s.Options[key]; ok {
		return v
	}
	return fallback
}

// String is the spec as ParseSpec reads it, options in the order of their names.
func (s Spec) String() string {
	var b strings.Builder
	b.WriteString(s.Path)
	for _, key := range specKeys() {
		if v, ok := s.Options[key]; ok {
			b.WriteString("," + key + "=" + v)
		}
	}
	return b.String()
}

func specKeys() []string {
	keys := make([]string, 0, len(SpecKeys))
	for key := range SpecKeys {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// SpecHelp are the options of a Spec with what they mean, for help texts, a line each.
func SpecHelp() []string {
	var lines []string
	for _, key := range specKeys() {
		lines = append(lines, fmt.Sprintf("%-11s %s", key, SpecKeys[key]))
	}
	return lines
}
