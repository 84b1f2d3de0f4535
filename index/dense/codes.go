package dense

import (
	"math"
	"unsafe"

	"github.com/ragner/ragner/index/mapped"
)

// strideOf is the number of codes of a row, padded with zeros to a multiple of a cache line.
func strideOf(dimensions int) int { return (dimensions + 63) / 64 * 64 }

// codeFile holds rows in eight bits: all rows' codes, then all scales, then all residuals.
type codeFile struct {
	section
	stride    int
	codes     []int8    // len * stride
	scales    []float32 // by row: a value is about its code times the scale; 0 says that all values are zero
	residuals []float32 // by row: at least the Euclidean length of what the codes miss
}

func readCodes(path string, file *mapped.File) (codeFile, error) {
	s, err := readSection(path, file, codeMagic, func(dimensions int) int { return strideOf(dimensions) + 8 })
	c := codeFile{section: s, stride: strideOf(s.dimensions)}
	if err != nil || s.len == 0 {
		return c, err
	}
	body := s.file.Bytes[headerSize:]
	n := s.len * c.stride
	c.codes = unsafe.Slice((*int8)(unsafe.Pointer(&body[0])), n)
	c.scales, c.residuals = floats(body[n:n+4*s.len]), floats(body[n+4*s.len:])
	return c, nil
}

// checkRows compares all that belongs to the rows from first to end with its checksums.
func (c *codeFile) checkRows(first, end int) error {
	scales := headerSize + c.len*c.stride
	residuals := scales + 4*c.len
	if err := c.check(headerSize+first*c.stride, headerSize+end*c.stride); err != nil {
		return err
	}
	if err := c.check(scales+4*first, scales+4*end); err != nil {
		return err
	}
	return c.check(residuals+4*first, residuals+4*end)
}

// quantizeRow fills codes with a row of length 1 (or all zero) in steps of scale, the same on every machine: each
// operation is rounded to double precision by itself.
func quantizeRow(row []float32, codes []int8) (scale, residual float32) {
	clear(codes)
	var largest float64
	for _, x := range row {
		largest = max(largest, math.Abs(float64(x)))
	}
	if largest == 0 {
		return 0, 0
	}
	scale = float32(largest / 127)
	var sum float64
	for i, x := range row {
		code := math.RoundToEven(float64(x) / float64(scale)) // at most 127: scale is as good as exact
		codes[i] = int8(code)
		missed := float64(x) - float64(float64(scale)*code)
		sum += float64(missed * missed)
	}
	return scale, roundUp(math.Sqrt(sum), len(row))
}

// roundUp is a float32 no less than the exact value of which length is the root of a sum of so many squares, in
// double precision: that is off by at most (terms+4)/2 units of 2^-53.
func roundUp(length float64, terms int) float32 {
	up := length * (1 + float64(terms+8)/(1<<52))
	if single := float32(up); float64(single) >= up {
		return single
	}
	return math.Nextafter32(float32(up), math.MaxFloat32)
}
