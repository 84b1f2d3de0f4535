package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/llm"
)

// finding is one thing that doctor looked at.
type finding struct {
	What   string `json:"what"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty"` // what to do
	err    error
}

func newDoctor(s streams) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "doctor [-i DIR] [--model NAME]",
		Short: "Check the index, the model server and its model, and say what to do",
		Long: `Check the index, the model server and its model, and say what to do.

The index is read whole and its checksums compared; the model is asked for one word. No text of yours is sent.`,
		Example: "  ragner doctor -i idx --model qwen2.5:7b",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			return doctor(cmd.Context(), s, c, asJSON)
		},
	}
	addSettings(cmd, "index", "embedder.spec", "model.")
	addSettings(cmd, serverSettings...)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func doctor(ctx context.Context, s streams, c config.Config, asJSON bool) error {
	findings := []finding{checkIndex(c), checkModel(ctx, c)}
	if findings[0].err == nil && c.Index != "" {
		findings = slices.Insert(findings, 1, checkEmbedder(ctx, c))
	}
	if asJSON {
		if err := writeJSON(s.out, findings); err != nil {
			return err
		}
	}
	var worst problemError
	for _, f := range findings {
		if !asJSON {
			fmt.Fprintf(s.out, "%-8s %-8s %s\n", map[bool]string{true: "ok", false: "problem"}[f.OK], f.What, f.Detail)
			if f.Next != "" {
				fmt.Fprintf(s.out, "%18s→ %s\n", "", f.Next)
			}
		}
		if f.err != nil {
			worst = append(worst, f.err)
		}
	}
	if len(worst) == 0 {
		return nil
	}
	return worst
}

// problemError is what doctor found, told already; the exit code is that of the first.
type problemError []error

func (p problemError) Error() string { return plural(len(p), "problem") + " found" }

func (p problemError) Unwrap() error { return p[0] }

func checkIndex(c config.Config) finding {
	f := finding{What: "index"}
	if c.Index == "" {
		f.OK, f.Detail, f.Next = true, "none named", "name one with -i DIR, or build one: ragner index -o DIR --corpus PATH"
		return f
	}
	summary, err := openSound(c.Index)
	if err != nil {
		f.err, f.Detail = err, err.Error()
		if exitCode(err) == exitIndex {
			f.Next = "build it again: ragner index -o " + c.Index + " --corpus PATH"
		}
		return f
	}
	f.OK, f.Detail = true, fmt.Sprintf("%s is sound: %d sentences, %d terms", c.Index, summary.Counts.DistinctSentences, summary.Counts.Terms)
	return f
}

// openSound reads the whole index and tells what it holds.
func openSound(dir string) (index.Summary, error) {
	if err := index.Check(dir); err != nil {
		return index.Summary{}, noIndex(dir, err)
	}
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		return index.Summary{}, err
	}
	defer release(x)
	return x.Summary(), nil
}

// checkEmbedder embeds a word of our own by the embedder that the index names.
func checkEmbedder(ctx context.Context, c config.Config) finding {
	f := finding{What: "embedder"}
	c.Model.Name, c.Tagger = "", ""
	e, err := ragner.Open(ctx, c.Index, c)
	if err == nil {
		defer release(e)
		f.Detail = e.Index().Manifest().Embedder.Name
		_, err = e.Search(ctx, "doctor")
	}
	switch {
	case err != nil:
		f.err, f.Detail, f.Next = err, err.Error(), "start the embedding server, or name its address with --embedder-url"
		return f
	case f.Detail == "":
		f.Detail = "none; retrieval is by words"
	default:
		f.Detail += " answers"
	}
	f.OK = true
	return f
}

func checkModel(ctx context.Context, c config.Config) finding {
	f := finding{What: "model"}
	if c.Model.Name == "" {
		f.OK, f.Detail, f.Next = true, "none named; the index alone tags", "name one with --model NAME"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second+c.Model.Timeout)
	defer cancel()
	report, err := ragner.ProbeModel(ctx, c)
	switch {
	case err != nil:
		f.err, f.Detail, f.Next = err, err.Error(), startHint(c)
	case !report.HasModel:
		f.err = &llm.Error{Kind: llm.NoModel, Err: errors.New("the server does not have the model " + c.Model.Name)}
		f.Detail, f.Next = fmt.Sprintf("%s answers, but has no %s (it has: %s)", report.URL, c.Model.Name, someOf(report.Models, 8)), pullHint(c)
	case report.Problem != "":
		f.err = &llm.Error{Kind: llm.BadAnswer, Err: errors.New(report.Problem)}
		f.Detail = report.Problem
	default:
		f.OK, f.Detail = true, modelText(report)
	}
	return f
}

func startHint(c config.Config) string {
	if c.Model.Backend == "openai" {
		return "start the server, or name its address with --url"
	}
	return "start Ollama (ollama serve), or name its address with --url"
}

func pullHint(c config.Config) string {
	if c.Model.Backend == "openai" {
		return "name one of the models it has with --model"
	}
	return "ollama pull " + c.Model.Name
}

func modelText(r llm.Report) string {
	text := fmt.Sprintf("%s %s at %s answers", r.Backend, r.Model, r.URL)
	if r.Parameters != "" {
		text += ", " + r.Parameters + " parameters"
	}
	if r.Quantization != "" {
		text += ", " + r.Quantization
	}
	if r.ContextLength > 0 {
		text += fmt.Sprintf(", context %d", r.ContextLength)
	}
	if r.Logprobs {
		text += ", gives log-probabilities"
	}
	return text
}
