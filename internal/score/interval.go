package score

// Ratio is one document's part of a share: Hit out of Of.
type Ratio struct{ Hit, Of float64 }

// RatioInterval is the percentile bootstrap interval over documents of sum(Hit) / sum(Of), 0 where nothing can be
// hit. o must be valid. Figures over as many documents, by the same options, share their draws with each other
// and with Intervals. Without documents it is zero.
func RatioInterval(docs []Ratio, o Options) Interval {
	return bootstrap(docs, o, func(drawn func(use func(Ratio))) float64 {
		var sum Ratio
		drawn(func(r Ratio) {
			sum.Hit += r.Hit
			sum.Of += r.Of
		})
		return ratio(sum.Hit, sum.Of)
	})
}

// CountsInterval is the same for the F1 of the documents' counts.
func CountsInterval(docs []Counts, o Options) Interval {
	return bootstrap(docs, o, func(drawn func(use func(Counts))) float64 {
		var sum Counts
		drawn(sum.Add)
		return sum.f1()
	})
}

// bootstrap collects a figure of each drawn collection.
func bootstrap[T any](docs []T, o Options, figure func(drawn func(use func(T))) float64) Interval {
	var samples []float64
	resample(len(docs), o, func(draw []int) {
		samples = append(samples, figure(func(use func(T)) {
			for _, d := range draw {
				use(docs[d])
			}
		}))
	})
	return interval(samples, o.Level)
}
