package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/score"
)

func newDemo(s streams) *cobra.Command {
	keep := ""
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole way on the built-in sample, with no set-up",
		Long: `Show the whole way on the built-in sample, with no set-up: an index is built from annotated abstracts
(NCBI disease corpus) and the Disease Ontology, unseen sentences are tagged with the reasons, and a held-out
part is scored. --keep DIR leaves the index and the sample's files there, to try the other commands on.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return demo(cmd.Context(), s, keep) },
	}
	cmd.Flags().StringVar(&keep, "keep", "", "`DIR` to leave the index and the sample's files in")
	return cmd
}

func demo(ctx context.Context, s streams, keep string) error {
	dir := keep
	if dir == "" {
		temp, err := os.MkdirTemp("", "ragner-demo-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temp) }()
		dir = temp
	}
	paint := painter(coloured(s.out))
	fmt.Fprintln(s.out, paint("1", "1. An index from annotated sentences and an ontology"))
	if err := demoIndex(ctx, s, dir+"/index", keep); err != nil {
		return err
	}
	e, err := ragner.Open(ctx, dir+"/index", ragner.Defaults())
	if err != nil {
		return err
	}
	defer release(e)
	fmt.Fprintln(s.out, "\n"+paint("1", "2. Sentences it has never seen, tagged without any model"))
	if err := demoTag(ctx, s.out, e); err != nil {
		return err
	}
	fmt.Fprintln(s.out, paint("1", "3. How good is it? 40 held-out abstracts"))
	if err := demoScore(ctx, s, e); err != nil {
		return err
	}
	demoNext(s.out, paint, keep)
	return nil
}

func demoIndex(ctx context.Context, s streams, dir, keep string) error {
	terms, err := sample.Ontology()
	if err != nil {
		return err
	}
	embedder, err := ragner.NewEmbedder(ctx, "static", ragner.Defaults())
	if err != nil {
		return err
	}
	if keep != "" {
		if err := sample.WriteTo(keep); err != nil {
			return err
		}
	}
	bar := newProgress(s.err)
	report, err := index.Build(ctx, dir, index.Input{
		Corpora:    []index.Corpus{{Spec: corpora.Spec{Path: "sample/" + sample.TrainFile}, Documents: distinct(s.err, sample.TrainFile, sample.Train())}},
		Ontologies: []index.Ontology{{Spec: corpora.Spec{Path: "sample/" + sample.OntologyFile}, Terms: terms}},
	}, index.Options{Embedder: embedder, EmbedderID: "static", Version: programVersion(), Progress: bar.Show})
	bar.Finish()
	if err != nil {
		return err
	}
	c := report.Counts
	fmt.Fprintf(s.out, "   %d abstracts of the NCBI disease corpus: %d sentences, %d disease mentions\n", c.Documents, c.DistinctSentences, c.Entities)
	fmt.Fprintf(s.out, "   Disease Ontology: %d terms, %d names\n", c.Terms, c.Names)
	fmt.Fprintf(s.out, "   built in %.1f s: vectors, BM25 and a lexicon, on this machine\n", report.Duration.Seconds())
	return nil
}

// demoTag tags the sentences in which most is found.
func demoTag(ctx context.Context, w io.Writer, e *ragner.Engine) error {
	var docs []corpora.Document
	for _, text := range sample.Unseen() {
		doc, err := e.TagText(ctx, text)
		if err != nil {
			return err
		}
		docs = append(docs, doc)
	}
	slices.SortStableFunc(docs, func(a, b corpora.Document) int { return len(b.Entities) - len(a.Entities) })
	for _, doc := range docs[:min(3, len(docs))] {
		fmt.Fprintf(w, "   %s\n", marked(doc.Text, doc.Entities, coloured(w)))
		for _, x := range doc.Entities {
			fmt.Fprintf(w, "     %-28s %s\n", cut(x.Surface(doc.Text), 28), why(x))
		}
		fmt.Fprintln(w)
	}
	return nil
}

// why says in a line what an entity rests on.
func why(e corpora.Entity) string {
	parts := []string{fmt.Sprintf("%s %.2f, %s", e.Label, e.Score, e.Status)}
	if len(e.Concepts) > 0 {
		parts = append(parts, strings.Join(e.Concepts[:min(2, len(e.Concepts))], " "))
	}
	if n := len(e.From.Demonstrations); n > 0 {
		parts = append(parts, "annotated in "+strings.Join(e.From.Demonstrations[:min(2, n)], ", "))
	}
	if len(e.From.Terms) > 0 {
		parts = append(parts, "named by "+e.From.Terms[0])
	}
	return strings.Join(parts, " · ")
}

func cut(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}

func demoScore(ctx context.Context, s streams, e *ragner.Engine) error {
	var gold []corpora.Document
	for doc, err := range sample.HeldOut() {
		if err != nil {
			return err
		}
		gold = append(gold, doc)
	}
	started := time.Now()
	job, err := newEvalJob(tagJob{streams: s, engine: e, config: ragner.Defaults()}, score.InMemory(gold))
	if err != nil {
		return err
	}
	defer release(job.pred)
	x, _, err := job.evaluate(ctx, 0)
	if err != nil {
		return err
	}
	m := x.Criteria.Strict.Micro
	fmt.Fprintf(s.out, "   %d documents in %.1f s: precision %.3f, recall %.3f, strict F1 %.3f (95 %% interval %.3f to %.3f)\n",
		x.Documents, time.Since(started).Seconds(), m.Precision, m.Recall, m.F1, m.F1Low, m.F1High)
	return nil
}

func demoNext(w io.Writer, paint func(string, string) string, keep string) {
	fmt.Fprintln(w, "\n"+paint("1", "Next"))
	fmt.Fprint(w, `   your own data:   ragner index -o idx --corpus train.jsonl --ontology terms.obo,label=Disease
                    ragner tag -i idx notes.txt -f text
   with Ollama:     ollama pull qwen2.5:3b
                    ragner tag -i idx --model qwen2.5:3b notes.txt -f html -o notes.html
   what is shown:   ragner search -i idx --explain "a sentence"
                    ragner prompt -i idx "a sentence"
`)
	if keep == "" {
		fmt.Fprintln(w, "   this sample:     ragner demo --keep sample    (leaves its index and files there)")
		return
	}
	fmt.Fprintf(w, "   this sample:     ragner search -i %s/index --explain \"hereditary breast cancer\"\n", keep)
	fmt.Fprintf(w, "                    ragner eval -i %s/index --gold %s/%s,label=Disease\n", keep, keep, sample.HeldOutFile)
}
