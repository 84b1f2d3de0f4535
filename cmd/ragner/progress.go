package main

import (
	"io"
	"os"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/ragner/ragner/corpora"
)

// terminal reports whether w is a terminal: only there is progress drawn and text coloured.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// readsTerminal reports whether a command is about to wait for someone to type.
func readsTerminal(in io.Reader, list []corpora.Spec) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && slices.ContainsFunc(list, func(s corpora.Spec) bool { return s.Path == "-" })
}

// coloured reports whether w may get ANSI colours (no-color.org).
func coloured(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && terminal(w)
}

// progress draws the stages of long work on a terminal, with a rate, and is silent elsewhere.
type progress struct {
	to    io.Writer
	stage string
	bar   *progressbar.ProgressBar
}

func newProgress(to io.Writer) *progress { return &progress{to: to} }

// Show is told how far a stage is; total 0 means unknown.
func (p *progress) Show(stage string, done, total int) {
	if !terminal(p.to) {
		return
	}
	if stage != p.stage || p.bar == nil {
		p.Finish()
		p.stage, p.bar = stage, bar(p.to, stage, total)
	}
	if total > 0 && p.bar.GetMax() != total {
		p.bar.ChangeMax(total)
	}
	_ = p.bar.Set(done)
}

// Finish ends the stage that is shown.
func (p *progress) Finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
}

func bar(to io.Writer, stage string, total int) *progressbar.ProgressBar {
	if total <= 0 {
		total = -1
	}
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(to),
		progressbar.OptionSetDescription(stage),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString(""),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(true),
	)
}
