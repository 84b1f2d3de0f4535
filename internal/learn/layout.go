package learn

// A chain of n tokens carries a tag each. Tag 0 is outside; label l, from 0, has four tags: begin, inside, end and
// single. What may follow what is fixed: only begin and inside go on inside a mention.
const (
	outside   = 0
	begin     = 0
	inside    = 1
	end       = 2
	single    = 3
	tagsLabel = 4
)

// layout numbers the tags of so many labels, and the weights between tags.
//
// Between mentions only labels count: the weight of a step from state x to state y, where state 0 is outside and state
// l+1 a mention with label l, depends on neither's length. So a step costs (labels+1)² and not (4·labels+1)². Where there
// are very many labels, all mentions are one state, 1, and a step costs next to nothing.
type layout struct {
	labels int
	coarse bool // all mentions are one state
}

// manyLabels is the number of labels from which on their steps are not told apart: the square of it would take more time
// than all else, and most pairs are never met.
const manyLabels = 100

func newLayout(labels int) layout { return layout{labels, labels >= manyLabels} }

// state is that of mentions with a label.
func (y layout) state(label int) int {
	if y.coarse {
		return 1
	}
	return label + 1
}

func (y layout) states() int {
	if y.coarse {
		return 2
	}
	return y.labels + 1
}

func (y layout) tags() int               { return 1 + tagsLabel*y.labels }
func (y layout) tag(label, part int) int { return 1 + tagsLabel*label + part }

// The weights between tags: steps from each state, and from the sentence's beginning, to each state; then from each
// state to the sentence's end; then for each label its four steps inside a mention.
func (y layout) steps() int { return (y.states()+1)*y.states() + y.states() + 4*y.labels }

func (y layout) step(from, to int) int { return from*y.states() + to }
func (y layout) first() int            { return y.states() } // as from
func (y layout) last(from int) int     { return (y.states()+1)*y.states() + from }
func (y layout) within(label, part int) int {
	return (y.states()+1)*y.states() + y.states() + 4*label + part
}

// The steps inside a mention.
const (
	beginInside = iota
	beginEnd
	insideInside
	insideEnd
)

// span is a mention: tokens [first, last], a label.
type span struct{ first, last, label int }

// encode gives the tags of spans that do not overlap.
func (y layout) encode(tags []uint16, spans []span) {
	for i := range tags {
		tags[i] = outside
	}
	for _, s := range spans {
		for i := s.first; i <= s.last; i++ {
			part := inside
			switch {
			case s.first == s.last:
				part = single
			case i == s.first:
				part = begin
			case i == s.last:
				part = end
			}
			tags[i] = uint16(y.tag(s.label, part))
		}
	}
}
