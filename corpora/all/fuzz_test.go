package all_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// FuzzOpen reads any bytes as a file of any format, plain or compressed: what is read is sound, what is not is an error.
func FuzzOpen(f *testing.F) {
	names := []string{"a.txt", "a.jsonl", "a.json", "a.conll", "a.xml", "a.pubtator", "a.ann", "unnamed"}
	for i, seed := range []string{
		"Gout.", `{"id":"1","text":"gout"}`, `[{"data":{"text":"gout"},"annotations":[]}]`, "gout B-D\n\n", "<collection><document><id>1</id></document></collection>",
		"1|t|gout\n1\t0\t4\tgout\tD\n", "T1\tD 0 4\tgout\n", "\xff\xfea\x00", "\xfe\xff\x00a", "\xef\xbb\xbfgout", "\x1f\x8b\x08\x00", "PK\x03\x04", "\x00",
	} {
		f.Add([]byte(seed), uint8(i), i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, content []byte, which uint8, zipped bool) {
		path := filepath.Join(t.TempDir(), names[int(which)%len(names)])
		if zipped {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = z.Write(content)
			_ = z.Close()
			content = b.Bytes()
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		for doc, err := range corpora.Read(corpora.Spec{Path: path}) {
			if err != nil {
				continue
			}
			if err := corpora.Validate(doc); err != nil {
				t.Fatal(err)
			}
			for _, s := range corpora.Segment(doc) {
				if doc.Text[s.Offset:s.Offset+len(s.Text)] != s.Text {
					t.Fatal("a sentence does not stand where it says")
				}
			}
		}
	})
}

// FuzzParseSpec holds that what a specification says is what it is read as again.
func FuzzParseSpec(f *testing.F) {
	f.Add("train.tsv,format=conll,label=Disease")
	f.Add("a,b,c=d,label=x,,")
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := corpora.ParseSpec(text)
		if err != nil {
			return
		}
		again, err := corpora.ParseSpec(spec.String())
		if err != nil || again.String() != spec.String() || again.Path != spec.Path {
			t.Errorf("%q is %q, then %q, %v", text, spec, again, err)
		}
	})
}
