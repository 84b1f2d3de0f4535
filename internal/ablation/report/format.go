package report

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/ragner/ragner/internal/ablation"
)

// significance is the corrected p below which a difference is called significant.
const significance = .05

// share writes .661; readers of such figures need no zero before the point.
func share(x float64) string { return noZero(strconv.FormatFloat(x, 'f', 3, 64)) }

// signed writes +.043 or −.043, with a real minus sign.
func signed(x float64) string {
	s := share(x)
	switch {
	case strings.Trim(s, "-.0") == "":
		return share(0)
	case x > 0:
		return "+" + s
	}
	return "−" + s[1:]
}

func noZero(s string) string {
	if rest, ok := strings.CutPrefix(s, "-0."); ok {
		return "-." + rest
	}
	if rest, ok := strings.CutPrefix(s, "0."); ok {
		return "." + rest
	}
	return s
}

func interval(low, high float64) string { return share(low) + " to " + share(high) }

func withInterval(s ablation.Share) string {
	return share(s.Value) + " (" + interval(s.Low, s.High) + ")"
}

// change is a difference to the reference row with its interval.
func change(a *ablation.Against) string {
	if a == nil {
		return ""
	}
	return signed(a.Delta) + " (" + signed(a.Low) + " to " + signed(a.High) + ")"
}

// chance is the corrected p, with the verdict in words.
func chance(a *ablation.Against) string {
	switch {
	case a == nil:
		return ""
	case significant(a):
		return pValue(a.PHolm) + " significant"
	}
	return pValue(a.PHolm)
}

func significant(a *ablation.Against) bool { return a.PHolm < significance }

func pValue(p float64) string {
	if p < .001 {
		return "< .001"
	}
	return share(p)
}

// count writes 12,345.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes "1 row" and "2 rows".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return count(n) + " " + word + "s"
}

// amount writes a quantity with three digits, or all that stand before the point; two where it is below .1.
func amount(x float64) string {
	switch {
	case x >= 100:
		return count(int(x + .5))
	case x >= 10:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case x >= .1:
		return noZero(strconv.FormatFloat(x, 'f', 2, 64))
	case x <= 0:
		return "0"
	}
	return noZero(strconv.FormatFloat(x, 'f', 1-int(math.Floor(math.Log10(x))), 64))
}

// setting writes the value of a setting; whole numbers look the same whether they come from YAML or JSON.
func setting(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]string, map[string]any, []any, []string:
		content, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(content)
	}
	return fmt.Sprint(value)
}

// oneLine is inline without blanks at its ends.
func oneLine(s string) string { return strings.TrimSpace(inline(s)) }

// inline turns every run of white space into a blank and drops control characters, among them those that change the
// direction of what follows.
func inline(s string) string {
	var b strings.Builder
	blank := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
		default:
			b.WriteRune(r)
			blank = false
		}
	}
	return b.String()
}

// shorten keeps the first and the last of at most n code points: names of rows often differ at their end.
func shorten(s string, n int) string {
	points := []rune(oneLine(s))
	if len(points) <= n {
		return string(points)
	}
	tail := (n - 1) / 2
	return string(points[:n-1-tail]) + "…" + string(points[len(points)-tail:])
}
