package index

import (
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/records"
)

func encodeSample(text string, entities []corpora.Entity) (size int, again []corpora.Entity) {
	var e records.Encoder
	labels := newLabelTable()
	encodeEntities(&e, entities, labels.number)
	return len(e.Buf), decodeEntities(records.NewDecoder(e.Buf), len(text), labels.names)
}

// FuzzDecodeRow: no row of bytes makes a decoder panic or give offsets outside the text.
func FuzzDecodeRow(f *testing.F) {
	var e records.Encoder
	encodeText(&e, corpora.Sentence{Text: "a b c", Tokens: []corpora.Token{{Start: 0, End: 3}}})
	e.Uint(1)
	encodeEntities(&e, []corpora.Entity{{Label: "L", Fragments: []corpora.Fragment{{Start: 2, End: 3}}}}, func(string) int { return 0 })
	encodeOccurrences(&e, []occurrence{{0, 1, 2}})
	f.Add(e.Buf)
	f.Add([]byte{})
	dir := f.TempDir()
	if err := writeDocuments(dir+"/documents", []documentRow{{id: "d"}}); err != nil {
		f.Fatal(err)
	}
	docs, err := records.Open(dir + "/documents")
	if err != nil {
		f.Fatal(err)
	}
	x := &Index{labels: []string{"L"}}
	x.documents[0].rows = docs
	f.Fuzz(func(t *testing.T, row []byte) {
		if term, err := decodeTerm(row); err != nil && term.ID != "" {
			t.Error("half a term")
		}
		decodeName(row)
		decodeDocument(row, 3)
		skipText(row)
		r, err := x.decodeRecord(row, 0)
		if err != nil {
			return
		}
		for _, token := range r.Tokens {
			_ = r.Text[token.Start:token.End]
		}
		for _, entity := range r.Entities {
			_ = entity.Surface(r.Text)
		}
	})
}
