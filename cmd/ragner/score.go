package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/score"
)

func newScore(s streams) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "score GOLD PRED",
		Short: "Score predicted annotations against gold ones, without index or model",
		Long: `Score predicted annotations against gold ones, without index or model.

Both are files or folders in any format that ragner reads. Documents are paired by id, tokenised sentences
without ids in their order. The criteria are explained in docs/scoring.md.`,
		Example: "  ragner score test.PubTator predicted.jsonl\n  ragner score gold.conll pred.conll --json",
		Args:    exactArgs("GOLD", "PRED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return scoreFiles(s, args[0], args[1], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func scoreFiles(s streams, goldPath, predPath string, asJSON bool) error {
	gold, goldFailed, err := readAll(s.err, goldPath)
	if err != nil {
		return err
	}
	pred, predFailed, err := readAll(s.err, predPath)
	if err != nil {
		return err
	}
	pairs, how := score.Pairs(gold, pred)
	reportPairing(s.err, how)
	if err := printReport(s.out, score.Evaluate(pairs), asJSON); err != nil {
		return err
	}
	return partial(goldFailed + predFailed + len(how.TextDiffer) + len(how.Failed))
}

func readAll(w io.Writer, path string) ([]corpora.Document, int, error) {
	list, err := documentSpecs([]string{path}, "")
	if err != nil {
		return nil, 0, err
	}
	in := &input{err: w, specs: list}
	opened, err := in.open()
	if err != nil {
		return nil, 0, err
	}
	var docs []corpora.Document
	for doc, err := range in.documents(opened) {
		switch {
		case err == nil:
			docs = append(docs, doc)
		case !isBadDocument(err):
			return nil, 0, err
		}
	}
	if len(docs) == 0 {
		return nil, 0, fmt.Errorf("read %s: no documents", list[0].Path)
	}
	return docs, in.failed, nil
}

func printReport(w io.Writer, r score.Report, asJSON bool) error {
	if asJSON {
		return writeJSON(w, r)
	}
	return r.Table(w)
}

// reportPairing says what was not paired as it should be; each list is cut after a few ids.
func reportPairing(w io.Writer, p score.Pairing) {
	for _, line := range []struct {
		what string
		ids  []string
	}{
		{"gold documents have no prediction and count as missed", p.Missing},
		{"predicted documents have no gold and are left out", p.Surplus},
		{"ids stand more than once; the first goes with the first", p.Duplicate},
		{"documents have different texts and cannot be compared", p.TextDiffer},
		{"predicted documents failed", p.Failed},
		{"documents differ in white space; offsets were carried over", p.Realigned},
	} {
		if len(line.ids) > 0 {
			fmt.Fprintf(w, "ragner: %d %s: %s\n", len(line.ids), line.what, someOf(line.ids, 5))
		}
	}
	if p.ByOrder > 0 {
		fmt.Fprintf(w, "ragner: %d tokenised sentences were paired by their order\n", p.ByOrder)
	}
}

func someOf(ids []string, n int) string {
	text := ""
	for i, id := range ids[:min(n, len(ids))] {
		if i > 0 {
			text += ", "
		}
		text += id
	}
	if len(ids) > n {
		text += ", …"
	}
	return text
}
