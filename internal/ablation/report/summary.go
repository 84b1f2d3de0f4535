package report

import (
	"fmt"
	"strings"

	"github.com/ragner/ragner/internal/ablation"
)

// summary says in words what came of it.
func summary(r ablation.Results, rows []row) string {
	main := mainFigure(r)
	ranked := best(rows, main)
	if len(ranked) == 0 {
		return "No row was finished, so there is nothing to compare."
	}
	top := ranked[0]
	value, _ := main.of(top)
	sentences := []string{fmt.Sprintf("Best of %s is %s, with a %s of %s (95 %% interval %s)%s.",
		plural(len(ranked), "scored row"), quoted(top), main.Name, share(value.Value), interval(value.Low, value.High), onDocuments(top))}
	if n := equals(ranked, main); n > 0 {
		sentences = append(sentences, fmt.Sprintf("%s the same figure.", has(n)))
	}
	sentences = append(sentences, comparison(r, top, ranked), price(top))
	if top.State != ablation.Done {
		sentences = append(sentences, "It was not finished, and no row was.")
	}
	if !r.Retrieval {
		sentences = append(sentences, secondTo(top, ranked))
	}
	return strings.Join(nonEmpty(sentences), " ")
}

// equals counts the rows whose figure is that of the best.
func equals(ranked []row, by figure) (n int) {
	top, _ := by.of(ranked[0])
	for _, r := range ranked[1:] {
		if value, _ := by.of(r); value.Value == top.Value && unfinished(r) == unfinished(ranked[0]) {
			n++
		}
	}
	return n
}

func has(n int) string {
	if n == 1 {
		return "1 other row has"
	}
	return count(n) + " other rows have"
}

func quoted(r row) string { return "“" + oneLine(r.Name) + "”" }

func onDocuments(r row) string {
	if r.Evaluation == nil {
		return ""
	}
	return " on " + plural(r.Evaluation.Documents, "document")
}

// comparison sets the best row against the reference.
func comparison(r ablation.Results, top row, ranked []row) string {
	a := top.Against
	switch {
	case top.Reference && len(ranked) > 1:
		return "It is the reference: no other row is better."
	case top.Reference || r.Reference == "":
		return ""
	case a == nil:
		return fmt.Sprintf("It could not be tested against the reference, “%s”.", oneLine(r.Reference))
	}
	verdict := "which is not significant: with these documents it may be an accident"
	if significant(a) {
		verdict = "which is significant"
	}
	return fmt.Sprintf("Against the reference, “%s”, that is %s (interval %s to %s, p %s after Holm's correction), %s.",
		oneLine(r.Reference), signed(a.Delta), signed(a.Low), signed(a.High), isP(a.PHolm), verdict)
}

func isP(p float64) string {
	if s := pValue(p); s[0] == '<' {
		return s
	}
	return "= " + share(p)
}

// price says what a sentence cost.
func price(r row) string {
	if s, ok := r.seconds(); ok {
		tokens, _ := r.tokens()
		if tokens == 0 {
			return fmt.Sprintf("A sentence took %s and no model.", seconds(s))
		}
		return fmt.Sprintf("A sentence took %s tokens and %s.", amount(tokens), seconds(s))
	}
	if r.Evidence != nil {
		return fmt.Sprintf("Retrieving for a sentence took %s ms.", amount(r.Evidence.Seconds*1000))
	}
	return ""
}

func seconds(s float64) string {
	if s < .1 {
		return amount(s*1000) + " ms"
	}
	return amount(s) + " s"
}

// dear is how many seconds a sentence must take before a cheaper row is worth a word.
const dear = .1

// secondTo names the cheapest row on the frontier whose interval holds the best row's figure.
func secondTo(top row, ranked []row) string {
	cost, known := top.seconds()
	if !known || cost < dear {
		return ""
	}
	value, _ := strictF1.of(top)
	for _, o := range offers(ranked, row.seconds, strictF1) {
		near, _ := strictF1.of(o.Row)
		if o.Row.Number != top.Number && o.Frontier && o.Cost < cost && near.High >= value.Value {
			return fmt.Sprintf("Cheaper, and not clearly worse by its interval, is %s: %s at %s a sentence.", quoted(o.Row), share(near.Value), seconds(o.Cost))
		}
	}
	return ""
}

func nonEmpty(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
