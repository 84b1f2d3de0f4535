package dense

// kernel sets dots[i] to the dot product of query with row i of codes, rows of len(query) codes one after another.
// len(query) is a multiple of 64 (strideOf), so that no kernel has a tail, and no sum may leave int32, in any order of additions, so that every kernel gives
// the same integers: see quantizeQuery.
type kernel struct {
	name string
	dots func(codes []int8, query []int16, dots []int32)
}

// portable is the kernel of every machine.
var portable = kernel{name: "portable", dots: dotsPortable}

// fastest is the kernel that searches use. Tests set it.
var fastest = kernels()[0]

func dotsPortable(codes []int8, query []int16, dots []int32) {
	for i := range dots {
		row := codes[i*len(query):][:len(query)]
		var a, b, c, d int32
		for j := 0; j+4 <= len(query); j += 4 {
			q, r := query[j:j+4:j+4], row[j:j+4:j+4]
			a += int32(q[0]) * int32(r[0])
			b += int32(q[1]) * int32(r[1])
			c += int32(q[2]) * int32(r[2])
			d += int32(q[3]) * int32(r[3])
		}
		dots[i] = a + b + c + d
	}
}
