// Package lexical finds rows by their words: bleve's analysis chain and segment files keep the postings, an
// exact BM25 scorer of ours reads them. It is not a query language: a query is a bag of tokens.
package lexical

import (
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/ragner/ragner/corpora"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// AnalyzerName names the rules of Analyze; it changes whenever they do, and stands in the index's manifest.
const AnalyzerName = "words-nfkc-fold-1"

// maxTokenBytes bounds a term: longer ones (encoded data, runs without white space) carry no meaning of words.
const maxTokenBytes = 256

var fold = cases.Fold() // stateless

// Analyze splits text into the tokens that are indexed and searched: corpora.Tokenize, then Unicode NFKC and
// full case folding; tokens without a letter or digit are left out. Order and repetition are kept.
func Analyze(text string) []string {
	tokens := corpora.Tokenize(text)
	terms := make([]string, 0, len(tokens))
	for _, t := range tokens {
		if term, ok := analyzeToken(text[t.Start:t.End]); ok {
			terms = append(terms, term)
		}
	}
	return terms
}

func analyzeToken(token string) (string, bool) {
	if len(token) > maxTokenBytes || strings.IndexFunc(token, isWordRune) < 0 {
		return "", false
	}
	if plainLower(token) {
		return token, true
	}
	// Folding can denormalise and normalising can bring back capitals, so: NFKC, fold, NFKC, as UAX #31 says.
	term := norm.NFKC.String(fold.String(norm.NFKC.String(token)))
	return term, term != "" && len(term) <= 4*maxTokenBytes
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// plainLower reports whether token is ASCII without capitals, which Analyze leaves as it is.
func plainLower(token string) bool {
	for i := range len(token) {
		if c := token[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// tokenizer presents Analyze to bleve.
type tokenizer struct{}

var _ analysis.Tokenizer = tokenizer{}

// Tokenize implements analysis.Tokenizer; positions count from 1, offsets are not indexed and stay 0.
func (tokenizer) Tokenize(text []byte) analysis.TokenStream {
	terms := Analyze(string(text))
	stream := make(analysis.TokenStream, len(terms))
	for i, term := range terms {
		stream[i] = &analysis.Token{Term: []byte(term), Position: i + 1}
	}
	return stream
}
