package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/retrieval"
)

func newSearch(s streams) *cobra.Command {
	var explain, asJSON bool
	cmd := &cobra.Command{
		Use:   "search -i DIR [TEXT|-]",
		Short: "Show the annotated sentences and terms that a text would be tagged with",
		Long: `Show the annotated sentences and terms that a text would be tagged with.

TEXT is one sentence; - or nothing reads standard input. --explain shows what each channel gave to each hit.`,
		Example: `  ragner search -i idx "a family with cystic fibrosis" --explain`,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := textArgument(s.in, args)
			if err != nil {
				return err
			}
			return search(cmd, s, text, explain, asJSON)
		},
	}
	config.AddFlags(cmd.Flags(), "index", "retrieval.", "embedder.url", "prompt.passages")
	cmd.Flags().BoolVar(&explain, "explain", false, "show the parts of each score")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// textArgument is the text of the arguments, or standard input for - and for none.
func textArgument(in io.Reader, args []string) (string, error) {
	text := strings.Join(args, " ")
	if len(args) == 0 || text == "-" {
		data, err := io.ReadAll(in)
		if err != nil {
			return "", fmt.Errorf("read standard input: %w", err)
		}
		text = string(data)
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", usagef("no text given")
	}
	if !utf8.ValidString(text) {
		return "", errors.New("the text is not valid UTF-8")
	}
	return text, nil
}

func search(cmd *cobra.Command, s streams, text string, explain, asJSON bool) error {
	e, c, err := openEngine(cmd, s)
	if err != nil {
		return err
	}
	defer e.Close()
	found, err := e.Search(cmd.Context(), text)
	if err != nil {
		return err
	}
	var near []retrieval.TermHit
	if len(found.Terms) == 0 && c.Retrieval.Terms > 0 {
		if near, err = e.SearchTerms(cmd.Context(), text, c.Retrieval.Terms); err != nil {
			return err
		}
	}
	if asJSON {
		return writeJSON(s.out, searchJSON(text, found, near))
	}
	printEvidence(s.out, found, near, explain, coloured(s.out))
	return nil
}

func printEvidence(w io.Writer, e retrieval.Evidence, near []retrieval.TermHit, explain, colour bool) {
	fmt.Fprintf(w, "%d demonstrations\n", len(e.Demonstrations))
	for i, d := range e.Demonstrations {
		fmt.Fprintf(w, "%3d. %.3f  %s\n     %s\n", i+1, d.Score, d.Ref(), marked(d.Sentence.Text, d.Entities, colour))
		if explain {
			fmt.Fprintf(w, "     from %s\n", contributions(d.From))
		}
	}
	if len(e.Terms) > 0 {
		fmt.Fprintf(w, "%d terms in the text\n", len(e.Terms))
	}
	for _, t := range e.Terms {
		fmt.Fprintf(w, "     %s  %s\n", t.Surface, termText(t))
		if explain {
			fmt.Fprintf(w, "     from %s\n", contributions(t.From))
		}
	}
	if len(near) > 0 {
		fmt.Fprintln(w, "no term stands in the text; the nearest names are")
	}
	for _, t := range near {
		fmt.Fprintf(w, "     %s  %s\n", t.Surface, termText(t))
		if explain {
			fmt.Fprintf(w, "     from %s\n", contributions(t.From))
		}
	}
	for i, p := range e.Passages {
		fmt.Fprintf(w, "passage %d: %s\n", i+1, p.Text)
	}
}

func termText(t retrieval.TermHit) string {
	parts := []string{}
	if t.Term.Label != "" {
		parts = append(parts, t.Term.Label)
	}
	if t.Term.ID != "" {
		parts = append(parts, t.Term.ID+" "+t.Term.Name)
	}
	if t.Prior > 0 {
		parts = append(parts, fmt.Sprintf("prior %.2f", t.Prior))
	}
	return strings.Join(parts, ", ")
}

func contributions(from []retrieval.Contribution) string {
	parts := make([]string, len(from))
	for i, c := range from {
		parts[i] = fmt.Sprintf("%s #%d %.4g", c.Source, c.Rank, c.Score)
	}
	return strings.Join(parts, " · ")
}

type hitJSON struct {
	Ref      string                   `json:"ref"`
	Document string                   `json:"document"`
	Sentence int                      `json:"sentence"`
	Text     string                   `json:"text"`
	Entities []entityJSON             `json:"entities"`
	Score    float64                  `json:"score"`
	From     []retrieval.Contribution `json:"from"`
}

type entityJSON struct {
	Start int    `json:"start"` // code points
	End   int    `json:"end"`
	Label string `json:"label"`
	Text  string `json:"text"`
}

type termJSON struct {
	ID    string                   `json:"id,omitempty"`
	Name  string                   `json:"name,omitempty"`
	Label string                   `json:"label"`
	Text  string                   `json:"text"`
	Start *int                     `json:"start,omitempty"` // code points of the query
	End   *int                     `json:"end,omitempty"`
	Prior float64                  `json:"prior"`
	From  []retrieval.Contribution `json:"from"`
}

func searchJSON(text string, e retrieval.Evidence, near []retrieval.TermHit) map[string]any {
	hits := []hitJSON{}
	for _, d := range e.Demonstrations {
		h := hitJSON{d.Ref(), d.Sentence.DocID, d.Sentence.Index, d.Sentence.Text, []entityJSON{}, d.Score, d.From}
		m := corpora.NewMapper(d.Sentence.Text)
		for _, x := range d.Entities {
			h.Entities = append(h.Entities, entityJSON{m.CodePoints(x.Start()), m.CodePoints(x.End()), x.Label, x.Surface(d.Sentence.Text)})
		}
		hits = append(hits, h)
	}
	m := corpora.NewMapper(text)
	terms, names, passages := []termJSON{}, []termJSON{}, []string{}
	for _, t := range e.Terms {
		start, end := m.CodePoints(t.Fragment.Start), m.CodePoints(t.Fragment.End)
		terms = append(terms, termJSON{t.Term.ID, t.Term.Name, t.Term.Label, t.Surface, &start, &end, t.Prior, t.From})
	}
	for _, t := range near {
		names = append(names, termJSON{ID: t.Term.ID, Name: t.Term.Name, Label: t.Term.Label, Text: t.Surface, From: t.From})
	}
	for _, p := range e.Passages {
		passages = append(passages, p.Text)
	}
	return map[string]any{"text": text, "demonstrations": hits, "terms": terms, "nearest_terms": names, "passages": passages}
}
