package corpora

import (
	"bufio"
	"bytes"
	"errors"
)

// binaries are the beginnings of files that users take for text, with what to do about each.
var binaries = []struct{ magic, advice string }{
	{"%PDF-", "a PDF file: write its text into a file first, for example with pdftotext"},
	{"PK\x03\x04", "a zip archive, as DOCX and XLSX files are: unpack it, or save the document as plain text"},
	{"\xD0\xCF\x11\xE0", "an old Office document: save it as plain text first"},
	{"\x78\x9C", docBin},
	{"\x78\xDA", docBin},
}

// docBin is for zlib streams (RFC 1950): spaCy's corpora are such.
const docBin = "a binary file such as spaCy's DocBin: write its documents as JSON lines first, in Python: " +
	"for doc in DocBin().from_disk(path).get_docs(nlp.vocab): print(json.dumps(doc.to_json()))"

// refuseBinary knows a file that is no text by its first bytes and says what to do with it.
func refuseBinary(r *bufio.Reader) error {
	for _, b := range binaries {
		if head, _ := r.Peek(len(b.magic)); bytes.Equal(head, []byte(b.magic)) {
			return errors.New(b.advice)
		}
	}
	return nil
}
