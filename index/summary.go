package index

import (
	"fmt"
	"path/filepath"

	"github.com/ragner/ragner/index/lexicon"
)

// fewMentions is the number of mentions below which a label is hardly learnt from examples.
const fewMentions = 5

// manyUnknown: one text in so many without a vector is worth a warning.
const manyUnknown = 50

// Summary is what an index holds, for people and scripts.
type Summary struct {
	Path string `json:"path"` // of the generation
	Manifest
	Bytes int64 `json:"bytes"` // of all files
}

// Summary tells what the index holds.
func (x *Index) Summary() Summary {
	s := Summary{Path: filepath.Clean(x.path), Manifest: x.manifest}
	for _, f := range x.manifest.Files {
		s.Bytes += f.Size
	}
	return s
}

// warnings says what of a finished index will make it less useful than its user may expect.
func warnings(m Manifest) []string {
	list := []string{}
	warn := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	c := m.Counts
	if c.Documents == 0 && c.Terms == 0 {
		warn("there are neither annotated documents nor ontology terms")
	}
	if c.Documents > 0 && c.Entities == 0 {
		warn("the corpora hold no annotations")
	}
	for _, l := range m.Labels {
		switch {
		case l.Mentions == 0 && l.Terms > 0 && c.Entities > 0:
			warn("no corpus has the label %q of %d ontology terms", l.Label, l.Terms)
		case l.Mentions > 0 && l.Mentions < fewMentions:
			warn("the label %q has %d mentions only", l.Label, l.Mentions)
		}
	}
	if c.Conflicts > 0 {
		warn("%d sentences occur with different annotations; the most frequent one is shown", c.Conflicts)
	}
	if c.RepeatedIDs > 0 {
		warn("%d ids belong to more than one document; leaving out a document leaves out all of its id", c.RepeatedIDs)
	}
	if c.MergedSentences > 0 {
		warn("%d sentence borders were crossed by an entity; the sentences were joined", c.MergedSentences)
	}
	if c.UnmatchedNames > 0 {
		warn("%d names of ontology terms have more than %d words or none; they are searched, but texts are not matched with them", c.UnmatchedNames, lexicon.MaxWords)
	}
	if c.RelabelledTerms > 0 {
		warn("%d times a term was given again with another label; the last one counts", c.RelabelledTerms)
	}
	for _, s := range m.Sources {
		if s.Failed > 0 {
			warn("%d documents of %s could not be read", s.Failed, s.Spec)
		}
	}
	if rows := c.DistinctSentences + c.DistinctPassages + c.Names; m.Embedder.Unknown*manyUnknown > rows {
		warn("the embedder knows nothing of %d of %d texts; they are found by their words only", m.Embedder.Unknown, rows)
	}
	if m.Learned != nil && m.Learned.Warning != "" {
		list = append(list, m.Learned.Warning)
	}
	if m.Embedder.ID == "" {
		warn("there are no vectors; retrieval is by words only")
	}
	return list
}
