package tag

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/internal/testkit"
)

// TestAnswers reads answers of all formats, with the model trusted.
func TestAnswers(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	const text = "The Blorb fever of Åsa’s patients, with tremors and tremors."
	for _, c := range []struct {
		name   string
		format align.Format
		answer string
		want   string
		stats  Stats // of alignment
	}{
		{"exact", align.Lines, "Disease: Blorb fever", "Disease Blorb fever (exact)", Stats{}},
		{"json", align.JSON, `{"Disease":["Blorb fever"]}`, "Disease Blorb fever (exact)", Stats{}},
		{
			"inline", align.Inline, "The <Disease>Blorb fever</Disease> of Åsa’s patients, with tremors and tremors.",
			"Disease Blorb fever (exact)",
			Stats{},
		},
		{"another case", align.Lines, "Disease: blorb FEVER", "Disease Blorb fever (normalized)", Stats{}},
		{"a small edit", align.Lines, "Disease: Blorp fever", "Disease Blorb fever (fuzzy)", Stats{}},
		{"none", align.Lines, "none", "", Stats{}},
		{"nothing", align.Lines, "", "", Stats{}},
		{"not in the sentence", align.Lines, "Disease: malaria", "", Stats{Unaligned: 1}},
		{"taken from a demonstration", align.Lines, "Disease: gout\nDisease: Blorb fever", "Disease Blorb fever (exact)", Stats{Unaligned: 1, Leaks: 1}},
		{"twice", align.Lines, "Disease: tremors\nDisease: tremors", "Disease tremors (exact), Disease tremors (exact)", Stats{}},
		{"nested", align.Lines, "Disease: Blorb fever\nChemical: Blorb", "Chemical Blorb (exact), Disease Blorb fever (exact)", Stats{}},
		{"broken JSON", align.JSON, `{"Disease":["Blorb fever"`, "Disease Blorb fever (exact)", Stats{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLLM(s, answers(c.answer))
			l.Prompt.Format = c.format
			p := tagged(t, l, sentence(text))
			if got := show(text, p.Entities); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			want := Stats{Sentences: 1, Asked: 1, Calls: 1, PromptTokens: 100, OutputTokens: 7, Unaligned: c.stats.Unaligned, Leaks: c.stats.Leaks}
			if p.Stats != want {
				t.Errorf("stats %+v, want %+v", p.Stats, want)
			}
		})
	}
}

func TestModelEntitiesSayWhy(t *testing.T) {
	l := newLLM(newSearcher(t, theCorpus(t)), answers("Disease: cystic fibrosis\nDisease: tremor"))
	text := "Tremor and cystic fibrosis."
	p := tagged(t, l, sentence(text))
	if len(p.Entities) != 2 {
		t.Fatal(show(text, p.Entities))
	}
	known, alone := p.Entities[1], p.Entities[0]
	if !slices.Equal(known.Concepts, []string{"DOID:1485"}) || len(known.From.Demonstrations) == 0 || len(known.From.Terms) == 0 {
		t.Errorf("known to the index: %+v", known)
	}
	if len(alone.Concepts) > 0 || len(alone.From.Demonstrations)+len(alone.From.Terms) > 0 {
		t.Errorf("the model's alone: %+v", alone)
	}
	if got := stepNames(known) + ", " + stepNames(alone); got != "sentence model, model" {
		t.Errorf("scores by %s", got)
	}
	for _, e := range p.Entities {
		if e.Score <= 0 || e.Score > 1 {
			t.Errorf("score %g", e.Score)
		}
	}
}

// TestWeighing holds what trust means: agreement raises a score, silence lowers it, and with the
// model trusted its answer stands as it is.
func TestWeighing(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	text := "A boy with cystic fibrosis has tremors."
	score := func(w Weigher, answer string) (known, novel float64) {
		w.Threshold = 0
		l := newLLM(s, answers(answer))
		l.Weigh = w
		for _, e := range tagged(t, l, sentence(text)).Entities {
			switch e.Surface(text) {
			case "cystic fibrosis":
				known = e.Score
			case "tremors":
				novel = e.Score
			}
		}
		return known, novel
	}
	w := Weigher{Trust: 0.3}
	agreed, _ := score(w, "Disease: cystic fibrosis")
	forgotten, novel := score(w, "Disease: tremors")
	if agreed < forgotten || forgotten == 0 {
		t.Errorf("named: %g, not named: %g", agreed, forgotten)
	}
	if novel >= agreed {
		t.Errorf("known to nobody but the model: %g, to the index too: %g", novel, agreed)
	}
	trusted := newLLM(s, answers("Disease: tremors"))
	if got := show(text, tagged(t, trusted, sentence(text)).Entities); got != "Disease tremors (exact)" {
		t.Errorf("trusted: %s", got)
	}
	strict := newLLM(s, answers("Disease: tremors"))
	strict.Weigh = Weigher{Threshold: 0.99}
	if p := tagged(t, strict, sentence(text)); len(p.Entities) != 0 || p.Stats.Discarded != 1 {
		t.Errorf("least score 0.99: %s, stats %+v", show(text, p.Entities), p.Stats)
	}
}

// TestDroppedDemonstrations: with a small context fewer are shown, which is counted; a mention in one that was not
// shown is no leak.
func TestDroppedDemonstrations(t *testing.T) {
	l := newLLM(newSearcher(t, theCorpus(t)), answers("Disease: gout"))
	in := sentence("The pain of the patients.")
	if p := tagged(t, l, in); p.Stats.Dropped != 0 || p.Stats.Leaks != 1 {
		t.Fatalf("stats %+v", p.Stats)
	}
	l.Prompt.ContextTokens, l.Prompt.MaxTokens = 230, 100
	p := tagged(t, l, in)
	shown, err := l.Render(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if p.Stats.Dropped == 0 || p.Stats.Dropped+len(shown.Prompt.Shown) != len(shown.Evidence.Demonstrations) {
		t.Errorf("%d dropped, %d shown of %d", p.Stats.Dropped, len(shown.Prompt.Shown), len(shown.Evidence.Demonstrations))
	}
	leak := 0
	for _, i := range shown.Prompt.Shown {
		if strings.Contains(shown.Evidence.Demonstrations[i].Sentence.Text, "gout") {
			leak = 1
		}
	}
	if p.Stats.Unaligned != 1 || p.Stats.Leaks != leak {
		t.Errorf("stats %+v, leak %d", p.Stats, leak)
	}
}

func TestCachedAnswersAreNoCalls(t *testing.T) {
	g := &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) { return llm.Response{Text: "none", Cached: true}, nil }}
	if s := tagged(t, newLLM(newSearcher(t, theCorpus(t)), g), sentence("Text.")).Stats; s.Calls != 0 || s.CacheHits != 1 {
		t.Errorf("stats %+v", s)
	}
}

// TestRequest: what Tag sends is what Render shows, with the settings' limits.
func TestRequest(t *testing.T) {
	g := answers("none")
	l := newLLM(newSearcher(t, theCorpus(t)), g)
	l.Seed, l.Prompt.Format = 7, align.JSON
	in := sentence("Cystic fibrosis was seen.")
	tagged(t, l, in)
	shown, err := l.Render(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	r := g.Requests()[0]
	if !slices.Equal(r.Messages, shown.Prompt.Messages) || r.MaxTokens != shown.Prompt.MaxTokens || string(r.Schema) != string(shown.Prompt.Schema) {
		t.Errorf("sent %+v, shown %+v", r, shown.Prompt)
	}
	if r.Seed != 7 || r.ContextSize != l.Prompt.ContextTokens || r.Temperature != 0 {
		t.Errorf("seed %d, context %d, temperature %g", r.Seed, r.ContextSize, r.Temperature)
	}
}

// TestErrors: a failure keeps its cause, is counted as a call, gives no entities, and quotes no text.
func TestErrors(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	const canary = "zqcanary"
	in := sentence("The " + canary + " of cystic fibrosis.")
	cause := &llm.Error{Kind: llm.Unreachable, Err: errors.New("connection refused")}
	g := &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) { return llm.Response{Text: "half " + canary}, cause }}
	p, err := newLLM(s, g).Tag(context.Background(), in)
	var found *llm.Error
	if !errors.As(err, &found) || found.Kind != llm.Unreachable {
		t.Errorf("error %v", err)
	}
	if len(p.Entities) > 0 || p.Stats.Calls != 1 || p.Stats.Sentences != 1 {
		t.Errorf("%+v", p)
	}
	small := newLLM(s, g)
	small.Prompt.ContextTokens, small.Prompt.MaxTokens = 20, 10
	_, tooLong := small.Tag(context.Background(), in)
	if !errors.Is(tooLong, prompt.ErrTooLong) || !strings.Contains(tooLong.Error(), "in#0") {
		t.Errorf("error %v", tooLong)
	}
	_, unknown := newLLM(s, &testkit.Replay{}).Tag(context.Background(), in)
	for _, err := range []error{err, tooLong, unknown} {
		if err == nil || strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "fibrosis") {
			t.Errorf("error %v", err)
		}
	}
}

// TestNoGoldInPrompts tags a document whose own annotations are canaries, with and without it, or a copy of it under
// another id, in the index. Two of its sentences repeat mentions, so that one could betray the other.
func TestNoGoldInPrompts(t *testing.T) {
	gold := document(t, "gold", "The [blorb fever|Disease|ZQ:ONE] is rare. In [Tromsø|ZQPLACE|ZQ:TWO] it is not. Cystic fibrosis is another illness. "+
		"Later the [blorb fever|Disease|ZQ:ONE] came back to [Tromsø|ZQPLACE|ZQ:TWO]. A [blorb fever|Disease] and a [fever|ZQSIGN] differ.")
	gold.Entities[0].ID, gold.Entities[1].ID = "ZQT1", "ZQT2"
	gold.Meta = map[string]string{"ZQMETA": "ZQMETA"}
	twin := gold
	twin.ID = "twin"
	// another document has its mention, not annotated: what is shown with that must not come from the gold document either
	corpus := append(theCorpus(t), document(t, "elsewhere", "In Tromsø no blorb fever came back to patients."))
	for name, docs := range map[string][]corpora.Document{
		"unknown to the index":       corpus,
		"in the index":               append(slices.Clip(corpus), gold),
		"a copy in the index":        append(slices.Clip(corpus), twin),
		"twice in the index":         append(slices.Clip(corpus), twin, gold),
		"two of its id in the index": append(slices.Clip(corpus), gold, document(t, "gold", "Once more [blorb fever|ZQOTHER] in Tromsø.")),
	} {
		for _, format := range align.Formats() {
			g := answers("none")
			l := newLLM(newSearcher(t, docs), g)
			l.Prompt.Format = format
			if _, _, err := Document(context.Background(), l, gold, 1, "twin"); err != nil {
				t.Fatal(err)
			}
			sent := prompts(g)
			if len(g.Requests()) != 5 || !strings.Contains(sent, "blorb fever") {
				t.Fatalf("%d requests", len(g.Requests()))
			}
			if strings.Contains(sent, "ZQ") {
				t.Errorf("%s, %s: the prompts hold the document's own annotations:\n%s", name, format, sent)
			}
			for _, own := range []string{"The blorb fever is rare.", "Later the blorb fever came back to Tromsø."} {
				if shown := strings.Count(sent, "Text: "+own); shown != 1 {
					t.Errorf("%s, %s: its own sentence is asked for and shown %d times:\n%s", name, format, shown, sent)
				}
			}
			if terms := strings.Count(sent, "blorb fever ("); terms > 0 {
				t.Errorf("%s, %s: its own mention is a term hit:\n%s", name, format, sent)
			}
		}
	}
	g := answers("none") // the canaries sing when nothing is held out
	if _, _, err := Document(context.Background(), newLLM(newSearcher(t, append(slices.Clip(corpus), twin)), g), gold, 1); err != nil {
		t.Fatal(err)
	}
	if sent := prompts(g); !strings.Contains(sent, "blorb fever (Disease)") {
		t.Errorf("a copy that is not held out betrays nothing, so this test shows nothing:\n%s", sent)
	}
}

// TestAtOnce tags the same sentences with eight goroutines; answers must be those of one.
func TestAtOnce(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	g := &testkit.Replay{Answer: func(r llm.Request) (llm.Response, error) {
		time.Sleep(time.Millisecond)
		last := r.Messages[len(r.Messages)-1].Content
		_, number, _ := strings.Cut(last, "number")
		number, _, _ = strings.Cut(number, " ")
		return llm.Response{Text: "Disease: fever" + number}, nil
	}}
	l := newLLM(s, g)
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			text := fmt.Sprintf("Patient number%d has fever%d now.", i, i)
			p, err := l.Tag(context.Background(), sentence(text))
			if want := fmt.Sprintf("Disease fever%d (exact)", i); err != nil || show(text, p.Entities) != want {
				t.Errorf("%s, error %v; want %s", show(text, p.Entities), err, want)
			}
		})
	}
	wait.Wait()
}
