package endpoint

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// newTransport makes connections that take text nowhere but to the server that was named.
func newTransport(base *url.URL, o Options) *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if isLoopback(base) {
		dialer.ControlContext = onlyThisMachine
	}
	return &http.Transport{
		DialContext:         dialer.DialContext,
		Proxy:               proxyFor(base),
		MaxIdleConnsPerHost: max(o.Concurrency, MostInFlight),
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
		DisableCompression:  true,
	}
}

// proxyFor is the environment's proxy for a server elsewhere that is asked by https: the proxy passes on what it cannot
// read. Plain text would be given to a machine that nobody consented to, so it goes to the server directly or not at all.
func proxyFor(base *url.URL) func(*http.Request) (*url.URL, error) {
	if isLoopback(base) || base.Scheme != "https" {
		return nil
	}
	return http.ProxyFromEnvironment
}

// onlyThisMachine refuses a connection for a name of this machine that a resolver or a hosts file leads elsewhere.
func onlyThisMachine(_ context.Context, _, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, zone := net.ParseIP(host), ""
	if ip == nil { // an IPv6 address with a zone
		host, zone = cutZone(host)
		ip = net.ParseIP(host)
	}
	if ip != nil && zone == "" && (ip.IsLoopback() || ip.IsUnspecified()) {
		return nil
	}
	return &Error{Kind: Refused, Err: fmt.Errorf("the server's name is one of this machine, but leads to another one (%s); nothing was sent", host)}
}

func cutZone(host string) (address, zone string) {
	for i := range len(host) {
		if host[i] == '%' {
			return host[:i], host[i+1:]
		}
	}
	return host, ""
}
