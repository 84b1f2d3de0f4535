package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// terminal reports whether w is a terminal: only there is progress drawn and text coloured.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// awaitTyping says that a command waits for someone to type. A read from a terminal cannot be interrupted, so
// Ctrl-C ends the program there, where nothing is being written.
func awaitTyping(ctx context.Context, s streams) {
	if f, ok := s.in.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return
	}
	fmt.Fprintln(s.err, "ragner: reading standard input; end it with Ctrl-D")
	context.AfterFunc(ctx, func() { os.Exit(exitFailed) })
}

// coloured reports whether w may get ANSI colours (no-color.org).
func coloured(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && terminal(w)
}

// progress draws the stages of long work on a terminal, with a rate, and is silent elsewhere.
type progress struct {
	to    io.Writer
	stage string
	total int
	began time.Time // of the stage
	bar   *progressbar.ProgressBar
}

func newProgress(to io.Writer) *progress { return &progress{to: to, began: time.Now()} }

// Show is told how far a stage is; total 0 means unknown.
func (p *progress) Show(stage string, done, total int) {
	if !terminal(p.to) {
		return
	}
	if p.bar == nil || stage != p.stage || total != p.total {
		same := stage == p.stage
		began := p.began
		p.Finish()
		if same {
			p.began = began // only its total became known
		}
		p.stage, p.total, p.bar = stage, total, bar(p.to, total)
	}
	p.bar.Describe(p.stage + p.rate(done))
	_ = p.bar.Set(done)
}

// rate is how many a second, once that can be told. The bar's own would count from its first drawing.
func (p *progress) rate(done int) string {
	took := time.Since(p.began).Seconds()
	if took < 0.2 {
		return ""
	}
	return fmt.Sprintf(" %.0f/s", float64(done)/took)
}

// Finish ends the stage that is shown; the next one begins.
func (p *progress) Finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
	p.began = time.Now()
}

func bar(to io.Writer, total int) *progressbar.ProgressBar {
	if total <= 0 {
		total = -1
	}
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(to),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(total > 0),
		progressbar.OptionSetElapsedTime(true),
	)
}
