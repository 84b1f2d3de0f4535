package main

import (
	"bytes"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// painter wraps text in an ANSI style, or leaves it alone.
func painter(on bool) func(style, text string) string {
	return func(style, text string) string {
		if !on {
			return text
		}
		return "\x1b[" + style + "m" + text + "\x1b[0m"
	}
}

// marked is a text with its entities shown as the text format shows them, on one line.
func marked(text string, entities []corpora.Entity, colour bool) string {
	format, _ := corpora.FormatByName("text")
	var b bytes.Buffer
	w := format.NewWriter(&b, corpora.WriteOptions{Colour: colour})
	plain := make([]corpora.Entity, len(entities))
	for i, e := range entities {
		plain[i] = corpora.Entity{Label: e.Label, Fragments: e.Fragments, Score: e.Score, Status: e.Status}
	}
	if w.Write(corpora.Document{ID: "x", Text: text, Entities: plain}) != nil || w.Close() != nil {
		return text
	}
	_, body, _ := strings.Cut(b.String(), "\n")
	return strings.Join(strings.Fields(body), " ")
}
