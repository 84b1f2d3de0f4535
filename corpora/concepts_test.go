package corpora_test

import (
	"slices"
	"testing"

	"github.com/ragner/ragner/corpora"
)

func TestCanonicalIDs(t *testing.T) {
	for _, c := range []struct{ given, want []string }{
		{[]string{"D003550"}, []string{"MESH:D003550"}},
		{[]string{"mesh:C535441", "MSH:C535441"}, []string{"MESH:C535441"}},
		{[]string{" C000730515 "}, []string{"MESH:C000730515"}},
		{[]string{"C0003550"}, []string{"C0003550"}}, // of UMLS, without a vocabulary
		{[]string{"D010051+D001943", "D001943"}, []string{"MESH:D010051", "MESH:D001943"}},
		{[]string{"OMIM:219700+602421"}, []string{"OMIM:219700", "OMIM:602421"}},
		{[]string{"Orphanet:586", "ORPHA:586"}, []string{"ORPHANET:586"}},
		{[]string{"doid:1485", "MIM:219700"}, []string{"DOID:1485", "OMIM:219700"}},
		{[]string{"672"}, []string{"672"}},
		{nil, nil},
	} {
		if got := corpora.CanonicalIDs(c.given); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.given, got, c.want)
		}
	}
}
