package corpora

import "strings"

// maxTokens is the length beyond which a sentence is cut; cutFrom the least length of a piece.
const (
	maxTokens = 200
	cutFrom   = 80
)

// cutLong gives the pieces of a sentence as ranges of its tokens: one, unless it is over-long.
func cutLong(text string, tokens []Token) []Fragment {
	var pieces []Fragment
	start := 0
	for len(tokens)-start > maxTokens {
		cut := bestCut(text, tokens, start+cutFrom, min(start+maxTokens, len(tokens)-1))
		pieces = append(pieces, Fragment{start, cut})
		start = cut
	}
	return append(pieces, Fragment{start, len(tokens)})
}

// bestCut is the token in (low, high] before which a cut harms least, the last among equals.
func bestCut(text string, tokens []Token, low, high int) int {
	best, bestValue := high, -1
	for i := high; i > low; i-- {
		if value := cutValue(text, tokens[i-1], tokens[i]); value > bestValue {
			best, bestValue = i, value
		}
	}
	return best
}

// cutValue rates a cut between two neighbouring tokens.
func cutValue(text string, left, right Token) int {
	gap := text[left.End:right.Start]
	switch {
	case strings.ContainsAny(gap, "\r\n"):
		return 4
	case gap == "":
		return 0
	}
	switch text[left.Start:left.End] {
	case ";", ".", "!", "?", "|":
		return 3
	case ",", ":", ")":
		return 2
	}
	return 1
}
