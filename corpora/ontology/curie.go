package ontology

import (
	"regexp"
	"strings"
)

// prefixes are IRI stems whose last part is a bare id.
var prefixes = []struct{ stem, prefix string }{
	{"http://id.nlm.nih.gov/mesh/", "MESH:"},
	{"http://identifiers.org/mesh/", "MESH:"},
	{"https://identifiers.org/mesh/", "MESH:"},
	{"http://purl.bioontology.org/ontology/MESH/", "MESH:"},
	{"http://purl.bioontology.org/ontology/SNOMEDCT/", "SNOMEDCT:"},
	{"http://snomed.info/id/", "SNOMEDCT:"},
	{"http://purl.bioontology.org/ontology/ICD10CM/", "ICD10CM:"},
	{"http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#", "NCIT:"},
	{"http://linkedlifedata.com/resource/umls/id/", "UMLS:"},
	{"http://omim.org/entry/", "OMIM:"},
	{"https://omim.org/entry/", "OMIM:"},
}

// oboLike is the last part of an OBO Foundry IRI and of those that follow its pattern: DOID_1485, Orphanet_124.
var oboLike = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9.-]*)_([A-Za-z0-9]+)$`)

// compact turns an IRI into a compact id: http://purl.obolibrary.org/obo/DOID_1485 into DOID:1485. An IRI of
// another pattern stays, without angle brackets; so does what is no IRI.
func compact(id string) string {
	id = strings.TrimSpace(id)
	id = strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
	if !strings.Contains(id, "://") {
		if rest, ok := strings.CutPrefix(id, "mesh:"); ok { // SSSOM writes it small, everyone else in capitals
			return "MESH:" + rest
		}
		return id
	}
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(id, p.stem); ok && rest != "" {
			return p.prefix + rest
		}
	}
	last := id[strings.LastIndexAny(id, "/#")+1:]
	if m := oboLike.FindStringSubmatch(last); m != nil {
		return m[1] + ":" + m[2]
	}
	return id
}

// local is the last part of an IRI or of a compact id: hasExactSynonym.
func local(iri string) string { return iri[strings.LastIndexAny(iri, "/#:")+1:] }
