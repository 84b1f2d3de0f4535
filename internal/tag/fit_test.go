package tag

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/internal/testkit"
	"github.com/ragner/ragner/retrieval"
)

// reader is a model that names what pattern finds in the input, and whose server takes prompts of so many tokens.
func reader(pattern string, most int) *testkit.Replay {
	find := regexp.MustCompile(pattern)
	return &testkit.Replay{Answer: func(r llm.Request) (llm.Response, error) {
		if tokensOf(r) > most {
			return llm.Response{}, &llm.Error{Kind: llm.ContextOverflow, Err: errors.New("too long")}
		}
		text := r.Messages[len(r.Messages)-1].Content
		text = text[strings.LastIndex(text, "Text: "):]
		var b strings.Builder
		for _, name := range find.FindAllString(text, -1) {
			fmt.Fprintf(&b, "Disease: %s\n", name)
		}
		return llm.Response{Text: b.String(), PromptTokens: 10, OutputTokens: 1}, nil
	}}
}

func tokensOf(r llm.Request) int {
	n := 0
	for _, m := range r.Messages {
		n += prompt.Estimate(m.Content)
	}
	return n
}

// longSentence has no punctuation and names of two words at every seventh word, which no two have in common.
func longSentence(words int) (in Input, names int) {
	var b strings.Builder
	for i := 0; i < words; i++ {
		if i%7 == 3 {
			names++
			i++
			fmt.Fprintf(&b, "Blorb%d fever ", names)
			continue
		}
		b.WriteString("patients ")
	}
	return sentence(strings.TrimSpace(b.String())), names
}

// TestSentenceInPieces: a sentence of 5,000 words is tagged in pieces; each name is found once and whole, wherever the borders of
// the pieces are, also by a model that names what a border has left of a name.
func TestSentenceInPieces(t *testing.T) {
	in, names := longSentence(5000)
	s := newSearcher(t, theCorpus(t), func(s *retrieval.Settings) { s.Fuzzy = false }) // which looks long for words that nobody knows
	for _, pattern := range []string{`Blorb\d+ fever`, `Blorb\d+( fever)?`} {
		model := reader(pattern, 1<<20)
		l := newLLM(s, model)
		l.Prompt.ContextTokens, l.Prompt.MaxTokens = 512, 128
		p := tagged(t, l, in)
		seen := map[string]bool{}
		for i, e := range p.Entities {
			surface := e.Surface(in.Sentence.Text)
			if !strings.HasSuffix(surface, " fever") || seen[surface] || i > 0 && e.Start() <= p.Entities[i-1].Start() {
				t.Fatalf("%s: entity %d is %q", pattern, i, surface)
			}
			seen[surface] = true
		}
		if len(p.Entities) != names || p.Stats.Split != 1 || p.Stats.Sentences != 1 || p.Stats.Asked != 1 || p.Stats.Calls < 20 {
			t.Errorf("%s: %d of %d names, stats %+v", pattern, len(p.Entities), names, p.Stats)
		}
		for _, r := range model.Requests() {
			if tokensOf(r)+r.MaxTokens > 512 || r.ContextSize != 512 {
				t.Fatalf("a request of %d and %d tokens for a context of %d", tokensOf(r), r.MaxTokens, r.ContextSize)
			}
		}
	}
}

// TestOverflow: where the server takes less than we thought, the weakest demonstrations go, then the sentence is cut.
func TestOverflow(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	in, names := longSentence(30)
	size := func(s *retrieval.Searcher) int {
		free := reader("x", 1<<20)
		tagged(t, newLLM(s, free), in)
		return tokensOf(free.Requests()[0])
	}
	whole, bare := size(s), size(newSearcher(t, theCorpus(t), func(s *retrieval.Settings) { s.K = 0 }))
	for most, want := range map[int]struct{ overflows, split bool }{
		whole: {false, false}, whole - 1: {true, false}, bare - 8: {true, true},
	} {
		model := reader(`Blorb\d+ fever`, most)
		p := tagged(t, newLLM(s, model), in)
		if len(p.Entities) != names {
			t.Errorf("room for %d: %d of %d names", most, len(p.Entities), names)
		}
		if got := p.Stats; got.Overflows > 0 != want.overflows || got.Split > 0 != want.split {
			t.Errorf("room for %d: %+v", most, got)
		}
		for _, r := range model.Requests() {
			if r.ContextSize != 4096 {
				t.Errorf("room for %d: the server was asked to hold %d tokens", most, r.ContextSize)
			}
		}
	}
}

// TestNothingFits: the server's own word is the error, after few calls.
func TestNothingFits(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	model := reader("x", 1)
	in, _ := longSentence(1000)
	var failed *llm.Error
	p, err := newLLM(s, model).Tag(context.Background(), in)
	if !errors.As(err, &failed) || failed.Kind != llm.ContextOverflow || len(model.Requests()) > 40 || p.Stats.Calls != len(model.Requests()) {
		t.Errorf("%d calls, stats %+v, error %v", len(model.Requests()), p.Stats, err)
	}
	l := newLLM(s, answers("none"))
	l.Prompt.ContextTokens, l.Prompt.MaxTokens = 60, 30
	if _, err := l.Tag(context.Background(), sentence("He has gout.")); !errors.Is(err, prompt.ErrTooLong) {
		t.Errorf("error %v", err)
	}
}

func TestJoinPieces(t *testing.T) {
	text := "aa bb cc dd ee ff gg hh"
	whole := corpora.Sentence{Text: text, Tokens: corpora.Tokenize(text)}
	left, right := pieceOf(whole, 0, 5), pieceOf(whole, 3, 8)
	at := func(label string, start, end int) corpora.Entity {
		return corpora.Entity{Label: label, Fragments: []corpora.Fragment{{Start: start, End: end}}}
	}
	first := []corpora.Entity{at("D", 0, 5), at("D", 3, 5), at("D", 9, 14), at("D", 6, 11)}
	second := []corpora.Entity{at("D", 0, 2), at("C", 0, 2), at("D", 3, 8), at("C", 3, 5), at("D", 9, 11), at("D", 9, 14)}
	var got []string
	for _, e := range joinPieces(whole, left, right, first, second) {
		got = append(got, e.Label+" "+e.Surface(text))
	}
	// "dd ee" of the left piece touches its end, "dd" of the right its beginning; "cc dd" lies across.
	if want := "D aa bb|D bb|D cc dd|C ee|D ee ff|D gg|D gg hh"; strings.Join(got, "|") != want {
		t.Errorf("%s, want %s", strings.Join(got, "|"), want)
	}
}

// TestCalibration: where something would have to be dropped by our own estimate, the server's count of a sample decides.
func TestCalibration(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	in := sentence("Patients with cystic fibrosis cough.")
	tag := func(ratio float64) (p Prediction, samples int, err error) {
		model := &testkit.Replay{Answer: func(r llm.Request) (llm.Response, error) {
			if ratio == 0 && r.AllowCut {
				return llm.Response{}, &llm.Error{Kind: llm.Overloaded, Err: errors.New("busy")}
			}
			return llm.Response{Text: "none", PromptTokens: int(ratio * float64(tokensOf(r)))}, nil
		}}
		l := newLLM(s, model)
		l.Prompt.ContextTokens, l.Prompt.MaxTokens = 280, 40
		l.Calibration = NewCalibration(strings.Repeat("Patients with cystic fibrosis cough. ", 30))
		for range 2 {
			if p, err = l.Tag(context.Background(), in); err != nil {
				break
			}
		}
		for _, r := range model.Requests() {
			if r.AllowCut {
				samples++
			}
		}
		return p, samples, err
	}
	exact, samples, err := tag(1)
	if err != nil || exact.Stats.Dropped == 0 || samples != 1 {
		t.Errorf("as estimated: %+v, %d samples, error %v", exact.Stats, samples, err)
	}
	if half, _, err := tag(0.5); err != nil || half.Stats.Dropped >= exact.Stats.Dropped {
		t.Errorf("half of the estimate: %+v, as estimated %+v, error %v", half.Stats, exact.Stats, err)
	}
	if more, _, err := tag(1.4); err != nil || more.Stats.Dropped <= exact.Stats.Dropped {
		t.Errorf("more than the estimate: %+v, as estimated %+v, error %v", more.Stats, exact.Stats, err)
	}
	if _, samples, err := tag(0); err == nil || samples != 1 {
		t.Errorf("the sample failed: error %v", err)
	}
}

// TestOverflowWithoutEnd: a server that finds everything too long, or whose counts always look clipped, even that of the
// sample, is asked a bounded number of times.
func TestOverflowWithoutEnd(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	g := &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) {
		return llm.Response{}, &llm.Error{Kind: llm.ContextOverflow, Err: errors.New("too long")}
	}}
	l := newLLM(s, g)
	l.Calibration = NewCalibration("Patients with cystic fibrosis cough.")
	l.Prompt.ContextTokens, l.Prompt.MaxTokens = 300, 40 // so that something has to be left out
	if _, err := l.Tag(context.Background(), sentence("The gene of cystic fibrosis was found in patients with gout and a cold.")); !overflows(err) {
		t.Errorf("error %v", err)
	}
	if n := len(g.Requests()); n > 60 {
		t.Errorf("%d calls", n)
	}
}
