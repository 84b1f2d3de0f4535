package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client calls one server. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	http    *http.Client
	options Options
	gate    *gate
	health  health
	trial   func() Call // see Try
}

// New checks the options; it does not call the server.
func New(o Options) (*Client, error) {
	base, err := o.parse()
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	return &Client{
		base:    base,
		options: o,
		gate:    newGate(o.Concurrency),
		health:  newHealth(o),
		http: &http.Client{
			Transport: newTransport(base, o),
			// A redirect could carry the text to a machine that nobody consented to.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// InFlight is how many calls may be under way now. Where the number is found out it changes as calls end.
func (c *Client) InFlight() int { return c.gate.size() }

// URL is the server's address without a password.
func (c *Client) URL() string { return c.base.Redacted() }

// Call is one request. Read is called with the answer of every attempt and must start afresh each time.
type Call struct {
	Method  string // "" means POST
	Path    string // joined to the server's URL
	Body    any    // sent as JSON; nil: none
	Accept  string // "" means application/json
	Timeout time.Duration
	Total   time.Duration // for all attempts and pauses together; 0: twice Timeout, Options.Patience and 30 s
	Most    int64         // bytes of the answer; 0: 64 MiB
	Private []string      // what an error must not quote
	Read    func(*Answer) error
	Work    func() int // how much a call that succeeded had the server do; nil: it is no measure of the server
}

// Try names a call that any working server answers; it is made when others have failed in a row. Without one the server is
// never given up for them. Set it before the first call.
func (c *Client) Try(trial func() Call) { c.trial, c.health.canTry = trial, true }

// Do carries out a call with retries. An error is the context's own when the context ended, else an *Error.
func (c *Client) Do(ctx context.Context, call Call) error {
	body, err := json.Marshal(call.Body)
	if err != nil {
		return Errorf(Refused, "the request cannot be written as JSON: %w", err)
	}
	if err := c.gate.take(ctx); err != nil {
		return err
	}
	work, began := 0, time.Now()
	defer func() { c.gate.give(began, work) }()
	if call.Total <= 0 {
		call.Total = 2*call.Timeout + max(c.options.Patience, 0) + 30*time.Second
	}
	err = c.retry(ctx, time.Now().Add(call.Total), func(deadline time.Time) error {
		err := c.attempt(ctx, deadline, call, body)
		if tooMany(err) {
			c.gate.busy()
		}
		return err
	})
	if err == nil && call.Work != nil {
		work = call.Work()
	}
	return c.judge(ctx, err)
}

// judge takes note of how a call ended, and gives the server up when nothing is to be hoped of it any more.
func (c *Client) judge(ctx context.Context, err error) error {
	if !c.health.doubtful(err) {
		return err
	}
	trial := c.trial()
	body, again := json.Marshal(trial.Body)
	if again == nil {
		again = c.attempt(ctx, time.Now().Add(trial.Timeout), trial, body)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.health.tried(err, again)
}

// attempt makes the call once. The attempt ends at its timeout or at deadline, whichever is first.
func (c *Client) attempt(ctx context.Context, deadline time.Time, call Call, body []byte) error {
	start := time.Now()
	if first := start.Add(call.Timeout); first.Before(deadline) {
		deadline = first
	}
	once, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	stalled, err := c.exchange(once, call, body)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case stalled:
		return &Error{Kind: Timeout, Again: true, Err: fmt.Errorf("%s fell silent in the middle of its answer, for %v", c.URL(), c.options.Stall)}
	case once.Err() != nil:
		within := deadline.Sub(start).Round(time.Millisecond)
		return &Error{Kind: Timeout, Again: true, Err: fmt.Errorf("no complete answer from %s within %v", c.URL(), within)}
	}
	return c.classify(err)
}

// exchange sends the request and has the answer read. It reports whether the answer stalled.
func (c *Client) exchange(ctx context.Context, call Call, body []byte) (stalled bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	request, err := c.request(ctx, call, body)
	if err != nil {
		return false, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	c.health.answers()
	watched := watch(response.Body, c.options.Stall, cancel)
	defer watched.stop()
	answer := newAnswer(response, watched, call)
	switch {
	case response.StatusCode < 200 || response.StatusCode > 299:
		return false, answer.failure()
	case encoded(response):
		return false, &Error{Kind: BadAnswer, Again: true, Err: errors.New("the answer is compressed, which was not asked for")}
	}
	err = call.Read(answer)
	return watched.fired(), err
}

func (c *Client) request(ctx context.Context, call Call, body []byte) (*http.Request, error) {
	method := call.Method
	if method == "" {
		method = http.MethodPost
	}
	if call.Body == nil {
		body = nil // not the JSON word null
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath(call.Path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	accept := call.Accept
	if accept == "" {
		accept = "application/json"
	}
	request.Header.Set("Accept", accept)
	request.Header.Set("User-Agent", "ragner")
	if call.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.options.Key != "" {
		request.Header.Set("Authorization", "Bearer "+c.options.Key)
	}
	return request, nil
}

// classify turns what net/http or a reader returned into an *Error. Only errors of the transport come here
// untyped; they name addresses, never content.
func (c *Client) classify(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	var detail *url.Error
	if errors.As(err, &detail) {
		err = detail.Err
	}
	var dial *net.OpError
	var dns *net.DNSError
	if errors.As(err, &dns) || errors.As(err, &dial) && dial.Op == "dial" {
		return &Error{
			Kind: Unreachable, Again: true,
			Err: fmt.Errorf("cannot reach %s: %w; is the server running?", c.URL(), err),
		}
	}
	return &Error{Kind: Incomplete, Again: true, Err: fmt.Errorf("the connection to %s broke: %w", c.URL(), err)}
}

// V1 is what leads to an OpenAI-style API below the server's URL: "/v1", or "" when the URL ends in it.
func (c *Client) V1() string {
	if strings.HasSuffix(strings.TrimRight(c.base.Path, "/"), "/v1") {
		return ""
	}
	return "/v1"
}
