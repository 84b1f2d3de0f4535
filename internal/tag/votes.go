package tag

import (
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// votes are the retrieved sentences as voters: each that contains a surface says whether it is annotated there, with
// its retrieval score as weight.
type votes struct{ voters []voter }

type voter struct {
	weight float64
	demo   retrieval.Demonstration
	tokens []corpora.Token
	words  []lexicon.Word
}

func newVotes(demonstrations []retrieval.Demonstration) votes {
	var v votes
	for _, d := range demonstrations {
		tokens := corpora.Tokenize(d.Sentence.Text)
		v.voters = append(v.voters, voter{d.Score, d, tokens, lexicon.Words(d.Sentence.Text, tokens)})
	}
	return v
}

// about is the weighted share of the occurrences of a candidate's surface in the voters that carry its label, and
// the weight of those occurrences.
func (v votes) about(c lexicon.Candidate) (share, weight float64) {
	yes := 0.0
	for _, voter := range v.voters {
		for _, f := range voter.occurrences(c.Surface) {
			weight += voter.weight
			if voter.labelled(f, c.Label) {
				yes += voter.weight
			}
		}
	}
	if weight == 0 {
		return 0, 0
	}
	return yes / weight, weight
}

// refs name the sentences that have the surface annotated with the label.
func (v votes) refs(c lexicon.Candidate) []string {
	var refs []string
	for _, voter := range v.voters {
		for _, f := range voter.occurrences(c.Surface) {
			if voter.labelled(f, c.Label) {
				refs = append(refs, voter.demo.Ref())
				break
			}
		}
	}
	return refs
}

// occurrences are the stretches of the sentence whose normalised words are those of surface, except such as lie
// strictly inside an annotated mention, which say nothing of the surface on its own.
func (v voter) occurrences(surface string) []corpora.Fragment {
	want := lexicon.Words(surface, corpora.Tokenize(surface))
	var found []corpora.Fragment
	for i := 0; len(want) > 0 && i+len(want) <= len(v.words); i++ {
		if !sameWords(v.words[i:i+len(want)], want) {
			continue
		}
		f := corpora.Fragment{Start: v.tokens[v.words[i].Token].Start, End: v.tokens[v.words[i+len(want)-1].Token].End}
		if !v.inside(f) {
			found = append(found, f)
		}
	}
	return found
}

func sameWords(a, b []lexicon.Word) bool {
	for i := range b {
		if a[i].Norm != b[i].Norm {
			return false
		}
	}
	return true
}

func (v voter) inside(f corpora.Fragment) bool {
	for _, e := range v.demo.Entities {
		if e.Start() <= f.Start && f.End <= e.End() && e.End()-e.Start() > f.End-f.Start {
			return true
		}
	}
	return false
}

func (v voter) labelled(f corpora.Fragment, label string) bool {
	for _, e := range v.demo.Entities {
		if e.Label == label && e.Start() == f.Start && e.End() == f.End {
			return true
		}
	}
	return false
}
