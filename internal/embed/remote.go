package embed

import (
	"context"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// protocol is one server's way to ask for vectors.
type protocol struct {
	path  string
	body  func(texts []string) any
	parse func(a *endpoint.Answer, count int) ([]vector, error)
}

// remote embeds by a server. Requests run concurrently, the vectors keep the order of the texts.
type remote struct {
	client   *endpoint.Client
	options  Options
	protocol protocol
	id       string
	probe    vector // of probeText
	cache    *Cache // nil: none
}

var (
	_ Embedder = (*remote)(nil)
	_ Probed   = (*remote)(nil)
)

// probeText is embedded once, when a server is first asked.
const probeText = "dimensions"

// learn asks for the vector of a word, so that a model that cannot embed is found at once. It tells the dimensions, and
// another model under the same name gives another vector.
func (e *remote) learn(ctx context.Context) error {
	vectors, err := e.request(ctx, []string{probeText})
	if err != nil {
		return err
	}
	if e.probe = vectors[0]; e.probe.zero() {
		return endpoint.Errorf(endpoint.BadAnswer, "the embedding of a word is empty or all zeros: is %s a model for embeddings?", e.id)
	}
	e.client.Try(func() endpoint.Call { return e.call([]string{probeText}, new([]vector)) })
	return nil
}

func (e *remote) Dimensions() int { return len(e.probe) }

func (e *remote) ID() string { return e.id }

// Probe implements Probed.
func (e *remote) Probe() []float32 { return e.probe }

// Embed sends the texts in batches. Blank texts are not sent; theirs is the zero vector. Neither are texts whose
// vectors the cache has; it gets each vector as soon as it has come.
func (e *remote) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	texts = e.options.clip(texts)
	vectors := make([][]float32, len(texts))
	var send []int
	for i, text := range texts {
		switch {
		case strings.TrimSpace(text) == "":
			vectors[i] = make([]float32, e.Dimensions())
		case e.cache != nil:
			vectors[i] = e.cache.look(e, text)
		}
		if vectors[i] == nil {
			send = append(send, i)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(e.options.Concurrency)
	for len(send) > 0 {
		n := e.options.batchSize(texts, send)
		batch := send[:n]
		send = send[n:]
		group.Go(func() error { return e.fill(ctx, vectors, texts, batch) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return vectors, nil
}

// fill embeds the texts at the places of batch.
func (e *remote) fill(ctx context.Context, vectors [][]float32, texts []string, batch []int) error {
	asked := make([]string, len(batch))
	for i, at := range batch {
		asked[i] = texts[at]
	}
	got, err := e.ask(ctx, asked)
	if err != nil {
		return err
	}
	zeros := 0
	for i, v := range got {
		if v.zero() {
			zeros++
		}
		vectors[batch[i]] = v
	}
	if zeros == len(got) && zeros >= manyZeros {
		return endpoint.Errorf(endpoint.BadAnswer, "all of %d embeddings are zero: the model is broken", zeros)
	}
	if e.cache == nil {
		return nil
	}
	return e.cache.keep(e, asked, got)
}

// manyZeros is how many vectors of a request, all of them, must be zero to be a fault of the model. A table of words
// gives zeros for a text of which it knows no word; such a text is found by its words alone.
const manyZeros = 8

// request asks for the vectors of texts, of length 1 each or all zero.
func (e *remote) request(ctx context.Context, texts []string) ([]vector, error) {
	var vectors []vector
	err := e.client.Do(ctx, e.call(texts, &vectors))
	return vectors, err
}

// call checks within each attempt what came: a server that restarts may answer one request wrongly and the next one well.
func (e *remote) call(texts []string, vectors *[]vector) endpoint.Call {
	return endpoint.Call{
		Path: e.protocol.path, Body: e.protocol.body(texts), Timeout: e.options.Timeout, Private: texts,
		Most: mostAnswer + mostPerVector*int64(len(texts)),
		Read: func(a *endpoint.Answer) (err error) {
			if *vectors, err = e.protocol.parse(a, len(texts)); err != nil {
				return err
			}
			return e.check(*vectors, len(texts))
		},
	}
}

// The bytes that an answer may have: a vector of 16,384 values with all their digits, and something around them.
const mostAnswer, mostPerVector = 1 << 20, 512 << 10

// check makes vectors of length 1 of what came, or says why they are none.
func (e *remote) check(vectors []vector, texts int) error {
	if len(vectors) != texts {
		return notVectors("%d embeddings came for %d texts", len(vectors), texts)
	}
	for _, v := range vectors {
		if err := v.unit(); err != nil {
			return err
		}
		if e.Dimensions() > 0 && len(v) != e.Dimensions() {
			return notVectors("an embedding has %d dimensions, the first had %d", len(v), e.Dimensions())
		}
	}
	return nil
}

// notVectors is an error after which another attempt may help.
func notVectors(format string, args ...any) error {
	failed := endpoint.Errorf(endpoint.BadAnswer, format, args...)
	failed.Again = true
	return failed
}
