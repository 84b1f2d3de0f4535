package ablation

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/tag"
)

// InspectGold describes gold documents beside the index; about has what it cannot know. twins are the ids of indexed
// documents that hold every sentence of a gold document, by its id: the same document under another id, which must not
// be shown for it. An error is that of gold.
func InspectGold(x *index.Index, gold iter.Seq2[corpora.Document, error], about GoldInfo) (info GoldInfo, twins map[string][]string, err error) {
	info, twins = about, map[string][]string{}
	places, labels := placesOf(x), map[string]bool{}
	for doc, err := range gold {
		if err != nil {
			return about, nil, err
		}
		inputs := tag.Inputs(doc, 0)
		info.Documents++
		info.Sentences += len(inputs)
		info.Mentions += len(doc.Entities)
		texts := textsOf(inputs)
		whole := standing(texts, places, doc.ID)
		if indexed := indexedTexts(doc); !slices.Equal(indexed, texts) {
			whole = slices.Compact(slices.Sorted(slices.Values(append(whole, standing(indexed, places, doc.ID)...))))
		}
		info.SameText += elsewhere(texts, places, append(slices.Clone(whole), doc.ID))
		if len(whole) > 0 {
			twins[doc.ID] = whole
		}
		if len(whole) > 0 || stands(x, doc) {
			info.InIndex++
		}
		addLabels(labels, doc)
	}
	info.UnseenLabels = unseen(x, labels)
	return info, twins, nil
}

// inspectGold is InspectGold of documents in memory, which can be read.
func inspectGold(x *index.Index, gold []corpora.Document, about GoldInfo) (GoldInfo, map[string][]string) {
	info, twins, _ := InspectGold(x, each(gold), about)
	return info, twins
}

// stands reports whether the index has the document under its id: one of that id that shares no sentence with it is
// another, as where the parts of a corpus are each numbered from the beginning.
func stands(x *index.Index, doc corpora.Document) bool {
	return slices.ContainsFunc(x.SentencesOf(doc.ID), func(i int) bool { return strings.Contains(doc.Text, x.Sentence(i).Text) })
}

// UnseenLabels are gold's labels that the index does not have, in order.
func UnseenLabels(x *index.Index, gold []corpora.Document) []string {
	labels := map[string]bool{}
	for _, doc := range gold {
		addLabels(labels, doc)
	}
	return unseen(x, labels)
}

func addLabels(labels map[string]bool, doc corpora.Document) {
	for _, e := range doc.Entities {
		labels[e.Label] = true
	}
}

func unseen(x *index.Index, labels map[string]bool) []string {
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

func textsOf(inputs []tag.Input) (texts []string) {
	for _, in := range inputs {
		texts = append(texts, in.Sentence.Text)
	}
	return texts
}

// indexedTexts are the sentences as an index keeps them: those that an annotation crosses are one.
func indexedTexts(doc corpora.Document) (texts []string) {
	sentences, _ := corpora.Annotate(doc)
	for _, s := range sentences {
		texts = append(texts, s.Text)
	}
	return texts
}

// standing names the other documents that hold all texts.
func standing(texts []string, places map[string][]string, id string) (whole []string) {
	times := map[string]int{}
	for _, text := range texts {
		found := slices.Sorted(slices.Values(places[text]))
		for _, doc := range slices.Compact(found) {
			times[doc]++
		}
	}
	delete(times, id)
	for _, doc := range slices.Sorted(maps.Keys(times)) {
		if times[doc] == len(texts) {
			whole = append(whole, doc)
		}
	}
	return whole
}

// elsewhere counts the texts that stand in other documents than those held out.
func elsewhere(texts []string, places map[string][]string, held []string) (n int) {
	for _, text := range texts {
		if slices.ContainsFunc(places[text], func(doc string) bool { return !slices.Contains(held, doc) }) {
			n++
		}
	}
	return n
}

// Twins are, for each gold document by id, the indexed documents of another id that hold all its sentences.
func Twins(x *index.Index, gold []corpora.Document) map[string][]string {
	_, twins := inspectGold(x, gold, GoldInfo{})
	return twins
}
