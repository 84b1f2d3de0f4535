package link

import "math"

// model weighs features. none is the score of having no concept.
type model struct {
	weights features
	none    float64
}

func exp(x float64) float64 { return math.Exp(x) }

var fitted = model{none: 1, weights: features{
	annotated: 8, annotatedLog: 0.3, named: 5, related: 3, formAnnotated: 6, formNamed: 4, misspelled: 3, longAnnotated: 7, longNamed: 5, longForm: 4,
	nearName: 3, nearMention: 3, nearShare: 1, inside: 2, insideEnd: 1, around: 1, aroundWords: 1,
}}
