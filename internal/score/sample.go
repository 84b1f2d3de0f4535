package score

// sample is a collection of documents by their counts. Most documents share theirs with many others, so that a number
// for each is enough, and a drawn collection is added up kind by kind.
type sample struct {
	tallies []Tally
	at      map[Tally]uint32
	kinds   []uint32 // of each document: the place of its counts in tallies
}

func newSample() sample { return sample{at: map[Tally]uint32{}} }

func (s *sample) add(t Tally) {
	kind, known := s.at[t]
	if !known {
		kind = uint32(len(s.tallies))
		s.tallies, s.at[t] = append(s.tallies, t), kind
	}
	s.kinds = append(s.kinds, kind)
}

// sum adds up the counts, each as often as times says. Counts are multiples of ½, so that this is exact, as long as
// they are below 2^52, and the order in which documents are added makes no difference.
func (s *sample) sum(times []int) Tally {
	var sum Tally
	for kind, n := range times {
		for c, counts := range s.tallies[kind] {
			by := float64(n)
			sum[c].Add(Counts{by * counts.TP, by * counts.FP, by * counts.FN})
		}
	}
	return sum
}

func (s *sample) total() Tally {
	times := make([]int, len(s.tallies))
	for _, kind := range s.kinds {
		times[kind]++
	}
	return s.sum(times)
}

// intervals is what Intervals gives for these documents.
func (s *sample) intervals(o Options) [criteria]Interval {
	var samples [criteria][]float64
	times := make([]int, len(s.tallies))
	resample(len(s.kinds), o, func(draw []int) {
		clear(times)
		for _, d := range draw {
			times[s.kinds[d]]++
		}
		for c, counts := range s.sum(times) {
			samples[c] = append(samples[c], counts.f1())
		}
	})
	var out [criteria]Interval
	for c := range out {
		out[c] = interval(samples[c], o.Level)
	}
	return out
}
