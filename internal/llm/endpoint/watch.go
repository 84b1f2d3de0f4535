package endpoint

import (
	"io"
	"sync/atomic"
	"time"
)

// watched ends a body that stays silent for too long. The silence before an answer is none of its business: a model may
// read a long prompt for minutes.
type watched struct {
	body    io.Reader
	silence time.Duration
	timer   *time.Timer
	over    atomic.Bool
}

// watch calls end when body gives nothing for the length of silence.
func watch(body io.Reader, silence time.Duration, end func()) *watched {
	w := &watched{body: body, silence: silence}
	w.timer = time.AfterFunc(silence, func() {
		w.over.Store(true)
		end()
	})
	return w
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if n > 0 {
		w.timer.Reset(w.silence)
	}
	return n, err
}

func (w *watched) stop() { w.timer.Stop() }

// fired reports whether the body was ended for its silence.
func (w *watched) fired() bool { return w.over.Load() }
