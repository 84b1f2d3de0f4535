package brat

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

// parsed is the content of an .ann file.
type parsed struct {
	mentions    []standoff.Mention
	byID        map[string]int // the first mention with an id
	norms       []norm
	predictions map[string]prediction
	note        documentNote
	leftOut     corpora.Loss
	problems    []standoff.Problem
	label       string // of every mention, when the user gives one
}

// norm is an N line; it may come before its T line.
type norm struct{ target, concept string }

var (
	errShape   = errors.New("it is not \"id, tab, type and offsets, tab, text\"")
	errOffsets = errors.New("its offsets are not pairs of numbers")
	errKind    = errors.New("it begins with none of brat's kinds: T, R, E, A, M, N, # and *")
)

func parse(r *bufio.Reader, label string) (*parsed, error) {
	p := &parsed{byID: map[string]int{}, predictions: map[string]prediction{}, leftOut: corpora.Loss{}, label: label}
	for number := 1; ; number++ {
		line, err := r.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if content := strings.TrimRight(line, "\r\n"); strings.TrimSpace(content) != "" {
			if bad := p.line(number, content); bad != nil {
				p.problems = append(p.problems, standoff.Problem{Line: number, Err: bad})
			}
		}
		if errors.Is(err, io.EOF) {
			p.applyNorms()
			p.applyPredictions()
			return p, nil
		}
	}
}

// line takes one line, by the letter it begins with.
func (p *parsed) line(number int, line string) error {
	switch line[0] {
	case 'T':
		return p.textBound(number, line)
	case 'N':
		return p.normalization(line)
	case '#':
		p.comment(line)
	case 'R':
		p.leftOut.Add("relations", 1)
	case 'E':
		p.leftOut.Add("events", 1)
	case 'A', 'M':
		p.leftOut.Add("attributes", 1)
	case '*':
		p.leftOut.Add("equivalences", 1)
	default:
		return errKind
	}
	return nil
}

// textBound takes "T1<tab>Label 0 5;10 15<tab>surface". The label may have any character but white space.
func (p *parsed) textBound(number int, line string) error {
	columns := strings.SplitN(line, "\t", 3)
	if len(columns) < 2 {
		return fmt.Errorf("annotation: %w", errShape)
	}
	label, offsets, ok := strings.Cut(strings.TrimSpace(columns[1]), " ")
	if !ok {
		return fmt.Errorf("annotation %s: %w", columns[0], errShape)
	}
	m := standoff.Mention{Line: number, ID: columns[0], Label: label}
	if p.label != "" {
		m.Label = p.label
	}
	if len(columns) == 3 {
		m.Surface = columns[2]
	}
	for pair := range strings.SplitSeq(offsets, ";") {
		span, err := parseSpan(pair)
		if err != nil {
			return fmt.Errorf("annotation %s: %w", m.ID, err)
		}
		m.Spans = append(m.Spans, span)
	}
	if _, twice := p.byID[m.ID]; !twice {
		p.byID[m.ID] = len(p.mentions)
	}
	p.mentions = append(p.mentions, m)
	return nil
}

func parseSpan(s string) (standoff.Span, error) {
	fields := strings.Fields(s)
	if len(fields) != 2 {
		return standoff.Span{}, errOffsets
	}
	start, errStart := strconv.Atoi(fields[0])
	end, errEnd := strconv.Atoi(fields[1])
	if errStart != nil || errEnd != nil {
		return standoff.Span{}, errOffsets
	}
	return standoff.Span{Start: start, End: end}, nil
}

// normalization takes "N1<tab>Reference T1 DOID:1485<tab>cystic fibrosis"; the name at its end is optional.
func (p *parsed) normalization(line string) error {
	columns := strings.Split(line, "\t")
	if len(columns) < 2 {
		return fmt.Errorf("normalization: %w", errShape)
	}
	fields := strings.SplitN(columns[1], " ", 3)
	if len(fields) < 3 || strings.TrimSpace(fields[2]) == "" {
		return fmt.Errorf("normalization %s: it is not \"Reference, target, id\"", columns[0])
	}
	p.norms = append(p.norms, norm{fields[1], strings.TrimSpace(fields[2])})
	return nil
}

// applyNorms gives each concept to its mention. Those of other annotations, such as events, are counted.
func (p *parsed) applyNorms() {
	for _, n := range p.norms {
		i, ok := p.byID[n.target]
		if !ok {
			p.leftOut.Add("normalizations", 1)
			continue
		}
		p.mentions[i].Concepts = append(p.mentions[i].Concepts, standoff.Concept(n.concept))
	}
}
