// Package dense finds the rows whose vectors are most similar to a query's, exactly: as if every row's score had
// been computed in double precision. Vectors stand in a flat file of float32 rows; beside it stands a file of the
// same rows in eight bits, which a search reads whole, with a bound of its error, so that it needs few rows of the
// other. chromem-go answers small collections, with the same results. The package does not embed texts.
package dense

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"

	"github.com/ragner/ragner/index/mapped"
)

// Files are the paths of one collection's vectors.
type Files struct {
	Vectors string // float32 rows of length 1, the vectors of record
	Codes   string // the same in eight bits, for the scan
}

// ErrDamaged says that a file of vectors or codes is not what was written.
var ErrDamaged = errors.New("damaged vectors")

// maxDimensions bounds the dimensions so that sums of products stay inside int32: see quantizeQuery.
const maxDimensions = 1 << 20

// longest is the greatest length of a vector that Normalize returns.
const longest = 1 + 1e-6

// Vectors are the rows of a pair of mapped files.
type Vectors struct {
	rows       floatFile
	codes      codeFile
	dimensions int
	len        int
	small      lazyChromem
}

// Open maps the files, without reading more than their headers. Errors about their content wrap ErrDamaged.
func Open(files Files) (*Vectors, error) {
	vectors, err := mapped.Open(files.Vectors)
	if err != nil {
		return nil, err
	}
	codes, err := mapped.Open(files.Codes)
	if err != nil {
		return nil, errors.Join(err, vectors.Close())
	}
	v, err := assemble(files, vectors, codes)
	if err != nil {
		return nil, errors.Join(err, vectors.Close(), codes.Close())
	}
	return v, nil
}

func assemble(files Files, vectors, codes *mapped.File) (v *Vectors, err error) {
	v = &Vectors{}
	if v.rows, err = readFloats(files.Vectors, vectors); err != nil {
		return nil, err
	}
	if v.codes, err = readCodes(files.Codes, codes); err != nil {
		return nil, err
	}
	v.dimensions, v.len = v.rows.dimensions, v.rows.len
	if v.codes.dimensions != v.dimensions || v.codes.len != v.len {
		return nil, fmt.Errorf("read %s: %w: other rows or dimensions than %s", files.Codes, ErrDamaged, filepath.Base(files.Vectors))
	}
	return v, nil
}

// Files are the mapped files. A Guard on them, given right after Open, makes every use of a block compare it with
// its checksum first; without one a damaged file may give wrong hits, though never a panic.
func (v *Vectors) Files() (vectors, codes *mapped.File) { return v.rows.file, v.codes.file }

// Len is the number of rows.
func (v *Vectors) Len() int { return v.len }

// Dimensions is the number of values of a row.
func (v *Vectors) Dimensions() int { return v.dimensions }

// Row is row i's vector, part of the mapped file: valid until Close, not to be written to. An error says that it is
// damaged, and wraps ErrDamaged.
func (v *Vectors) Row(i int) ([]float32, error) { return v.rows.row(i) }

// Close unmaps the files. No search may be running.
func (v *Vectors) Close() error {
	v.len = 0
	return errors.Join(v.rows.file.Close(), v.codes.file.Close())
}

// Normalize returns vector scaled to Euclidean length 1, or itself when it is that long already or all zero.
// A value that is not finite is an error.
func Normalize(vector []float32) ([]float32, error) {
	var sum float64
	for _, v := range vector {
		sum += float64(v) * float64(v)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return nil, errors.New("a vector holds a value that is not a finite number")
	}
	if sum == 0 || math.Abs(sum-1) < 1e-6 {
		return vector, nil
	}
	unit := make([]float32, len(vector))
	for i, v := range vector {
		unit[i] = float32(float64(v) / math.Sqrt(sum))
	}
	return unit, nil
}

// Dot is the dot product in double precision. Values are added up in four sums, each taking every fourth value, first
// to last, and joined as (0+1)+(2+3): a processor works on all four at once. Each product is exact, so that a fused
// multiply-add gives the same bits.
func Dot(a, b []float32) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		s0 += float64(a[0]) * float64(b[0])
		s1 += float64(a[1]) * float64(b[1])
		s2 += float64(a[2]) * float64(b[2])
		s3 += float64(a[3]) * float64(b[3])
		a, b = a[4:], b[4:]
	}
	for i, x := range a {
		s0 += float64(x) * float64(b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

func isZero(vector []float32) bool {
	for _, v := range vector {
		if v != 0 {
			return false
		}
	}
	return true
}
