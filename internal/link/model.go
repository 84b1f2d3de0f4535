package link

import "math"

// model weighs features. none is the score of having no concept.
type model struct {
	weights features
	none    float64
}

func exp(x float64) float64 { return math.Exp(x) }

var fitted = model{none: 3.70, weights: features{
	annotated: 8.67, annotatedLog: 0.29, otherwise: 1.37, named: 5.72, related: 1.57,
	formAnnotated: 5.15, formNamed: 2.07, misspelled: 1.50, longAnnotated: 5.97, longNamed: 2.18,
	longForm: 0.29, doubted: 2.33, manyIDs: -0.57, parent: 0.36, nearName: 3.23,
	nearNameCovered: -1.37, nearNameUsed: 0.54, nearMention: 3.40, nearMentionCovered: 1.06, nearMentionUsed: -0.16,
	nearBoth: -1.38, nearShare: 0.34, inside: 1.77, insideEnd: -1.06, around: 2.03,
	aroundWords: -0.21, aroundInside: -0.46,
}}
