package endpoint

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Options say where a server is and how patiently it is asked. The zero value of each but URL is a default.
type Options struct {
	URL         string        // "http://127.0.0.1:11434"; the scheme may be left out
	AllowRemote bool          // consent to send text to a server that is not on this machine
	Key         string        // bearer token, or ""
	Retries     int           // attempts after the first; 0: 3; negative: none
	Backoff     time.Duration // pause before the first retry, doubled each time; 0: 500 ms
	Concurrency int           // calls under way at once; 0: what the server takes, found out
	Stall       time.Duration // longest silence in the middle of an answer; 0: 1 minute

	// RetryShare is how many retries each answer allows, besides the ten that a client begins with: a server that fails
	// every call is not asked several times for each. 0: a half; negative: none beyond the ten.
	RetryShare float64
	// Patience is how long a server that has answered before may be unreachable, as it is while it restarts, until it is
	// given up; 0: 1 minute; negative: none.
	Patience time.Duration
	// GiveUpAfter is how many calls in a row the server may fail. Then it is tried once more with the call that Try names;
	// if that fails too, the server is given up. 0: 5.
	GiveUpAfter int
}

// defaults of Options; the longest pause bounds the doubling.
const (
	defaultRetries     = 3
	defaultBackoff     = 500 * time.Millisecond
	defaultStall       = time.Minute
	defaultRetryShare  = 0.5
	defaultPatience    = time.Minute
	defaultGiveUpAfter = 5
	longestPause       = 15 * time.Second
)

func (o Options) withDefaults() Options {
	if o.Retries == 0 {
		o.Retries = defaultRetries
	}
	if o.Backoff <= 0 {
		o.Backoff = defaultBackoff
	}
	if o.Stall <= 0 {
		o.Stall = defaultStall
	}
	if o.RetryShare == 0 {
		o.RetryShare = defaultRetryShare
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	if o.GiveUpAfter <= 0 {
		o.GiveUpAfter = defaultGiveUpAfter
	}
	return o
}

// parse checks URL and consent.
func (o Options) parse() (*url.URL, error) {
	base, err := parseURL(o.URL)
	if err != nil {
		return nil, &Error{Kind: Refused, Err: err}
	}
	if !o.AllowRemote && !isLoopback(base) {
		return nil, Errorf(Refused, "%s is not on this machine, and the text would be sent there; "+
			"if that is allowed, say so: --allow-remote, or allow_remote: true in the configuration", base.Host)
	}
	return base, nil
}

func parseURL(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, errors.New("no URL is given")
	}
	if !strings.Contains(raw, "://") {
		raw = "http://" + raw
	}
	base, err := url.Parse(raw)
	if err != nil {
		// url.Error quotes the URL, which may hold a password; its cause does not.
		var detail *url.Error
		if errors.As(err, &detail) {
			err = detail.Err
		}
		return nil, fmt.Errorf("the URL cannot be read: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("%s is not an http or https URL", base.Redacted())
	}
	return base, nil
}

// IsLoopback reports whether a URL names this machine: localhost, a loopback address, or the unspecified one.
func IsLoopback(raw string) bool {
	base, err := parseURL(raw)
	return err == nil && isLoopback(base)
}

func isLoopback(base *url.URL) bool {
	host := strings.ToLower(strings.TrimSuffix(base.Hostname(), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
