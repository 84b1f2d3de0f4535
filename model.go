package ragner

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/internal/tag"
	"github.com/ragner/ragner/retrieval"
)

// ErrNoModel says that something needs a language model and none is named.
var ErrNoModel = errors.New("no model is named")

// Prompts renders the exact messages that Tag would send for a text, one prompt a sentence; no model is called.
func (e *Engine) Prompts(ctx context.Context, text string) ([]tag.Shown, error) {
	return e.Shown(ctx, corpora.Document{ID: "text", Text: text})
}

// Shown is what Tag shows the model, one prompt a sentence of the document; no model is called.
func (e *Engine) Shown(ctx context.Context, doc corpora.Document, without ...string) ([]tag.Shown, error) {
	model := e.model
	if model == nil {
		model = e.newLLM(nil)
		if err := model.Prompt.Validate(); err != nil {
			return nil, err
		}
	}
	render := model.Render
	if e.cascade != nil {
		render = e.cascade.Shown
	}
	inputs := tag.Inputs(doc, e.options.Prompt.Context, without...)
	var tagger tag.Tagger = model
	if e.cascade != nil {
		tagger = e.cascade
	}
	forget, err := tag.PlanAlone(ctx, tagger, inputs)
	if err != nil {
		return nil, err
	}
	defer forget()
	var all []tag.Shown
	for _, in := range inputs {
		shown, err := render(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, shown)
	}
	return all, nil
}

// ModelIdentity is the model's name with the digest of what it is, where the server tells it; "" without a model.
func (e *Engine) ModelIdentity(ctx context.Context) (string, error) {
	if e.backend == nil {
		return "", nil
	}
	return e.backend.Identity(ctx)
}

// ProbeModel asks the model server that the options name what it is and whether it has the model.
func ProbeModel(ctx context.Context, o Options) (llm.Report, error) {
	if o.Model.Name == "" {
		return llm.Report{}, ErrNoModel
	}
	backend, err := newBackend(withServers(o))
	if err != nil {
		return llm.Report{}, err
	}
	return backend.Probe(ctx)
}

func newBackend(o Options) (llm.Backend, error) {
	m := o.Model
	return llm.New(m.Backend, llm.Options{
		URL: m.URL, Model: m.Name, Key: m.Key(), AllowRemote: m.AllowRemote,
		Timeout: m.Timeout, TimeoutPerToken: noneIfZero(m.PerToken), Stall: m.Stall,
		Retries: noneIfZero(m.Retries), Backoff: m.Backoff, RetryShare: noneIfZero(m.RetryShare),
		Patience: noneIfZero(m.Patience), GiveUpAfter: m.GiveUpAfter,
		Concurrency: m.Concurrency, ContextSize: m.Context, KeepAlive: m.KeepAlive, NumThread: m.Threads,
	})
}

// noneIfZero says "none" to options of llm, which take 0 for a default of their own.
func noneIfZero[T int | float64 | time.Duration](v T) T {
	if v == 0 {
		return -1
	}
	return v
}

func (e *Engine) newLLM(g llm.Generator) *tag.LLM {
	weigh := tag.Weigher{Trust: e.options.Model.Trust, Threshold: tag.DefaultThreshold}
	if e.options.Retrieval.Terms == 0 {
		weigh.Trust = 1 // without terms the index has no say of its own
	}
	if e.options.Threshold > 0 {
		weigh.Threshold = e.options.Threshold
	}
	return &tag.LLM{
		Searcher: e.searcher, Generator: g, Prompt: e.promptSettings(), Weigh: weigh, Skip: e.options.Model.Skip, Sharer: e.sharer,
		Calibration: tag.NewCalibration(e.sampleText()),
	}
}

// sampleText is the beginning of the index's sentences: some three hundred tokens of the language of its texts.
func (e *Engine) sampleText() string {
	var b strings.Builder
	for i := 0; i < e.index.Sentences().Len() && b.Len() < 1200; i++ {
		b.WriteString(e.index.Sentence(i).Text + " ")
	}
	return b.String()
}

// newSharer is nil where every sentence has demonstrations and a prompt of its own. Demonstrations that are not chosen for a
// sentence are shared without it.
func (e *Engine) newSharer() *tag.Sharer {
	r, p := e.options.Retrieval, e.options.Prompt
	given := p.Shots != "retrieved" || r.Mode == "none" || r.Mode == "random"
	if p.Together < 2 && (r.Share == 0 || given) {
		return nil
	}
	return &tag.Sharer{
		Searcher: e.searcher, Sharing: retrieval.Sharing{PerSet: r.Share, Own: r.Own}, Together: p.Together, Given: given, Calls: e.calls,
	}
}

func (e *Engine) promptSettings() prompt.Settings {
	p := e.options.Prompt
	s := prompt.Defaults()
	s.Format, s.Turns, s.Order = align.Format(p.Format), p.Turns, prompt.Order(p.Order)
	s.ShowTerms = p.ShowTerms && e.options.Retrieval.Terms > 0
	s.ContextTokens, s.MaxTokens = e.options.Model.Context, p.MaxTokens
	s.Labels = e.labels()
	return s
}

// labels are those that the settings describe and those of the index, in the index's order.
func (e *Engine) labels() []prompt.Label {
	described := maps.Clone(e.options.Prompt.Labels)
	var named []prompt.Label
	for _, l := range e.index.Manifest().Labels {
		if l.Label != "" {
			named = append(named, prompt.Label{Name: l.Label, Description: e.describe(l.Label, described)})
			delete(described, l.Label)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(described)) {
		named = append(named, prompt.Label{Name: name, Description: described[name]})
	}
	return named
}

// describe is what the settings say of a label, or else, where they ask for it, the beginning of the definition of
// the ontology's term that has the label's name.
func (e *Engine) describe(label string, described map[string]string) string {
	if text := described[label]; text != "" || e.options.Prompt.Describe != "ontology" {
		return text
	}
	entry, _ := e.index.Lexicon().Lookup(label)
	for _, ref := range entry.Terms {
		if definition := e.index.Term(ref.Row).Definition; ref.Primary && definition != "" {
			return firstSentence(definition)
		}
	}
	return ""
}

// firstSentence keeps a definition to one line of moderate length; it is read again with every call.
func firstSentence(definition string) string {
	sentences := corpora.Segment(corpora.Document{Text: definition})
	text := strings.Join(strings.Fields(sentences[0].Text), " ")
	const most = 300
	if len(text) <= most {
		return text
	}
	end := 0
	for _, t := range corpora.Tokenize(text) {
		if t.End > most {
			break
		}
		end = t.End
	}
	return text[:end]
}

func retrievalSettings(o Options) retrieval.Settings {
	r := o.Retrieval
	if o.Prompt.Shots != "retrieved" {
		r.Mode = o.Prompt.Shots // fixed, random or none
	}
	return retrieval.Settings{
		Mode: r.Mode, K: r.K, Terms: r.Terms, Pool: r.Pool, Candidates: r.Candidates, Fusion: r.Fusion, DenseWeight: r.Weight,
		K1: r.K1, B: r.B, Cover: r.Cover, LabelWeight: r.LabelWeight, Roles: r.Roles, Mentions: r.Mentions, PerMention: r.PerMention,
		Novel: r.Novel, MMR: r.MMR, LeastWords: r.LeastWords, MostWords: r.MostWords,
		Coverage: r.Coverage, Balance: r.Balance, NearDuplicate: r.NearDuplicate, MinPrior: r.MinPrior,
		Fuzzy: r.Fuzzy, Plurals: r.Plurals, Spellings: r.Spellings, WordOrder: r.WordOrder, Passages: o.Prompt.Passages, Seed: uint64(r.Seed),
	}
}
