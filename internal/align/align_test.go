package align

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
)

var testLabels = []string{"Disease", "Rare Disease", "病", "B:x"}

// verify checks what holds for every result.
func verify(t testing.TB, s corpora.Sentence, mentions []Mention, r Result) {
	t.Helper()
	if len(r.Entities) != len(r.Sources) {
		t.Fatalf("%d entities, %d sources", len(r.Entities), len(r.Sources))
	}
	if !slices.IsSortedFunc(r.Entities, corpora.CompareEntities) {
		t.Error("entities are not ordered")
	}
	for i, e := range r.Entities {
		if i > 0 && corpora.CompareEntities(r.Entities[i-1], e) == 0 {
			t.Errorf("entity %v twice", e.Fragments)
		}
		if m := mentions[r.Sources[i]]; m.Label != e.Label {
			t.Errorf("entity with label %q comes from a mention with %q", e.Label, m.Label)
		}
		end := 0
		for _, f := range e.Fragments {
			verifyFragment(t, s.Text, f)
			if f.Start < end {
				t.Errorf("fragments overlap: %v", e.Fragments)
			}
			end = f.End
		}
	}
}

func verifyFragment(t testing.TB, text string, f corpora.Fragment) {
	t.Helper()
	if f.Start < 0 || f.Start >= f.End || f.End > len(text) {
		t.Fatalf("fragment %v of a text of %d bytes", f, len(text))
	}
	if !utf8.RuneStart(text[f.Start]) || (f.End < len(text) && !utf8.RuneStart(text[f.End])) {
		t.Errorf("fragment %v is not on code point borders", f)
	}
	first, _ := utf8.DecodeRuneInString(text[f.Start:])
	last, _ := utf8.DecodeLastRuneInString(text[:f.End])
	if unicode.IsSpace(first) || unicode.IsSpace(last) {
		t.Errorf("fragment %v has white space at its ends", f)
	}
}

func FuzzAlign(f *testing.F) {
	f.Add(uint8(0), "Patients with İstanbul disease ; CF", "Disease: CF\n- rare disease: istanbul disease", "gout")
	f.Add(uint8(0), "left and right ventricle", "病: left ... ventricle; right", "")
	f.Add(uint8(1), "a <b> e\u0301 c", "a <Disease><b> \\<Disease>e\u0301</Disease> c", "c")
	f.Add(uint8(2), "x \u00ady", `{"Disease":["x","y",{"text":"X y","label":"病"}],"B:x":"x`, "y")
	f.Add(uint8(2), "\xff\xfe x", `[[[{"a":[1,2,]}`, "\xff")
	labels := NewLabels(testLabels)
	f.Fuzz(func(t *testing.T, format uint8, text, answer, demonstration string) {
		mentions, _ := Parse(Formats()[int(format)%3], answer, labels)
		for _, m := range mentions {
			if !labels.Has(m.Label) {
				t.Errorf("unknown label %q", m.Label)
			}
			if m.From.Start < 0 || m.From.Start > m.From.End || m.From.End > len(answer) {
				t.Errorf("mention from bytes %v of %d", m.From, len(answer))
			}
		}
		o := Defaults()
		o.Demonstrations = []string{demonstration}
		s := corpora.Sentence{Text: text}
		verify(t, s, mentions, Align(s, mentions, o))
	})
}

func FuzzFold(f *testing.F) {
	f.Add("İ ß ﬁ e\u0301 \u00ad", "ss")
	f.Add("\xc3\x28", "(")
	f.Fuzz(func(t *testing.T, text, needle string) {
		folded := fold(text)
		if len(folded.start) != len(folded.text) || len(folded.end) != len(folded.text) || !slices.IsSorted(folded.start) {
			t.Fatal("the map does not fit the text")
		}
		folded.find(fold(needle).text, func(start, end int) {
			if start >= end || end > len(text) {
				t.Fatalf("found at %d-%d of %d", start, end, len(text))
			}
		})
	})
}

// A megabyte of whatever a model may repeat must not take long, whatever the sentence.
func TestAlignStaysFast(t *testing.T) {
	answers := map[string]struct {
		format Format
		piece  string
	}{
		"lines":          {Lines, "Disease: gout\n"},
		"other mentions": {Lines, "Disease: gouty arthritis of the big toe and elsewhere a\n"},
		"unknown labels": {Lines, "Nothing known: gout\n"},
		"lists":          {Lines, "gout; ataxia, "},
		"gaps":           {Lines, "Disease: a ... a ... a ... a ... b\n"},
		"open tags":      {Inline, "<Disease>"},
		"pairs":          {Inline, "<Disease>a</Disease> "},
		"backslashes":    {Inline, `\\<Disease>\`},
		"arrays":         {JSON, "["},
		"objects":        {JSON, `{"Disease":["a"]}`},
		"quotes":         {JSON, `"{`},
		"strings":        {JSON, `["a",`},
	}
	sentences := []string{strings.Repeat("a ", 2000), strings.Repeat("gouty arthritiss of the big toe ", 60), strings.Repeat("e\u0301", 2000)}
	labels := NewLabels(testLabels)
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			answer := strings.Repeat(a.piece, 1<<20/len(a.piece))
			for _, text := range sentences {
				began := time.Now()
				mentions, _ := Parse(a.format, answer, labels)
				s := corpora.Sentence{Text: text}
				verify(t, s, mentions, Align(s, mentions, Defaults()))
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("took %v", took)
				}
			}
		})
	}
}

// Different mentions that all need the slowest way.
func TestAlignBoundsFuzzyWork(t *testing.T) {
	var mentions []Mention
	for i := range maxMentions {
		mentions = append(mentions, Mention{Label: "Disease", Text: strings.Repeat("abcdefgh", 20) + strings.Repeat("x", i%7) + string(rune('a'+i%26))})
	}
	began := time.Now()
	Align(corpora.Sentence{Text: strings.Repeat("abcdefhg", 2000)}, mentions, Defaults())
	Align(corpora.Sentence{Text: strings.Repeat("abcdefhg ", 2000)}, mentions, Defaults())
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestParseJSONEscapes(t *testing.T) {
	mentions, issues := ParseJSON(`{"Disease":["Sj\u00f6gren","a\"b","\p"]}`, NewLabels(testLabels))
	var texts []string
	for _, m := range mentions {
		texts = append(texts, m.Text)
	}
	if want := []string{"Sjögren", `a"b`, `\p`}; !slices.Equal(texts, want) || len(issues) != 0 {
		t.Errorf("got %q, %v, want %q", texts, issues, want)
	}
}

// From must cover the mention in the answer, for token probabilities.
func TestMentionFrom(t *testing.T) {
	answers := map[Format]string{
		Lines:  "Disease: gout\n- Rare Disease: \"ataxia\"",
		Inline: "had <Disease>gout</Disease> and <Rare Disease>ataxia</Rare Disease>",
		JSON:   `{"Disease":["gout"],"Rare Disease":["ataxia"]}`,
	}
	for format, answer := range answers {
		mentions, _ := Parse(format, answer, NewLabels(testLabels))
		if len(mentions) != 2 {
			t.Fatalf("%s: %d mentions", format, len(mentions))
		}
		for _, m := range mentions {
			if got := answer[m.From.Start:m.From.End]; got != m.Text {
				t.Errorf("%s: %q from %q", format, m.Text, got)
			}
		}
	}
}

func TestAlignUnusableMentions(t *testing.T) {
	r := Align(corpora.Sentence{Text: "gout"}, []Mention{{Label: "", Text: "gout"}, {Label: "Disease", Text: " \t"}, {Label: "Disease", Text: strings.Repeat("x", maxMention+1)}}, Defaults())
	var reasons []Reason
	for _, u := range r.Unaligned {
		reasons = append(reasons, u.Reason)
	}
	if want := []Reason{UnknownLabel, Empty, NotInSentence}; !slices.Equal(reasons, want) {
		t.Errorf("got %q, want %q", reasons, want)
	}
}

func TestOptionsValidate(t *testing.T) {
	if err := Defaults().Validate(); err != nil {
		t.Error(err)
	}
	for _, similarity := range []float64{0, -1, 1.1} {
		if (Options{Similarity: similarity}).Validate() == nil {
			t.Errorf("similarity %v was accepted", similarity)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b  string
		limit int
		want  int
	}{
		{"", "", 0, 0},
		{"a", "", 3, 1},
		{"", "abc", 2, 3},
		{"abcd", "abdc", 2, 1},
		{"ca", "abc", 9, 3},
		{"kitten", "sitting", 3, 3},
		{"kitten", "sitting", 2, 3},
		{"hypotension", "hypertension", 4, 2},
		{"ärzte", "arzte", 2, 1},
	}
	var d distance
	for _, test := range tests {
		if got := d.within([]rune(test.a), []rune(test.b), test.limit); got != test.want {
			t.Errorf("within(%q, %q, %d) = %d, want %d", test.a, test.b, test.limit, got, test.want)
		}
	}
}

// The band must give what the full matrix gives.
func FuzzDistance(f *testing.F) {
	f.Add("kitten", "sitting", 2)
	f.Add("abcdef", "badcfe", 3)
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		if len(a) > 40 || len(b) > 40 || limit < 0 || limit > 50 {
			return
		}
		var d distance
		x, y := []rune(a), []rune(b)
		full := d.within(x, y, len(x)+len(y))
		if got := d.within(x, y, limit); got != min(full, limit+1) {
			t.Errorf("within %d: %d, in full %d", limit, got, full)
		}
		if d.within(y, x, limit) != min(full, limit+1) {
			t.Error("not symmetric")
		}
	})
}

func BenchmarkAlign(b *testing.B) {
	s := corpora.Sentence{Text: "Identification of APC2 , a homologue of the adenomatous polyposis coli tumour suppressor , in patients with ataxia - telangiectasia ( A - T ) ."}
	s.Tokens = corpora.Tokenize(s.Text)
	labels := NewLabels([]string{"Disease"})
	answers := map[string]string{
		"exact":      "Disease: adenomatous polyposis coli tumour\nDisease: ataxia - telangiectasia\nDisease: A - T",
		"normalized": "Disease: Adenomatous polyposis coli tumour\nDisease: ataxia-telangiectasia\nDisease: A-T",
		"fuzzy":      "Disease: adenomatous polyposis coli tumor\nDisease: ataxias telangiectasia\nDisease: colon cancer",
	}
	for _, name := range []string{"exact", "normalized", "fuzzy"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mentions, _ := ParseLines(answers[name], labels)
				Align(s, mentions, Defaults())
			}
		})
	}
}
