package lexical

import (
	"strings"
	"testing"
)

func TestAnalyze(t *testing.T) {
	for text, want := range map[string]string{
		"Patients with CF, aged 5–7.": "patients with cf aged 5 7",
		"STRASSE Straße":              "strasse strasse",
		"ΣΊΣΥΦΟΣ σίσυφος":             "σίσυφοσ σίσυφοσ",
		"ﬁbrosis Å Å":                 "fibrosis å å",
		"İ":                           "i\u0307",
		"… — !!":                      "",
		"":                            "",
		strings.Repeat("x", 257):      "",
	} {
		if got := strings.Join(Analyze(text), " "); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func FuzzAnalyze(f *testing.F) {
	f.Add("Ångström ǅ ﬃ İI")
	f.Fuzz(func(t *testing.T, text string) {
		for _, term := range Analyze(text) {
			if term == "" || len(term) > 4*maxTokenBytes {
				t.Errorf("term of %d bytes", len(term))
			}
		}
	})
}
