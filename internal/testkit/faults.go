package testkit

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Fault answers one request of a model server, well or badly. Piece writes and flushes in the protocol of the
// request's path, so that one fault serves both.
type Fault func(w *Wire)

// Answer streams pieces and ends as a server should.
func Answer(pieces ...string) Fault {
	return func(w *Wire) {
		w.Pieces(pieces...)
		w.End("stop")
	}
}

// Status answers with an HTTP status and a body.
func Status(code int, body string, headers ...string) Fault {
	return func(w *Wire) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	}
}

// EndsWith streams pieces and ends for another reason than "stop".
func EndsWith(reason string, pieces ...string) Fault {
	return func(w *Wire) {
		w.Pieces(pieces...)
		w.End(reason)
	}
}

// NoEnd streams pieces and closes the stream properly, without the line that ends an answer.
func NoEnd(pieces ...string) Fault { return func(w *Wire) { w.Pieces(pieces...) } }

// Reset streams pieces, then breaks the connection.
func Reset(pieces ...string) Fault {
	return func(w *Wire) {
		w.Pieces(pieces...)
		panic(http.ErrAbortHandler)
	}
}

// Silence says nothing until the client goes away.
func Silence() Fault { return func(w *Wire) { <-w.Request.Context().Done() } }

// Drip streams the piece again and again, with a pause between, until the client goes away.
func Drip(pause time.Duration, piece func(n int) string) Fault {
	return func(w *Wire) {
		for n := 0; ; n++ {
			w.Pieces(piece(n))
			select {
			case <-w.Request.Context().Done():
				return
			case <-time.After(pause):
			}
		}
	}
}

// Torn breaks the connection in the midst of a line.
func Torn(pieces ...string) Fault {
	return func(w *Wire) {
		w.Pieces(pieces...)
		w.raw(w.line("unfinished")[:12])
		panic(http.ErrAbortHandler)
	}
}

// Raw answers 200 with a body of any kind.
func Raw(contentType, body string) Fault {
	return func(w *Wire) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

// HugeLine streams one line of so many bytes, as far as the client takes it, and adds what was taken to sent.
func HugeLine(size int64, sent *atomic.Int64) Fault {
	return func(w *Wire) {
		part := strings.Repeat("x", 64<<10)
		for left := size; left > 0; left -= int64(len(part)) {
			n, err := io.WriteString(w, part)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}
}

// ErrorInside streams pieces, then the server's error, with status 200 long sent.
func ErrorInside(message string, pieces ...string) Fault {
	return func(w *Wire) {
		w.Pieces(pieces...)
		w.Error(message)
	}
}

// Counted answers as if the server had read so many prompt tokens.
func Counted(tokens int, pieces ...string) Fault {
	return func(w *Wire) {
		w.Prompt = tokens
		w.Pieces(pieces...)
		w.End("stop")
	}
}
