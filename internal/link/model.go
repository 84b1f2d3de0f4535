package link

import "math"

// model weighs features. none is the score of having no concept.
type model struct {
	weights features
	none    float64
}

func exp(x float64) float64 { return math.Exp(x) }

var fitted = model{none: 4.41, weights: features{
	annotated: 9.27, annotatedLog: 0.74, otherwise: 2.59, named: 6.31, related: 3.87,
	formAnnotated: 6.64, formNamed: 3.23, misspelled: 3.27, longAnnotated: 5.82, longNamed: 3.34,
	longForm: 1.29, doubted: 2.19, manyIDs: -1.54, parent: -0.04, foreign: -7.83,
	direct: 1.50, derived: 4.99, nearName: 2.19, nearNameCovered: -1.21, nearNameUsed: 2.65,
	nearMention: 3.71, nearMentionCovered: 1.41, nearMentionUsed: 0.02, nearBoth: -3.40, nearShare: 0.45,
	inside: 1.10, insideEnd: -0.41, around: 2.07, aroundWords: 1.54, aroundInside: -0.72,
	beside: 6.64,
}}
