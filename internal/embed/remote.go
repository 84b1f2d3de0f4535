package embed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// Options say how a server of embeddings is asked. The zero value of each is a default.
type Options struct {
	URL         string // of Parse: the server's address; "": the backend's usual local one
	Key         string // of Parse: bearer token; from the environment, never logged
	AllowRemote bool   // consent to send text to a server that is not on this machine

	Batch       int           // texts a request; 0: 64
	Concurrency int           // requests under way at once; 0: 2
	Timeout     time.Duration // of one request; 0: 2 minutes
	Retries     int           // attempts after the first; 0: 3; negative: none
	Backoff     time.Duration // before the first retry; 0: 500 ms
}

// Validate names the first option that cannot be.
func (o Options) Validate() error {
	if o.Batch < 0 || o.Concurrency < 0 || o.Timeout < 0 || o.Backoff < 0 {
		return errors.New("embedder: a size or time limit is negative")
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Batch == 0 {
		o.Batch = 64
	}
	if o.Concurrency == 0 {
		o.Concurrency = 2
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	return o
}

// protocol is one server's way to ask for vectors.
type protocol struct {
	path  string
	body  func(texts []string) any
	parse func(a *endpoint.Answer, count int) ([]vector, error)
}

// remote embeds by a server. Requests run concurrently, the vectors keep the order of the texts.
type remote struct {
	client     *endpoint.Client
	options    Options
	protocol   protocol
	id         string
	dimensions int
}

var _ Embedder = (*remote)(nil)

// open makes the client of a server.
func (o Options) open(url, key string) (*endpoint.Client, Options, error) {
	if err := o.Validate(); err != nil {
		return nil, o, err
	}
	o = o.withDefaults()
	client, err := endpoint.New(endpoint.Options{
		URL: url, Key: key, AllowRemote: o.AllowRemote,
		Retries: o.Retries, Backoff: o.Backoff, Concurrency: o.Concurrency,
	})
	return client, o, err
}

// learnDimensions asks for the vector of a word, once, so that a model that cannot embed is found at once.
func (e *remote) learnDimensions(ctx context.Context) error {
	vectors, err := e.request(ctx, []string{"dimensions"})
	if err != nil {
		return err
	}
	if len(vectors[0]) == 0 {
		return endpoint.Errorf(endpoint.BadAnswer, "the embedding is empty: is %s a model for embeddings?", e.id)
	}
	e.dimensions = len(vectors[0])
	return nil
}

func (e *remote) Dimensions() int { return e.dimensions }

func (e *remote) ID() string { return e.id }

// Embed sends the texts in batches. Blank texts are not sent; theirs is the zero vector.
func (e *remote) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	var send []int
	for i, text := range texts {
		if strings.TrimSpace(text) == "" {
			vectors[i] = make([]float32, e.dimensions)
			continue
		}
		send = append(send, i)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(e.options.Concurrency)
	for len(send) > 0 {
		batch := send[:min(e.options.Batch, len(send))]
		send = send[len(batch):]
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
	got, err := e.request(ctx, asked)
	if err != nil {
		return err
	}
	for i, v := range got {
		if len(v) != e.dimensions {
			return endpoint.Errorf(endpoint.BadAnswer, "an embedding has %d dimensions, the first had %d", len(v), e.dimensions)
		}
		vectors[batch[i]] = v
	}
	return nil
}

// request asks for the vectors of texts, of length 1 each.
func (e *remote) request(ctx context.Context, texts []string) ([]vector, error) {
	var vectors []vector
	err := e.client.Do(ctx, endpoint.Call{
		Path: e.protocol.path, Body: e.protocol.body(texts), Timeout: e.options.Timeout, Private: texts,
		Read: func(a *endpoint.Answer) (err error) {
			vectors, err = e.protocol.parse(a, len(texts))
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	if len(vectors) != len(texts) {
		return nil, endpoint.Errorf(endpoint.BadAnswer, "%d embeddings came for %d texts", len(vectors), len(texts))
	}
	for _, v := range vectors {
		if err := v.unit(); err != nil {
			return nil, err
		}
	}
	return vectors, nil
}

// vector is an embedding in a JSON answer.
type vector []float32

// UnmarshalJSON refuses null among the numbers, which some servers write for NaN and Go would read as 0.
func (v *vector) UnmarshalJSON(data []byte) error {
	if bytes.Contains(data, []byte("null")) {
		return endpoint.Errorf(endpoint.BadAnswer, "an embedding holds null in the place of a number")
	}
	if err := json.Unmarshal(data, (*[]float32)(v)); err != nil {
		return endpoint.Errorf(endpoint.BadAnswer, "an embedding is not a list of float32 numbers")
	}
	return nil
}

// unit brings v to length 1. Squares of finite numbers may overflow, so the sum is of float64.
func (v vector) unit() error {
	for _, x := range v {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return endpoint.Errorf(endpoint.BadAnswer, "an embedding holds a number that is not finite")
		}
	}
	normalize(v)
	return nil
}
