package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed peers.py
var peersScript string

// python is a running interpreter with the peers of that language, which measures itself: a line with a task in, a
// line with the milliseconds of every query out.
type python struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// pythonPeers are bm25s and faiss over the same sentences and vectors.
func pythonPeers(ctx context.Context, o options, dir string, data texts, ours *engine, vectors [][]float32) ([]contestant, func() error, error) {
	if err := writePeerData(dir, data, ours, vectors); err != nil {
		return nil, nothing, err
	}
	p, err := startPython(ctx, o.python, dir)
	if err != nil {
		return nil, nothing, err
	}
	tasks, err := p.ask("tasks")
	if err != nil {
		return nil, p.stop, err
	}
	var names [][2]string
	if err := json.Unmarshal(tasks, &names); err != nil {
		return nil, p.stop, err
	}
	var list []contestant
	for _, name := range names {
		list = append(list, contestant{name[0], name[1], func(_ context.Context, queries []int) ([]float64, error) {
			line, err := p.ask(name[1])
			if err != nil {
				return nil, err
			}
			var times []float64
			return times, json.Unmarshal(line, &times)
		}})
	}
	return list, p.stop, nil
}

func startPython(ctx context.Context, interpreter, dir string) (*python, error) {
	cmd := exec.CommandContext(ctx, interpreter, "-c", peersScript, dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	scanner := bufio.NewScanner(out)
	scanner.Buffer(nil, 16<<20)
	return &python{cmd, in, scanner}, cmd.Start()
}

func (p *python) ask(task string) ([]byte, error) {
	if _, err := fmt.Fprintln(p.in, task); err != nil {
		return nil, err
	}
	if !p.out.Scan() {
		return nil, errors.Join(fmt.Errorf("the Python peers gave no answer to %q", task), p.out.Err())
	}
	return p.out.Bytes(), nil
}

// stop ends the interpreter by the end of its input.
func (p *python) stop() error { return errors.Join(p.in.Close(), p.cmd.Wait()) }

// writePeerData writes texts.txt and queries.txt, a line each, and vectors.f32 and queries.f32, row after row.
func writePeerData(dir string, data texts, ours *engine, vectors [][]float32) error {
	sentences := ours.index.Sentences()
	lines, rows := make([]string, sentences.Len()), make([][]float32, sentences.Len())
	for row := range lines {
		lines[row], rows[row] = oneLine(sentences.Text(row)), sentences.Vector(row)
	}
	queries := make([]string, len(data.queries))
	for i, q := range data.queries {
		queries[i] = oneLine(q)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "texts.txt"), []byte(strings.Join(lines, "\n")), 0o600),
		os.WriteFile(filepath.Join(dir, "queries.txt"), []byte(strings.Join(queries, "\n")), 0o600),
		writeVectors(filepath.Join(dir, "vectors.f32"), rows),
		writeVectors(filepath.Join(dir, "queries.f32"), vectors),
	)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func writeVectors(path string, rows [][]float32) error {
	var out []byte
	for _, row := range rows {
		for _, x := range row {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
		}
	}
	return os.WriteFile(path, out, 0o600)
}
