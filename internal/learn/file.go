package learn

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"github.com/cespare/xxhash/v2"
)

// The file: magic, u32 version, u32 length of a JSON header, the header (groups, sizes), the table's cells, for each group
// the number of weights of each attribute (u16), their tags (u16) and values (i16), and the weights between tags (f32);
// last the XXH64 of all before. Little endian.
const fileMagic = "RLM1"

type header struct {
	Attributes int      `json:"attributes"`
	Cells      int      `json:"cells"`
	Groups     []*group `json:"groups"`
	Weights    []int    `json:"weights"` // by group
	Held       held     `json:"held"`
}

// Encode is the content of the model's file.
func (m *Model) encode() []byte {
	h := header{Attributes: m.hashes.count, Cells: len(m.hashes.cells), Groups: m.groups, Held: m.held}
	for _, g := range m.groups {
		h.Weights = append(h.Weights, len(g.weights))
	}
	text, err := json.Marshal(h)
	if err != nil {
		panic(err) // numbers and names only
	}
	out := append([]byte(fileMagic), 0, 0, 0, 0, 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(out[4:], Version)
	binary.LittleEndian.PutUint32(out[8:], uint32(len(text)))
	out = append(out, text...)
	for _, c := range m.hashes.cells {
		out = binary.LittleEndian.AppendUint32(out, c.check)
		out = binary.LittleEndian.AppendUint32(out, c.number)
	}
	for _, g := range m.groups {
		out = g.encode(out)
	}
	return binary.LittleEndian.AppendUint64(out, xxhash.Sum64(out))
}

func (g *group) encode(out []byte) []byte {
	for a := range len(g.from) - 1 {
		out = binary.LittleEndian.AppendUint16(out, uint16(g.from[a+1]-g.from[a]))
	}
	for _, tag := range g.tags {
		out = binary.LittleEndian.AppendUint16(out, tag)
	}
	for _, w := range g.weights {
		out = binary.LittleEndian.AppendUint16(out, uint16(w))
	}
	for _, s := range g.steps {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(s)))
	}
	return out
}

// Read reads a model from its file's content. The error wraps ErrVersion or ErrDamaged.
func Read(data []byte) (*Model, error) {
	const fixed, sum = 12, 8
	if len(data) < fixed+sum || string(data[:4]) != fileMagic {
		return nil, fmt.Errorf("%w: it has no %s header", ErrDamaged, fileMagic)
	}
	if v := binary.LittleEndian.Uint32(data[4:]); v != Version {
		return nil, fmt.Errorf("%w (%d, this program has %d); build the index anew", ErrVersion, v, Version)
	}
	end := len(data) - sum
	if xxhash.Sum64(data[:end]) != binary.LittleEndian.Uint64(data[end:]) {
		return nil, fmt.Errorf("%w: its checksum differs", ErrDamaged)
	}
	m, err := decode(data[fixed:end], int(binary.LittleEndian.Uint32(data[8:])))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return m, nil
}

// decode reads header and sections. It stands any content.
func decode(data []byte, text int) (*Model, error) {
	if text < 0 || text > len(data) {
		return nil, fmt.Errorf("a header of %d bytes in %d", text, len(data))
	}
	var h header
	if err := json.Unmarshal(data[:text], &h); err != nil {
		return nil, err
	}
	if err := h.check(len(data) - text); err != nil {
		return nil, err
	}
	s := sections{data[text:]}
	m := &Model{hashes: table{make([]cell, h.Cells), h.Attributes}, groups: h.Groups, held: h.Held}
	for i := range m.hashes.cells {
		c := cell{s.u32(), s.u32()}
		if int(c.number) > h.Attributes {
			return nil, fmt.Errorf("cell %d names attribute %d of %d", i, c.number, h.Attributes)
		}
		m.hashes.cells[i] = c
	}
	for i, g := range m.groups {
		if err := g.decode(&s, h.Attributes, h.Weights[i]); err != nil {
			return nil, fmt.Errorf("group %d: %w", i, err)
		}
	}
	return m, m.hashes.check()
}

// check compares the sizes that the header states with the bytes that follow it.
func (h header) check(left int) error {
	if h.Attributes < 0 || h.Cells < 2 || h.Cells > left || h.Cells&(h.Cells-1) != 0 || h.Attributes >= h.Cells || len(h.Weights) != len(h.Groups) {
		return fmt.Errorf("%d attributes in %d cells, %d groups of weights", h.Attributes, h.Cells, len(h.Weights))
	}
	want := 8 * h.Cells
	for i, g := range h.Groups {
		if g == nil || len(g.Labels) == 0 || len(g.Labels) > mostLabels || h.Weights[i] < 0 || h.Weights[i] > left {
			return fmt.Errorf("group %d has no labels, or too many", i)
		}
		if !finite(g.Scale) || !finite(g.Threshold) || !g.Calibration.valid() {
			return fmt.Errorf("group %d has a value that is no number", i)
		}
		if err := g.Agreement.Validate(supports); len(g.Agreement) > 0 && err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
		g.layout = newLayout(len(g.Labels))
		want += 2*h.Attributes + 4*h.Weights[i] + 4*g.layout.steps()
	}
	if want != left {
		return fmt.Errorf("%d bytes of sections, the header states %d", left, want)
	}
	return nil
}

// mostLabels is as many as have tags of 16 bits.
const mostLabels = (math.MaxUint16 - 1) / tagsLabel

// check makes sure that a search for an unknown attribute ends.
func (t table) check() error {
	free := 0
	for _, c := range t.cells {
		if c.number == 0 {
			free++
		}
	}
	if free == 0 {
		return fmt.Errorf("none of %d cells is free", len(t.cells))
	}
	return nil
}

func (g *group) decode(s *sections, attributes, weights int) error {
	g.from = make([]uint32, attributes+1)
	for a := range attributes {
		g.from[a+1] = g.from[a] + uint32(s.u16())
	}
	if int(g.from[attributes]) != weights {
		return fmt.Errorf("%d weights, the attributes have %d", weights, g.from[attributes])
	}
	g.tags, g.weights = make([]uint16, weights), make([]int16, weights)
	for i := range g.tags {
		if g.tags[i] = s.u16(); int(g.tags[i]) >= g.layout.tags() {
			return fmt.Errorf("weight %d is of tag %d of %d", i, g.tags[i], g.layout.tags())
		}
	}
	for i := range g.weights {
		g.weights[i] = int16(s.u16())
	}
	g.steps = make([]float64, g.layout.steps())
	for i := range g.steps {
		if g.steps[i] = float64(math.Float32frombits(s.u32())); !finite(g.steps[i]) {
			return fmt.Errorf("step %d is no number", i)
		}
	}
	return nil
}

// sections are bytes whose length was checked.
type sections struct{ data []byte }

func (s *sections) u16() uint16 {
	v := binary.LittleEndian.Uint16(s.data)
	s.data = s.data[2:]
	return v
}

func (s *sections) u32() uint32 {
	v := binary.LittleEndian.Uint32(s.data)
	s.data = s.data[4:]
	return v
}
