package ablation

import (
	"fmt"
	"time"

	"github.com/ragner/ragner/index"
)

// describeIndex names an index so that a reader of the results can tell it from another.
func describeIndex(x *index.Index, dir string) IndexInfo {
	m := x.Manifest()
	info := IndexInfo{
		Dir: dir, Digest: x.Digest(), Built: fmt.Sprintf("%s by ragner %s", m.Created.Format(time.RFC3339), m.Version),
		Embedder: m.Embedder.Name, Sentences: x.Sentences().Len(), Mentions: m.Counts.Entities, Terms: m.Counts.Terms,
	}
	for _, s := range m.Sources {
		info.Sources = append(info.Sources, Source{Path: s.Spec, SHA256: s.SHA256})
	}
	return info
}
