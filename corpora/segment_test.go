package corpora

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestSegmentRules reads testdata/segment.txt: a text, and the sentences it has, one a line ("⏎" is a line end).
func TestSegmentRules(t *testing.T) {
	datadriven.RunTest(t, "testdata/segment.txt", func(_ *testing.T, d *datadriven.TestData) string {
		var b strings.Builder
		for _, s := range Segment(Document{ID: "d", Text: d.Input}) {
			fmt.Fprintf(&b, "%d: %s\n", s.Index, strings.NewReplacer("\n", "⏎", "\r", "␍").Replace(s.Text))
		}
		return b.String()
	})
}

func TestSegmentLineEnds(t *testing.T) {
	for text, want := range map[string]int{
		"":                          0,
		" \n\t\u00a0":               0,
		"One.\r\nTwo.":              2,
		"wrapped\r\ntext goes on.":  1,
		"a blank line\r\n\r\nends.": 2,
		"a blank line\n \t \nends.": 2,
		"page\fbreak":               2,
		"paragraph\u2029separator":  2,
		"Is it? Yes! So.":           3,
		"他有糖尿病。他服用二甲双胍。":                2,
		"“He had fever.” She did not.":  2,
		"Was \"fine.\" (See below.) Ok": 3,
	} {
		if got := len(Segment(Document{Text: text})); got != want {
			t.Errorf("%q: %d sentences, want %d", text, got, want)
		}
	}
}

func TestSegmentKeepsStatedSentences(t *testing.T) {
	doc := Document{ID: "d", Text: "One. Two three", Sentences: []Sentence{
		{Text: "One. Two", Tokens: []Token{{0, 4}, {5, 8}}}, {Text: "three", Offset: 9},
	}}
	got := Segment(doc)
	if len(got) != 2 || got[0].DocID != "d" || got[1].Index != 1 || len(got[0].Tokens) != 2 || len(got[1].Tokens) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestSegmentCutsLongSentences(t *testing.T) {
	text := strings.Repeat("alpha beta gamma, delta ", 100) + "; " + strings.Repeat("x-", 300)
	sentences := Segment(Document{Text: text})
	for _, s := range sentences {
		if len(s.Tokens) > maxTokens || len(s.Tokens) == 0 {
			t.Errorf("%d tokens", len(s.Tokens))
		}
	}
	checkSentences(t, text, sentences)
	if last := sentences[0].Text; !strings.HasSuffix(last, ",") {
		t.Errorf("cut after %q, not after a comma", last[len(last)-10:])
	}
}

func TestSegmentIsLinear(t *testing.T) {
	for _, unit := range []string{"a. 1 ", "A. ", "x\n", "( 0. 1 ", "Dr. ", "\n\nx", "e\u0301. "} {
		text := strings.Repeat(unit, 60_000)
		start := time.Now()
		Segment(Document{Text: text})
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q sixty thousand times: %v", unit, took)
		}
	}
}

// checkSentences states what holds for the sentences of any text.
func checkSentences(t *testing.T, text string, sentences []Sentence) {
	t.Helper()
	var all []Token
	end := 0
	for i, s := range sentences {
		if s.Index != i || s.Offset < end || text[s.Offset:s.Offset+len(s.Text)] != s.Text || s.Text == "" {
			t.Fatalf("%q: sentence %+v after byte %d", text, s, end)
		}
		end = s.Offset + len(s.Text)
		for _, token := range s.Tokens {
			all = append(all, Token{token.Start + s.Offset, token.End + s.Offset})
		}
		if n := len(s.Tokens); n == 0 || s.Tokens[0].Start != 0 || s.Tokens[n-1].End != len(s.Text) {
			t.Fatalf("%q: sentence %+v has white space at an end", text, s)
		}
	}
	checkTokens(t, text, all)
}

func FuzzSegment(f *testing.F) {
	f.Add("Dr. J. Smith saw E. coli. 1. Then\n\n- item: 0. 05 mg p.o. q.d.\nNext", uint64(1))
	f.Add("a\xff.\u2029(b.) \u200b C. 患者。", uint64(2))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		doc := Document{ID: "d", Text: text}
		checkSentences(t, text, Segment(doc))
		if text == "" {
			return
		}
		random := rand.New(rand.NewPCG(seed, 1))
		for range 3 {
			start := random.IntN(len(text))
			doc.Entities = append(doc.Entities, Entity{Label: "X", Fragments: []Fragment{{start, start + 1 + random.IntN(len(text)-start)}}})
		}
		checkAnnotated(t, doc)
	})
}

// checkAnnotated states that no entity is lost and all stand where they stood.
func checkAnnotated(t *testing.T, doc Document) {
	t.Helper()
	sentences, merged := Annotate(doc)
	count, end := 0, 0
	for i, s := range sentences {
		if s.Index != i || s.Offset < end || s.Text != doc.Text[s.Offset:s.Offset+len(s.Text)] {
			t.Fatalf("%q: sentence %+v after byte %d", doc.Text, s, end)
		}
		end = s.Offset + len(s.Text)
		count += len(s.Entities)
		for _, e := range s.Entities {
			if e.Start() < 0 || e.End() > len(s.Text) {
				t.Fatalf("%q: entity %v outside its sentence %q", doc.Text, e, s.Text)
			}
		}
		for _, token := range s.Tokens {
			if token.Start < 0 || token.End > len(s.Text) {
				t.Fatalf("%q: token %v outside its sentence", doc.Text, token)
			}
		}
	}
	if count != len(doc.Entities) {
		t.Fatalf("%q: %d entities of %d", doc.Text, count, len(doc.Entities))
	}
	if before := len(Segment(doc)); before > 0 && before-merged != len(sentences) {
		t.Fatalf("%q: %d sentences, %d merged, %d left", doc.Text, before, merged, len(sentences))
	}
}
