package llm

import (
	"sync"
	"time"
)

const (
	// patient is how many times as long as its mean a token may take.
	patient = 4
	// recent is the weight of the last answer in the mean.
	recent = 0.2
	// assumedOutput are the tokens to allow time for when a request sets no limit.
	assumedOutput = 512
	// mostAnswer is how many bytes an answer may have on the wire, log-probabilities and all, besides those for its tokens.
	mostAnswer, mostPerToken = 4 << 20, 16 << 10
)

// pace is how long a token takes with this server, so that a slow one gets the time it needs. It never shortens a limit.
type pace struct {
	mu   sync.Mutex
	mean time.Duration // 0: no answer has told
}

// learn takes note of a complete answer.
func (p *pace) learn(r Response) {
	tokens := r.PromptTokens + r.OutputTokens
	if tokens <= 0 || r.Duration <= 0 {
		return
	}
	took := r.Duration / time.Duration(tokens)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mean == 0 {
		p.mean = took
		return
	}
	p.mean += time.Duration(recent * float64(took-p.mean))
}

// timeout is what one attempt at r may take: a base, and a share for each token of its prompt and of the longest answer.
func (p *pace) timeout(o Options, r Request) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return o.Timeout + time.Duration(estimateTokens(r.Messages)+outputTokens(r))*max(o.TimeoutPerToken, patient*p.mean, 0)
}

func outputTokens(r Request) int {
	if r.MaxTokens <= 0 {
		return assumedOutput
	}
	return r.MaxTokens
}

// most is how many bytes the answer to r may have on the wire.
func most(r Request) int64 { return mostAnswer + int64(outputTokens(r))*mostPerToken }
