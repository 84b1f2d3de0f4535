package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
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
			text, err := textArgument(cmd.Context(), s, args)
			if err != nil {
				return err
			}
			return search(cmd, s, text, explain, asJSON)
		},
	}
	addSettings(cmd, "index", "retrieval.", "embedder.spec", "prompt.passages", "link.")
	addSettings(cmd, serverSettings...)
	cmd.Flags().BoolVar(&explain, "explain", false, "show the parts of each score")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// textArgument is the text of the arguments, or standard input for - and for none.
func textArgument(ctx context.Context, s streams, args []string) (string, error) {
	text := strings.Join(args, " ")
	if len(args) == 0 || text == "-" {
		awaitTyping(ctx, s)
		data, err := io.ReadAll(s.in)
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

// mostNear is how many near names are shown beside the exact hits.
const mostNear = 5

func search(cmd *cobra.Command, s streams, text string, explain, asJSON bool) (err error) {
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	e, err := openEngine(cmd, s, c)
	if err != nil {
		return err
	}
	defer release(e)
	defer e.Index().Safely(&err)()
	found, err := e.Search(cmd.Context(), text)
	if err != nil {
		return err
	}
	var near []retrieval.TermHit
	if left := c.Retrieval.Terms - len(found.Terms); left > 0 {
		if near, err = e.NearTerms(cmd.Context(), text, min(left, mostNear)); err != nil {
			return err
		}
	}
	links, err := linksOf(cmd.Context(), e, text, found.Terms)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(s.out, searchJSON(text, found, near, links))
	}
	show := evidencePrinter{out: s.out, engine: e, explain: explain, colour: coloured(s.out)}
	show.demonstrations(found.Demonstrations)
	show.terms("in the text", found.Terms, links)
	show.terms("nearest to what has no exact hit", near, nil)
	for i, p := range found.Passages {
		fmt.Fprintf(s.out, "passage %d: %s\n", i+1, p.Text)
	}
	return nil
}

// linksOf are, by term hit, the concepts that it may name, as tag would link an entity there; nil without --link.
func linksOf(ctx context.Context, e *ragner.Engine, text string, hits []retrieval.TermHit) ([][]corpora.Link, error) {
	doc := corpora.Document{Text: text}
	for _, h := range hits {
		doc.Entities = append(doc.Entities, corpora.Entity{Label: h.Term.Label, Fragments: []corpora.Fragment{h.Fragment}})
	}
	linked, err := e.Link(ctx, doc)
	if err != nil || linked == nil {
		return nil, err
	}
	links := make([][]corpora.Link, len(hits))
	for i := range hits {
		links[i] = linked.Entities[i].Links
	}
	return links, nil
}

// evidencePrinter shows evidence to people.
type evidencePrinter struct {
	out             io.Writer
	engine          *ragner.Engine
	explain, colour bool
}

func (p evidencePrinter) demonstrations(list []retrieval.Demonstration) {
	fmt.Fprintln(p.out, plural(len(list), "demonstration"))
	for i, d := range list {
		fmt.Fprintf(p.out, "%3d. %.3f  %s\n     %s\n", i+1, d.Score, d.Ref(), marked(d.Sentence.Text, d.Entities, p.colour))
		if p.explain {
			fmt.Fprintf(p.out, "     from %s\n", contributions(d.From))
		}
	}
}

func (p evidencePrinter) terms(where string, list []retrieval.TermHit, links [][]corpora.Link) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(p.out, plural(len(list), "term"), where)
	for i, t := range list {
		fmt.Fprintf(p.out, "     %s  %s\n", t.Surface, termText(t))
		for k := 0; links != nil && k < len(links[i]); k++ {
			l := links[i][k]
			fmt.Fprintf(p.out, "     %.2f  %s · %s\n", l.Score, strings.TrimSpace(l.ID+" "+l.Name), l.Source)
		}
		if p.explain {
			fmt.Fprintf(p.out, "     from %s%s\n", contributions(t.From), p.known(t))
			p.senses(t.Senses)
		}
	}
}

// senses lists the terms that an ambiguous name may stand for, the likeliest first.
func (p evidencePrinter) senses(list []retrieval.Sense) {
	for i := 0; i < len(list) && len(list) > 1; i++ {
		s := list[i]
		fmt.Fprintf(p.out, "     %2d. %s %s · %s · annotated %d · context %.2f\n", i+1, s.ID, s.Name, strings.ToLower(string(s.Scope)), s.Annotated, s.Context)
	}
}

// known tells how the corpora annotate a surface and how many terms it names.
func (p evidencePrinter) known(t retrieval.TermHit) string {
	entry, ok := p.engine.Index().Lexicon().Lookup(t.Surface)
	if !ok {
		return ""
	}
	text := ""
	if entry.Seen > 0 {
		text = fmt.Sprintf(" · annotated %d of %d times", entry.Labelled(t.Term.Label), entry.Seen)
	}
	if n := len(entry.Terms); n > 0 {
		text += " · names " + plural(n, "term")
	}
	return text
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
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
