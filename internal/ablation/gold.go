package ablation

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/tag"
)

// inspectGold describes the gold documents beside the index. twins are the ids of indexed documents that hold every
// sentence of a gold document: the same document under another id, which must not be shown for it.
func inspectGold(x *index.Index, gold []corpora.Document, about GoldInfo) (info GoldInfo, twins map[string][]string) {
	info, twins = about, map[string][]string{}
	info.Documents = len(gold)
	places := placesOf(x)
	for _, doc := range gold {
		inputs := tag.Inputs(doc, 0)
		info.Sentences += len(inputs)
		info.Mentions += len(doc.Entities)
		same, whole := standing(inputs, places, doc.ID)
		info.SameText += same
		if len(whole) > 0 {
			twins[doc.ID] = whole
		}
		if len(whole) > 0 || len(x.SentencesOf(doc.ID)) > 0 {
			info.InIndex++
		}
	}
	info.UnseenLabels = UnseenLabels(x, gold)
	return info, twins
}

// UnseenLabels are gold's labels that the index does not have, in order.
func UnseenLabels(x *index.Index, gold []corpora.Document) []string {
	labels := map[string]bool{}
	for _, doc := range gold {
		for _, e := range doc.Entities {
			labels[e.Label] = true
		}
	}
	for _, l := range x.Manifest().Labels {
		delete(labels, l.Label)
	}
	return slices.Sorted(maps.Keys(labels))
}

// placesOf are the documents of each indexed sentence, by its text.
func placesOf(x *index.Index) map[string][]string {
	places := make(map[string][]string, x.Sentences().Len())
	for i := range x.Sentences().Len() {
		record := x.Sentence(i)
		for _, ref := range record.Docs {
			places[record.Text] = append(places[record.Text], documentOf(ref))
		}
	}
	return places
}

// documentOf is the document of "document#sentence".
func documentOf(ref string) string {
	if cut := strings.LastIndexByte(ref, '#'); cut >= 0 {
		if _, err := strconv.Atoi(ref[cut+1:]); err == nil {
			return ref[:cut]
		}
	}
	return ref
}

// standing counts the sentences that stand word for word in other documents, and names those that have them all.
func standing(inputs []tag.Input, places map[string][]string, id string) (same int, whole []string) {
	times := map[string]int{}
	for _, in := range inputs {
		found := slices.DeleteFunc(slices.Clone(places[in.Sentence.Text]), func(doc string) bool { return doc == id })
		if len(found) > 0 {
			same++
		}
		slices.Sort(found)
		for _, doc := range slices.Compact(found) {
			times[doc]++
		}
	}
	for doc, n := range times {
		if n == len(inputs) {
			whole = append(whole, doc)
		}
	}
	slices.Sort(whole)
	return same, whole
}

// Twins are, for each gold document by id, the indexed documents of another id that hold all its sentences.
func Twins(x *index.Index, gold []corpora.Document) map[string][]string {
	_, twins := inspectGold(x, gold, GoldInfo{})
	return twins
}
