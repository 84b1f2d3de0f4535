package testkit

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// About answers requests about a text that contains marker with bad, the first times of them, or all where times is 0, and
// everything else with good.
func About(marker string, times int, bad, good Fault) Fault {
	var asked atomic.Int64
	return func(w *Wire) {
		if strings.Contains(w.Asked(), marker) && (asked.Add(1) <= int64(times) || times == 0) {
			bad(w)
			return
		}
		good(w)
	}
}

// Hangup closes the connection before a byte has been answered, in order or with a reset.
func Hangup(reset bool) Fault {
	return func(w *Wire) {
		connection := w.hijack()
		if tcp, ok := connection.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = connection.Close()
	}
}

// Bytes answers with bytes that need not be HTTP and closes the connection.
func Bytes(answer string) Fault {
	return func(w *Wire) {
		connection := w.hijack()
		defer func() { _ = connection.Close() }()
		_, _ = connection.Write([]byte(answer))
	}
}

// hijack takes the connection from the HTTP server.
func (w *Wire) hijack() net.Conn {
	connection, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		panic(err)
	}
	return connection
}

// Length is 200 with a body and a Content-Length of another size.
func Length(size int, contentType, body string) Fault {
	return Bytes("HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\nContent-Length: " + strconv.Itoa(size) + "\r\n\r\n" + body)
}

// SilenceAfter streams pieces and then says nothing until the client goes away.
func SilenceAfter(pieces ...string) Fault {
	return func(w *Wire) {
		w.Pieces(pieces...)
		Silence()(w)
	}
}

// Header sets a header of the answer before fault writes it.
func Header(name, value string, fault Fault) Fault {
	return func(w *Wire) {
		w.Header().Set(name, value)
		fault(w)
	}
}

// Inside streams a line with raw bytes inside its piece, and then ends as a server should.
func Inside(raw string) Fault {
	return func(w *Wire) {
		w.raw(strings.ReplaceAll(w.line("RAW"), `"RAW"`, `"`+raw+`"`))
		w.End("stop")
	}
}

// Before writes raw bytes and then what fault writes.
func Before(raw string, fault Fault) Fault {
	return func(w *Wire) {
		w.raw(raw)
		fault(w)
	}
}

// Doubled writes the pieces two to a line, which makes two JSON documents in the place of one.
func Doubled(piece string) Fault {
	return func(w *Wire) {
		line := strings.TrimRight(w.line(piece), "\n")
		w.raw(line + strings.TrimPrefix(line, "data: ") + "\n\n")
		w.End("stop")
	}
}

// From answers in the name of another model.
func From(model string, fault Fault) Fault {
	return func(w *Wire) {
		w.Model = model
		fault(w)
	}
}

// Restart takes the server away, with every connection, and brings it back at its address after a pause.
func Restart(pause time.Duration) Fault {
	return func(w *Wire) {
		go func() {
			w.server.Close()
			time.Sleep(pause)
			_ = w.server.Reopen() // where the port has gone to another, the test fails by what it waits for
		}()
		<-w.Request.Context().Done()
	}
}

// Vanish takes the server away for good.
func Vanish() Fault {
	return func(w *Wire) {
		go w.server.Close()
		<-w.Request.Context().Done()
	}
}
