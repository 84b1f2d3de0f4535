package dense

import "golang.org/x/sys/cpu"

// kernels lists the kernels that this machine can run, the fastest first.
func kernels() []kernel {
	var found []kernel
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VNNI {
		found = append(found, kernel{name: "avx512", dots: assembled(dotsAVX512)})
	}
	if cpu.X86.HasAVX2 {
		found = append(found, kernel{name: "avx2", dots: assembled(dotsAVX2)})
	}
	return append(found, portable)
}

// assembled checks the bounds that assembly does not.
func assembled(dots func(codes *int8, stride, rows int, query *int16, out *int32)) func([]int8, []int16, []int32) {
	return func(codes []int8, query []int16, out []int32) {
		if len(out) == 0 {
			return
		}
		_ = codes[len(out)*len(query)-1]
		dots(&codes[0], len(query), len(out), &query[0], &out[0])
	}
}

//go:noescape
func dotsAVX2(codes *int8, stride, rows int, query *int16, out *int32)

//go:noescape
func dotsAVX512(codes *int8, stride, rows int, query *int16, out *int32)
