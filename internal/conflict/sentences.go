package conflict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// sentenceConflicts compares the annotations of equal sentences.
func (c *corpus) sentenceConflicts() []Conflict {
	byText := map[string][]int{}
	var texts []string // in the order in which they come
	for i := range c.sentences {
		text := c.sentences[i].Text
		if byText[text] == nil {
			texts = append(texts, text)
		}
		byText[text] = append(byText[text], i)
	}
	var list []Conflict
	for _, text := range texts {
		if len(byText[text]) > 1 {
			list = append(list, c.compareSentences(text, byText[text])...)
		}
	}
	return list
}

// compareSentences makes a conflict of each annotation but the most frequent; of equally frequent ones the first is usual.
func (c *corpus) compareSentences(text string, places []int) []Conflict {
	variants := map[string][]int{}
	var order []string
	for _, i := range places {
		as := strings.Join(signature(c.sentences[i].Annotated), "\n")
		if variants[as] == nil {
			order = append(order, as)
		}
		variants[as] = append(variants[as], i)
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(variants[b]), len(variants[a])) })
	var list []Conflict
	for _, odd := range order[1:] {
		usual := order[0]
		list = append(list, Conflict{
			Kind: Sentence, Text: text, Surprise: surprise(len(variants[odd]), len(places)),
			Usual: c.wholeReading(c.beyond(variants[usual][0], variants[odd][0]), variants[usual], usualShown),
			Odd:   c.wholeReading(c.beyond(variants[odd][0], variants[usual][0]), variants[odd], len(variants[odd])),
		})
	}
	return list
}

func (c *corpus) wholeReading(as string, sentences []int, most int) Reading {
	r := Reading{As: as, Count: len(sentences)}
	for _, i := range sentences[:min(most, len(sentences))] {
		r.Places = append(r.Places, c.sentences[i].whole())
	}
	return r
}

// signature is a line for each entity, sorted: label and fragments.
func signature(a corpora.Annotated) []string {
	var lines []string
	for _, e := range a.Entities {
		lines = append(lines, fmt.Sprintf("%q %v", e.Label, e.Fragments))
	}
	slices.Sort(lines)
	return lines
}

// beyond lists the entities that one of two equal sentences has and the other has not.
func (c *corpus) beyond(one, other int) string {
	a, b := c.sentences[one].Annotated, signature(c.sentences[other].Annotated)
	var parts []string
	for _, e := range a.Entities {
		own := signature(corpora.Annotated{Entities: []corpora.Entity{e}})[0]
		if !slices.Contains(b, own) {
			parts = append(parts, fmt.Sprintf("%s: %s", e.Label, e.Surface(a.Text)))
		}
	}
	if len(parts) == 0 {
		return "without these"
	}
	return strings.Join(parts, "; ")
}
