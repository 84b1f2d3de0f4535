package learn

// eachStep calls f with the place of the weight of each step of a tag sequence.
func (y layout) eachStep(tags []uint16, f func(at int)) {
	from := y.first()
	for i, tag := range tags {
		label, part := (int(tag)-1)/tagsLabel, (int(tag)-1)%tagsLabel
		switch {
		case tag == outside:
			f(y.step(from, 0))
			from = 0
		case part == begin || part == single:
			f(y.step(from, y.state(label)))
			from = y.state(label)
		default:
			f(y.within(label, y.stepWithin(tags[i-1], part)))
		}
	}
	f(y.last(from))
}

func (y layout) stepWithin(before uint16, part int) int {
	wasBegin := (int(before)-1)%tagsLabel == begin
	switch {
	case wasBegin && part == inside:
		return beginInside
	case wasBegin:
		return beginEnd
	case part == inside:
		return insideInside
	}
	return insideEnd
}

// weigh is the weight of all steps of a tag sequence.
func (y layout) weigh(tags []uint16, steps []float64) float64 {
	sum := 0.0
	y.eachStep(tags, func(at int) { sum += steps[at] })
	return sum
}
