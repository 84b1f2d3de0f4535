package endpoint

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-1": 0, "soon": 0, "999999999999": 24 * time.Hour, "99999999": 24 * time.Hour,
		"Fri, 02 Jan 2026 03:04:35 GMT": 30 * time.Second, "Fri, 02 Jan 2026 03:00:00 GMT": 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestServerMessages(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":"a"}`: "a", `{"error":{"message":"b","code":1}}`: "b", `{"object":"error","message":"c"}`: "c",
		`{"detail":"d"}`: "d", `{"error":null,"message":"e"}`: "e", `{}`: "", `[1]`: "", `<html>`: "", ``: "",
	} {
		if got := ServerMessage([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestMessagesThatQuoteAreWithheld(t *testing.T) {
	private := []string{"The patient  Nepomuk has\nfever", "HIV"}
	for message, withheld := range map[string]bool{
		"cannot parse 'patient Nepomuk has'": true, "at 'HIV'": true, "Nepomuk has fever": true,
		"model not found": false, "the server is busy": false, "has": false,
	} {
		if got := strings.Contains(tidy(message, private), "withheld"); got != withheld {
			t.Errorf("%q: withheld %v", message, got)
		}
	}
	if got := tidy(strings.Repeat("é", 400), nil); len(got) > maxMessage+len("…") || !strings.HasSuffix(got, "é…") {
		t.Errorf("%d bytes kept: %q", len(got), got)
	}
	if got := tidy("a\n b", nil); got != "a b" {
		t.Errorf("%q", got)
	}
}

func TestPausesDoubleAndAreBounded(t *testing.T) {
	for n, base := range []time.Duration{100, 200, 400, 800} {
		for range 50 {
			if p := pauseAfter(100, n); p < base/2 || p >= base*3/2 {
				t.Fatalf("pause %d after failure %d", p, n)
			}
		}
	}
	if p := pauseAfter(time.Hour, 60); p > longestPause*3/2 {
		t.Errorf("pause %v", p)
	}
}

func TestConcurrencyIsBounded(t *testing.T) {
	var now, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	c, err := New(Options{URL: server.URL, Concurrency: 3})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := c.Ask(context.Background(), "/", nil, &struct{}{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() > 3 {
		t.Errorf("%d calls at once", most.Load())
	}
}

func FuzzServerMessage(f *testing.F) {
	f.Add([]byte(`{"error":{"message":"x"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		const private = "Nepomuk Quarzfeld"
		if strings.Contains(tidy(ServerMessage(body), []string{private}), private) {
			t.Error("quoted")
		}
	})
}
