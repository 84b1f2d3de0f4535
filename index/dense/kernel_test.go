package dense

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// FuzzKernels: every kernel gives the integers of the portable one, and writes no others.
func FuzzKernels(f *testing.F) {
	f.Add([]byte("some codes and some query"), uint8(9), uint8(1))
	f.Add([]byte{0x80, 0xff, 0x7f}, uint8(4), uint8(3))
	f.Fuzz(func(t *testing.T, content []byte, rows, width uint8) {
		stride := 64 * (int(width)%20 + 1)
		n := int(rows) % 40
		content = append(content, 1)
		codes, query := make([]int8, n*stride), make([]int16, stride)
		for i := range codes {
			codes[i] = int8(content[i*7%len(content)])
		}
		for i := range query {
			at := i * 5 % len(content)
			query[i] = int16(binary.LittleEndian.Uint16([]byte{content[at], content[(at+1)%len(content)]})) / 16
		}
		sameIntegers(t, codes, query, n)
	})
}

func sameIntegers(t *testing.T, codes []int8, query []int16, rows int) {
	t.Helper()
	const guard = -77
	want := make([]int32, rows)
	for i := range want {
		for j, q := range query {
			want[i] += int32(q) * int32(codes[i*len(query)+j])
		}
	}
	for _, k := range kernels() {
		got := slices.Repeat([]int32{guard}, rows+8)
		k.dots(codes, query, got[:rows])
		if !slices.Equal(got[:rows], want) {
			t.Fatalf("%s: %v, want %v", k.name, got[:rows], want)
		}
		if i := slices.IndexFunc(got[rows:], func(d int32) bool { return d != guard }); i >= 0 {
			t.Fatalf("%s wrote behind its %d rows", k.name, rows)
		}
	}
}

// TestNoSumLeavesInt32: the greatest queries that quantizeQuery makes, against the greatest codes a file can hold.
func TestNoSumLeavesInt32(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for _, dimensions := range []int{1, 64, 256, 4096, maxDimensions} {
		stride := strideOf(dimensions)
		for name, vector := range map[string][]float32{
			"equal values": slices.Repeat([]float32{1}, dimensions), "normal": random(r, dimensions), "one": append([]float32{1}, make([]float32, dimensions-1)...),
		} {
			unit, err := Normalize(vector)
			if err != nil {
				t.Fatal(err)
			}
			q := quantizeQuery(unit, stride)
			var sum int64
			codes := make([]int8, 5*stride)
			for i, value := range q.values {
				sum += 128 * int64(max(value, -value))
				for row := range 5 {
					codes[row*stride+i] = -128
					if value < 0 {
						codes[row*stride+i] = 127
					}
				}
			}
			if sum > math.MaxInt32 {
				t.Errorf("%d dimensions, %s: a sum may reach %d", dimensions, name, sum)
			}
			sameIntegers(t, codes, q.values, 5)
		}
	}
}

func TestKernelsRefuseTooFewCodes(t *testing.T) {
	for _, k := range kernels() {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s read beyond the codes", k.name)
				}
			}()
			k.dots(make([]int8, 127), make([]int16, 64), make([]int32, 2))
		}()
	}
}
