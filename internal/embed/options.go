package embed

import (
	"errors"
	"time"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// Options say how a server of embeddings is asked. The zero value of each is a default.
type Options struct {
	URL         string // of Parse: the server's address; "": the backend's usual local one
	Key         string // of Parse: bearer token; from the environment, never logged
	AllowRemote bool   // consent to send text to a server that is not on this machine

	Batch       int           // most texts of a request; 0: 64
	BatchChars  int           // most characters (code points) of a request; a longer text is embedded by its beginning; 0: 8192
	Concurrency int           // requests under way at once; 0: 2
	Timeout     time.Duration // of one request; 0: 2 minutes
	Retries     int           // attempts after the first; 0: 3; negative: none
	Backoff     time.Duration // before the first retry; 0: 500 ms
	Patience    time.Duration // for a server that has answered before and is not there; 0: 1 minute; negative: none
}

// Validate names the first option that cannot be.
func (o Options) Validate() error {
	if o.Batch < 0 || o.BatchChars < 0 || o.Concurrency < 0 || o.Timeout < 0 || o.Backoff < 0 {
		return errors.New("embedder: a size or time limit is negative")
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Batch == 0 {
		o.Batch = 64
	}
	if o.BatchChars == 0 {
		o.BatchChars = 8 << 10
	}
	if o.Concurrency == 0 {
		o.Concurrency = 2
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	return o
}

// open makes the client of a server.
func (o Options) open(url, key string) (*endpoint.Client, Options, error) {
	if err := o.Validate(); err != nil {
		return nil, o, err
	}
	o = o.withDefaults()
	client, err := endpoint.New(endpoint.Options{
		URL: url, Key: key, AllowRemote: o.AllowRemote,
		Retries: o.Retries, Backoff: o.Backoff, Patience: o.Patience, Concurrency: o.Concurrency,
	})
	return client, o, err
}
