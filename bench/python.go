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
// line with a round out.
type python struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// pythonPeers are bm25s, tantivy and faiss over the same sentences and vectors.
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
		list = append(list, contestant{name[0], name[1], func(context.Context, int) (r round, err error) {
			line, err := p.ask(name[1])
			if err != nil {
				return r, err
			}
			err = json.Unmarshal(line, &r)
			return r, err
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
	write := func(name string, n int, item func(w *bufio.Writer, i int)) error {
		return writeItems(filepath.Join(dir, name), n, item)
	}
	line := func(text func(i int) string) func(*bufio.Writer, int) {
		return func(w *bufio.Writer, i int) {
			if i > 0 {
				_ = w.WriteByte('\n')
			}
			_, _ = w.WriteString(oneLine(text(i)))
		}
	}
	return errors.Join(
		write("texts.txt", sentences.Len(), line(sentences.Text)),
		write("queries.txt", len(data.queries), line(func(i int) string { return data.queries[i] })),
		write("vectors.f32", sentences.Len(), func(w *bufio.Writer, i int) { writeVector(w, sentences.Vector(i)) }),
		write("queries.f32", len(vectors), func(w *bufio.Writer, i int) { writeVector(w, vectors[i]) }),
	)
}

// writeItems writes n items, one after another; the writer keeps its first error until the end.
func writeItems(path string, n int, item func(w *bufio.Writer, i int)) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<18)
	for i := range n {
		item(w, i)
	}
	return errors.Join(w.Flush(), f.Close())
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func writeVector(w *bufio.Writer, vector []float32) {
	for _, x := range vector {
		_, _ = w.Write(binary.LittleEndian.AppendUint32(w.AvailableBuffer(), math.Float32bits(x)))
	}
}
