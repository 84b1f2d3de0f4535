package llm

import "testing"

func TestPrefix(t *testing.T) {
	var p prefix
	ask := func(texts ...string) float64 {
		var messages []Message
		for _, text := range texts {
			messages = append(messages, Message{"user", text})
		}
		return p.common(messages)
	}
	for i, c := range []struct {
		texts []string
		want  float64
	}{
		{[]string{"åååå"}, 0},
		{[]string{"åååå"}, 1},
		{[]string{"åååå", "bb"}, 10.0 / 18},
		{[]string{"åååå", "bc"}, 16.0 / 18}, // both roles, four letters, three ends, one b
		{[]string{"x"}, 5.0 / 7},
	} {
		if got := ask(c.texts...); got != c.want {
			t.Errorf("%d: %g, want %g", i, got, c.want)
		}
	}
}
