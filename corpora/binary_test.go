package corpora

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRefuseBinary(t *testing.T) {
	for name, c := range map[string]struct{ head, advice string }{
		"a.pdf":   {"%PDF-1.7\n", "pdftotext"},
		"a.docx":  {"PK\x03\x04\x14\x00", "DOCX"},
		"a.doc":   {"\xD0\xCF\x11\xE0\xA1\xB1", "plain text"},
		"a.spacy": {"\x78\x9c\x01", "DocBin"},
		"a.jsonl": {"\x78\xda\x01", "DocBin"},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(c.head), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, _, err := ReadAll(Spec{Path: path}); err == nil || !strings.Contains(err.Error(), c.advice) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want one about %s", name, err, c.advice)
		}
	}
}
