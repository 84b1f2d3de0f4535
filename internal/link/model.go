package link

import "math"

// model weighs features. none is the score of having no concept.
type model struct {
	weights features
	none    float64
}

func exp(x float64) float64 { return math.Exp(x) }

var fitted = model{none: 3.89, weights: features{
	annotated: 7.49, annotatedLog: 0.88, otherwise: 2.51, named: 4.20, related: 2.67,
	formAnnotated: 4.76, formNamed: 2.48, misspelled: 1.56, longAnnotated: 3.07, longNamed: -0.19,
	longForm: 0.77, doubted: 3.13, manyIDs: -0.83, parent: 0.20, foreign: -6.21,
	direct: 2.98, derived: 3.09, nearName: 3.02, nearNameCovered: -0.34, nearNameUsed: 0.88,
	nearMention: 2.82, nearMentionCovered: 1.50, nearMentionUsed: 0.31, nearBoth: -2.63, nearShare: 0.10,
	inside: 1.74, insideEnd: -0.79, around: 2.09, aroundWords: 0.47, aroundInside: -0.87,
	beside: 2.62,
}}
