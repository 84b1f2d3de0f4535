// Check-retrieval writes what check_retrieval.py compares: a collection's tokens and vectors, queries, and the hits that
// ragner's own search gives them. See docs/design.md, Exactness.
//
//	check-retrieval -i INDEX -o DIR [-collection sentences] [-queries 200] [-k 20] [-text FILE]
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/internal/embed"
)

type options struct {
	index, out, collection, text string
	queries, k                   int
}

func main() {
	var o options
	flag.StringVar(&o.index, "i", "", "folder of the index")
	flag.StringVar(&o.out, "o", "", "folder to write to; it must exist")
	flag.StringVar(&o.collection, "collection", "sentences", "sentences, passages or names")
	flag.StringVar(&o.text, "text", "", "file of queries, a line each, besides rows of the index")
	flag.IntVar(&o.queries, "queries", 200, "rows whose texts are queries, evenly drawn")
	flag.IntVar(&o.k, "k", 20, "hits of a query")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "check-retrieval:", err)
		os.Exit(1)
	}
}

// run opens index and embedder and writes all files.
func run(ctx context.Context, o options) error {
	x, err := index.Open(o.index, index.OpenOptions{Verify: true})
	if err != nil {
		return err
	}
	defer func() { _ = x.Close() }()
	rows := map[string]*index.Collection{"sentences": x.Sentences(), "passages": x.Passages(), "names": x.Terms()}[o.collection]
	if rows == nil {
		return fmt.Errorf("no collection %q", o.collection)
	}
	d := dump{dir: o.out, k: o.k, rows: rows}
	if name := x.Manifest().Embedder.Name; name != "" {
		if d.embedder, err = ragner.NewEmbedder(ctx, name, ragner.Defaults()); err != nil {
			return err
		}
	}
	if d.texts, err = queryTexts(rows, o); err != nil {
		return err
	}
	return errors.Join(d.lexical(), d.dense(ctx), x.Err())
}

// queryTexts are rows of the index as they are, of some of them a word, a part, and all words thrice, texts of unknown
// words and of none, and the lines of a file.
func queryTexts(rows *index.Collection, o options) ([]string, error) {
	texts := []string{"zzqqx unknownword", "", "?!", "\x00", strings.Repeat("the of and in ", 300)}
	n := min(o.queries, rows.Len())
	for i := range n {
		text := rows.Text(i * rows.Len() / n)
		words := strings.Fields(text)
		switch {
		case i%10 == 1 && len(words) > 0:
			text = words[len(words)/2]
		case i%10 == 2:
			text = strings.Join(words[:len(words)/2], " ") + " zzqqx"
		case i%10 == 3:
			text = strings.Join([]string{text, text, text}, " ")
		}
		texts = append(texts, text)
	}
	if o.text == "" {
		return texts, nil
	}
	data, err := os.ReadFile(o.text)
	for line := range strings.Lines(string(data)) {
		texts = append(texts, strings.TrimSpace(line))
	}
	return texts, err
}

// dump writes the files of one collection.
type dump struct {
	dir      string
	k        int
	rows     *index.Collection
	texts    []string
	embedder embed.Embedder // nil: no vectors
}

// answer is the hits of one query. Keys are short: there are very many.
type answer struct {
	Query  int       `json:"query"`
	K1     float64   `json:"k1"`
	B      float64   `json:"b"`
	Rows   []int     `json:"rows"`
	Scores []float64 `json:"scores"`
}

func (a *answer) take(hits []index.Hit) {
	a.Rows, a.Scores = []int{}, []float64{}
	for _, h := range hits {
		a.Rows, a.Scores = append(a.Rows, h.Row), append(a.Scores, h.Score)
	}
}

// parameters are Lucene's, those at the ends of the range, and some that others use.
var parameters = []lexical.Parameters{lexical.Default, {K1: 0.9, B: 0.4}, {K1: 2, B: 1}, {K1: 1.5, B: 0}, {K1: 0, B: 0.75}}

func (d dump) lexical() error {
	var tokens, queries, hits []any
	for row := range d.rows.Len() {
		tokens = append(tokens, index.Analyze(d.rows.Text(row)))
	}
	for i, text := range d.texts {
		words := index.Analyze(text)
		queries = append(queries, words)
		for _, p := range parameters {
			a := answer{Query: i, K1: p.K1, B: p.B}
			a.take(d.rows.Lexical(lexical.Query{Tokens: words, K: d.k, Parameters: &p}))
			hits = append(hits, a)
		}
	}
	return errors.Join(d.lines("tokens.jsonl", tokens), d.lines("queries.jsonl", queries), d.lines("lexical.jsonl", hits))
}

// dense writes the vectors of record, the embedder's own, and the hits of the queries' vectors.
func (d dump) dense(ctx context.Context) error {
	if d.embedder == nil {
		return nil
	}
	var stored [][]float32
	texts := make([]string, d.rows.Len())
	for row := range texts {
		texts[row] = d.rows.Text(row)
		stored = append(stored, d.rows.Vector(row))
	}
	own, err := d.embedder.Embed(ctx, texts)
	if err != nil {
		return err
	}
	queries, err := d.embedder.Embed(ctx, d.texts)
	if err != nil {
		return err
	}
	var hits []any
	for i, q := range queries {
		a := answer{Query: i}
		a.take(d.rows.Nearest(q, d.k, nil))
		hits = append(hits, a)
	}
	return errors.Join(
		d.floats("stored.f32", stored), d.floats("own.f32", own), d.floats("queries.f32", queries), d.lines("dense.jsonl", hits))
}

// lines writes a JSON value a line.
func (d dump) lines(name string, values []any) error {
	return d.write(name, func(w *bufio.Writer) error {
		e := json.NewEncoder(w)
		for _, v := range values {
			if err := e.Encode(v); err != nil {
				return err
			}
		}
		return nil
	})
}

// floats writes row after row, little-endian.
func (d dump) floats(name string, rows [][]float32) error {
	return d.write(name, func(w *bufio.Writer) error {
		for _, row := range rows {
			if err := binary.Write(w, binary.LittleEndian, row); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d dump) write(name string, fill func(*bufio.Writer) error) error {
	f, err := os.Create(filepath.Join(d.dir, name))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(fill(w), w.Flush(), f.Close())
}
