package endpoint

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// A name of this machine that a resolver leads elsewhere gets nothing.
func TestNamesOfThisMachineLeadNowhereElse(t *testing.T) {
	for address, allowed := range map[string]bool{
		"127.0.0.1:80": true, "127.8.8.8:80": true, "[::1]:80": true, "0.0.0.0:80": true, "[::ffff:127.0.0.1]:80": true,
		"192.0.2.1:80": false, "10.0.0.1:80": false, "[2001:db8::1]:80": false, "[fe80::1%eth0]:80": false, "": false,
	} {
		if err := onlyThisMachine(context.Background(), "tcp", address, nil); (err == nil) != allowed {
			t.Errorf("%q: error %v", address, err)
		}
	}
	base, err := url.Parse("http://model.localhost:11434")
	if err != nil {
		t.Fatal(err)
	}
	transport := newTransport(base, Options{})
	_, err = transport.DialContext(context.Background(), "tcp", "192.0.2.1:11434") // as where a resolver says so
	var refused *Error
	if !errors.As(err, &refused) || refused.Kind != Refused || !refused.Fatal() {
		t.Errorf("error %v", err)
	}
}

// Text that a proxy could read is not given to it.
func TestProxies(t *testing.T) {
	for raw, proxied := range map[string]bool{
		"http://127.0.0.1:11434": false, "https://localhost": false, "http://models.example.org": false, "https://models.example.org": true,
	} {
		base, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := newTransport(base, Options{}).Proxy != nil; got != proxied {
			t.Errorf("%s: by a proxy: %v", raw, got)
		}
	}
}

// A whole call by a proxy that the environment names must not reach it.
func TestProxyOfTheEnvironmentGetsNothing(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	t.Setenv("NO_PROXY", "")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	for _, host := range []string{"127.0.0.1", "localhost"} {
		c, err := New(Options{URL: "http://" + net.JoinHostPort(host, port), Retries: -1})
		if err == nil {
			err = c.Ask(context.Background(), "/", nil, &struct{}{})
		}
		if err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	c, err := New(Options{URL: "http://models.invalid", AllowRemote: true, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	var failed *Error
	if err := c.Ask(context.Background(), "/", nil, &struct{}{}); !errors.As(err, &failed) || failed.Kind != Unreachable {
		t.Errorf("error %v", err)
	}
}
