package retrieval

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ragner/ragner/index"
)

// TestEvidence runs testdata/evidence. "corpus", "terms" and "passages" set up an index, "settings" change the
// default settings (embedder=none leaves the vectors out), "search" shows the evidence for a text, "hits" its term
// hits alone, "near" the names of terms close to it, and "demonstration" the hits that a sentence of the index would be
// shown with. A text may begin with its document: "d1: text".
func TestEvidence(t *testing.T) {
	datadriven.Walk(t, "testdata/evidence", func(t *testing.T, path string) {
		stage := &stage{settings: Defaults(), world: world{embedder: static(t)}}
		stage.settings.Terms = 10
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return stage.run(t, d) })
	})
}

// stage is what the commands of a file have set up so far.
type stage struct {
	world    world
	settings Settings
	index    *index.Index // nil: to be built
}

func (s *stage) run(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "corpus":
		s.world.documents, s.index = documents(t, d.Input), nil
	case "passages":
		s.world.passages, s.index = documents(t, d.Input), nil
	case "terms":
		s.world.terms, s.index = terms(t, d.Input), nil
	case "settings":
		if err := s.set(t, d.CmdArgs); err != nil {
			return err.Error()
		}
	default:
		if s.index == nil {
			s.index = s.world.build(t)
		}
		return s.ask(t, d)
	}
	return ""
}

// ask answers the commands that need an index.
func (s *stage) ask(t *testing.T, d *datadriven.TestData) string {
	r, err := New(s.index, s.world.embedder, s.settings)
	if err != nil {
		return "error: " + err.Error()
	}
	id, text, ok := strings.Cut(d.Input, ": ")
	if !ok {
		id, text = "", d.Input
	}
	q := query(text)
	q.Sentence.DocID = id
	for _, arg := range d.CmdArgs {
		if arg.Key == "exclude" {
			q.Exclude = arg.Vals
		}
	}
	switch d.Cmd {
	case "search":
		return show(retrieve(t, r, q))
	case "hits":
		return showTerms(retrieve(t, r, q).Terms)
	case "demonstration":
		record := s.index.Sentence(s.index.SentencesOf(id)[0])
		return showTerms(r.DemonstrationTerms(Query{}, Demonstration{Sentence: record.Sentence, Entities: record.Entities}))
	case "near":
		k := 3
		d.MaybeScanArgs(t, "k", &k)
		hits, err := r.NearTerms(context.Background(), text, k)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, h := range hits {
			fmt.Fprintf(&b, "%s %s, by %q%s\n", h.Term.ID, h.Term.Name, h.Surface, contributions(h.From))
			for i := 1; i < len(h.Senses); i++ {
				fmt.Fprintf(&b, "  or %s %s\n", h.Senses[i].ID, h.Senses[i].Name)
			}
		}
		return b.String()
	}
	return "unknown command " + d.Cmd
}

// set reads settings as "k=3 mode=lexical".
func (s *stage) set(t *testing.T, args []datadriven.CmdArg) error {
	for _, arg := range args {
		value := arg.Vals[0]
		number, _ := strconv.ParseFloat(value, 64)
		switch arg.Key {
		case "mode":
			s.settings.Mode = value
		case "fusion":
			s.settings.Fusion = value
		case "k":
			s.settings.K = int(number)
		case "terms":
			s.settings.Terms = int(number)
		case "passages":
			s.settings.Passages = int(number)
		case "pool":
			s.settings.Pool = int(number)
		case "weight":
			s.settings.DenseWeight = number
		case "prior":
			s.settings.MinPrior = number
		case "near":
			s.settings.NearDuplicate = number
		case "k1":
			s.settings.K1 = number
		case "b":
			s.settings.B = number
		case "cover":
			s.settings.Cover = value
		case "labels":
			s.settings.LabelWeight = number
		case "roles":
			s.settings.Roles = value == "on"
		case "mentions":
			s.settings.Mentions = number
		case "per":
			s.settings.PerMention = int(number)
		case "novel":
			s.settings.Novel = value == "on"
		case "mmr":
			s.settings.MMR = number
		case "least":
			s.settings.LeastWords = int(number)
		case "most":
			s.settings.MostWords = int(number)
		case "coverage":
			s.settings.Coverage = value == "on"
		case "balance":
			s.settings.Balance = value == "on"
		case "fuzzy":
			s.settings.Fuzzy = value == "on"
		case "plurals":
			s.settings.Plurals = value == "on"
		case "spellings":
			s.settings.Spellings = value == "on"
		case "order":
			s.settings.WordOrder = value == "on"
		case "embedder":
			s.world.embedder, s.index = nil, nil
			if value == "static" {
				s.world.embedder = static(t)
			}
		default:
			return fmt.Errorf("unknown setting %s", arg.Key)
		}
	}
	return nil
}
