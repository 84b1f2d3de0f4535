package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/score"
)

// defaultExamples is how many errors of each kind a table quotes.
const defaultExamples = 3

// scored is a report with the errors to read, if any were asked for.
type scored struct {
	score.Report
	*score.Findings
}

func newScore(s streams) *cobra.Command {
	asJSON, examples := false, defaultExamples
	cmd := &cobra.Command{
		Use:   "score GOLD PRED",
		Short: "Score predicted annotations against gold ones, without index or model",
		Long: `Score predicted annotations against gold ones, without index or model.

Both are files or folders in any format that ragner reads. Documents are paired by id, tokenised sentences
without ids in their order. The criteria are explained in docs/scoring.md.

The table quotes a few errors of each kind, from as many documents as possible, and names what is missed and
invented most. --json holds no text of the documents unless --examples is given.

Documents are kept in the folder for temporary files (TMPDIR) meanwhile, not in memory; only their owner can
read them there, and they are gone at the end.`,
		Example: "  ragner score test.PubTator predicted.jsonl\n  ragner score gold.conll pred.conll --examples 10\n" +
			"  ragner score gold.conll pred.conll --json",
		Args: exactArgs("GOLD", "PRED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if examples < 0 {
				return usagef("--examples wants 0 or more, but got %d", examples)
			}
			if asJSON && !cmd.Flags().Changed("examples") {
				examples = 0
			}
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			return scoreFiles(cmd.Context(), s, scoreArgs{args[0], args[1], asJSON, examples}, c.Input)
		},
	}
	addSettings(cmd, "input.")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&examples, "examples", examples, "quote up to `N` errors of each kind; 0: none")
	return cmd
}

type scoreArgs struct {
	gold, pred string
	asJSON     bool
	examples   int // of each kind
}

// scoreFiles reads both files into spools, since pairing may need any document of theirs, and scores pair by pair.
func scoreFiles(ctx context.Context, s streams, a scoreArgs, c config.Input) error {
	gold, err := readAside(ctx, s.err, a.gold, c)
	if err != nil {
		return err
	}
	defer gold.close()
	pred, err := readAside(ctx, s.err, a.pred, c)
	if err != nil {
		return err
	}
	defer pred.close()
	paired, err := score.Match(until{ctx, gold.docs}, until{ctx, pred.docs})
	if err != nil {
		return err
	}
	result, err := scorePairs(paired, a.examples)
	if err != nil {
		return err
	}
	reportPairing(s.err, paired.Pairing)
	reportEmpty(s.err, result.Report)
	if err := printScored(s.out, result, a.asJSON); err != nil {
		return err
	}
	return partial(gold.failed + pred.failed + len(paired.TextDiffer) + len(paired.Failed))
}

func scorePairs(paired *score.Paired, examples int) (result scored, err error) {
	scorer, finder := score.NewDefault(), score.NewFinder(paired.Duplicate)
	for pair, err := range paired.Pairs() {
		if err != nil {
			return result, err
		}
		paired.Note(pair)
		scorer.Add(pair)
		if examples > 0 {
			finder.Add(pair)
		}
	}
	result.Report = scorer.Report()
	if examples > 0 {
		found, err := finder.Find(paired.Pairs(), examples)
		if err != nil {
			return result, err
		}
		result.Findings = &found
	}
	return result, nil
}

func printScored(w io.Writer, r scored, asJSON bool) error {
	if asJSON {
		return writeJSON(w, r)
	}
	if err := r.Report.Table(w); err != nil || r.Findings == nil {
		return err
	}
	return r.Findings.Table(w, r.Errors)
}

// reportEmpty says why figures are 0 that no tagger could have raised, or that none was asked for.
func reportEmpty(w io.Writer, r score.Report) {
	gold, predicted := r.Mentions()
	if gold == 0 {
		fmt.Fprintln(w, "ragner: gold has no mentions: precision, recall and F1 are 0 whatever is predicted")
	}
	if predicted == 0 {
		fmt.Fprintln(w, "ragner: nothing is predicted in any document")
	}
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
