package tag

import (
	"context"
	"errors"
	"math"
	"sync"

	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
)

// Calibration is how many tokens the model's tokeniser makes for each that prompt.Estimate supposes, by the server's own
// count of a sample. It is asked for when a prompt would not fit as estimated, and then for all. A mean over the
// sentences of a run would be nearer, but what is dropped would then hang on the order in which answers come.
type Calibration struct {
	sample string

	mu    sync.Mutex
	ratio float64 // 0: not asked yet
}

// NewCalibration is of a sample of the language that prompts are in.
func NewCalibration(sample string) *Calibration { return &Calibration{sample: sample} }

// margin is what a prompt may have more than the sample lets expect.
const margin = 1.05

// measure gives the ratio, and the answer of the server where it had to be asked now.
func (c *Calibration) measure(ctx context.Context, t *LLM) (ratio float64, answer *llm.Response, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ratio > 0 {
		return c.ratio, nil, nil
	}
	asked, err := t.Generator.Generate(ctx, llm.Request{
		Messages:  []llm.Message{{Role: "user", Content: prompt.Fence(c.sample)}},
		MaxTokens: 1, AllowCut: true, Seed: t.Seed, ContextSize: t.Prompt.ContextTokens,
	})
	if overflows(err) { // its counts cannot be believed
		c.ratio = 1
		return c.ratio, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	c.ratio = 1 // where the server does not count
	if n := asked.PromptTokens; n > 0 {
		c.ratio = min(max(margin*float64(n)/float64(prompt.Estimate(c.sample)), 0.25), 4)
	}
	return c.ratio, &asked, nil
}

// fitting renders the prompt of a sentence. Where it has to leave something out, what it leaves out is decided by the
// server's count.
func (t *LLM) fitting(ctx context.Context, in Input, hints hinter) (Shown, Stats, error) {
	shown, err := t.render(ctx, in, hints)
	p := shown.Prompt
	fits := err == nil && p.Dropped == 0 && p.DroppedPassages == 0 && !p.DroppedContext
	if t.Calibration == nil || t.Calibration.sample == "" || fits || err != nil && !errors.Is(err, prompt.ErrTooLong) {
		return shown, Stats{}, err
	}
	ratio, answer, err := t.Calibration.measure(ctx, t)
	if err != nil {
		return Shown{}, Stats{}, err
	}
	var stats Stats
	if answer != nil {
		stats = callStats(*answer)
	}
	counted := *t
	counted.Prompt.Counter = func(text string) int { return int(math.Ceil(ratio * float64(prompt.Estimate(text)))) }
	shown, err = counted.render(ctx, in, hints)
	return shown, stats, err
}
