// Package jsonl reads and writes documents as JSON: ragner's own JSON lines, and the shapes of spaCy, Doccano,
// Label Studio, Prodigy and Hugging Face token classification. Importing it registers them as formats.
//
// It is for JSON whose records are documents. It is not for BioC JSON nor for ontologies, and it does not
// read spaCy's binary DocBin.
//
// A file is JSON lines, one JSON array of records, or JSON values one after another. A record that cannot be
// read is a *corpora.BadDocument, and reading goes on with the next one.
package jsonl
