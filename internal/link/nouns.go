package link

import "strings"

// nouns are the ends of adjectives with those of the nouns that they may be of: "ischemic" of "ischemia".
var nouns = []struct {
	adjective string
	ends      []string
}{
	{"emic", []string{"emia"}},
	{"betic", []string{"betes", "betes mellitus"}},
	{"eptic", []string{"epsy"}},
	{"otic", []string{"osis"}},
	{"itic", []string{"itis"}},
	{"rhotic", []string{"rhosis"}},
	{"rrhythmic", []string{"rrhythmia"}},
	{"ensive", []string{"ension"}},
	{"ressive", []string{"ression"}},
	{"ressed", []string{"ression"}},
	{"ulsive", []string{"ulsion"}},
	{"toxic", []string{"toxicity"}},
	{"netic", []string{"nesia"}},
	{"tonic", []string{"tonia", "tony"}},
	{"trophic", []string{"trophy"}},
	{"pathic", []string{"pathy"}},
	{"plegic", []string{"plegia"}},
	{"phrenic", []string{"phrenia"}},
	{"algesic", []string{"algesia"}},
	{"static", []string{"stasis"}},
	{"phylactic", []string{"phylaxis"}},
	{"sonian", []string{"son disease", "sonism"}},
	{"ancerous", []string{"ancer"}},
	{"umorous", []string{"umor"}},
	{"rhagic", []string{"rhage"}},
	{"matous", []string{"ma"}},
	{"obese", []string{"obesity"}},
	{"anxious", []string{"anxiety"}},
	{"deficient", []string{"deficiency"}},
	{"ic", []string{"ia", "y", "e"}},
	{"al", []string{""}},
}

// byNouns adds what has the noun of an adjective in its name, where the mention ends with one.
func (g *gathering) byNouns(m *mention) bool {
	text := strings.ToLower(m.full())
	for _, n := range nouns {
		stem, ok := strings.CutSuffix(text, n.adjective)
		if !ok || strings.HasSuffix(stem, " ") {
			continue
		}
		for _, end := range n.ends {
			if g.byNames(m, stem+end, slots{derived, derived, derived, sourceNoun, sourceNoun, 1}) {
				return true
			}
		}
	}
	return false
}
