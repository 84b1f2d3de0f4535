package retrieval

import (
	"strings"
	"sync"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/forward"
	"github.com/ragner/ragner/index/lexicon"
)

// heldDocuments remembers what documents taught the lexicon while their sentences are asked for one after another.
type heldDocuments struct {
	mu   sync.Mutex
	byID map[string]*held
}

// held is what documents that must not be shown taught the index.
type held struct {
	lexicon *lexicon.HeldOut
	words   map[forward.Word]forward.Occurrence
}

// mostHeld bounds what is remembered.
const mostHeld = 256

// heldOut is what the documents that must not be shown for a query taught the lexicon: the query's own, where it stands
// in the index, and those that the query excludes; nil when they do not stand there.
func (r *Searcher) heldOut(q Query) *lexicon.HeldOut {
	if h := r.heldFor(q); h != nil {
		return h.lexicon
	}
	return nil
}

// heldFor is heldOut with what the documents taught of words.
func (r *Searcher) heldFor(q Query) *held {
	ids := append([]string{q.Sentence.DocID}, q.Exclude...)
	key := strings.Join(ids, "\x00")
	r.held.mu.Lock()
	out, known := r.held.byID[key]
	r.held.mu.Unlock()
	if known {
		return out
	}
	if sentences := r.sentencesOf(ids); len(sentences) > 0 {
		out = &held{lexicon: r.index.Lexicon().HoldOut(sentences...), words: map[forward.Word]forward.Occurrence{}}
		for _, a := range sentences {
			forward.Count(a, func(w forward.Word, o forward.Occurrence) { out.words[w] = out.words[w].Plus(o) })
		}
	}
	r.held.mu.Lock()
	defer r.held.mu.Unlock()
	if r.held.byID == nil || len(r.held.byID) >= mostHeld {
		r.held.byID = map[string]*held{}
	}
	r.held.byID[key] = out
	return out
}

// Seen reports whether a surface stands annotated in the index, with whatever label, in a document that may be shown for
// a sentence of docID.
func (r *Searcher) Seen(docID, surface string, exclude ...string) bool {
	q := Query{Sentence: corpora.Sentence{DocID: docID}, Exclude: exclude}
	return r.index.Lexicon().Annotated(surface, r.heldOut(q)) > 0
}

// sentencesOf are the indexed sentences of documents, each row once.
func (r *Searcher) sentencesOf(ids []string) (list []corpora.Annotated) {
	seen := map[int]bool{}
	for _, id := range ids {
		for _, row := range r.index.SentencesOf(id) {
			if !seen[row] {
				seen[row] = true
				list = append(list, r.index.Sentence(row).Annotated)
			}
		}
	}
	return list
}
