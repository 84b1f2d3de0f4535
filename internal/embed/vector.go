package embed

import (
	"bytes"
	"encoding/json"
	"math"
)

// vector is an embedding in a JSON answer.
type vector []float32

// UnmarshalJSON refuses null among the numbers, which some servers write for NaN and Go would read as 0.
func (v *vector) UnmarshalJSON(data []byte) error {
	if bytes.Contains(data, []byte("null")) {
		return notVectors("an embedding holds null in the place of a number")
	}
	if err := json.Unmarshal(data, (*[]float32)(v)); err != nil {
		return notVectors("an embedding is not a list of float32 numbers")
	}
	return nil
}

// unit brings v to length 1. Squares of finite numbers may overflow, so the sum is of float64.
func (v vector) unit() error {
	for _, x := range v {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return notVectors("an embedding holds a number that is not finite")
		}
	}
	normalize(v)
	return nil
}

func (v vector) zero() bool {
	for _, x := range v {
		if x != 0 {
			return false
		}
	}
	return true
}
