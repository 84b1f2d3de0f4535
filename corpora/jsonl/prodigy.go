package jsonl

import (
	"github.com/ragner/ragner/corpora"
)

// decodeProdigy reads {"text","spans":[{start,end,label}],"answer"}. Records that their annotator rejected or
// ignored are left out, as Prodigy's own training does. Offsets count code points.
func decodeProdigy(r record, o options) (corpora.Document, error) {
	if answer, ok := r.text("answer"); ok && answer != "accept" {
		return corpora.Document{}, errLeftOut
	}
	doc, err := textDocument(r, "answer", "_input_hash", "_task_hash", "_is_binary", "_view_id", "_annotator_id", "_session_id", "_timestamp")
	if err != nil {
		return doc, err
	}
	return doc, fill(&doc, r.fields["spans"], o, unitCodePoint)
}

type prodigyToken struct {
	Text  string `json:"text"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	ID    int    `json:"id"`
	Space bool   `json:"ws"`
}

type prodigySpan struct {
	Start      int      `json:"start"`
	End        int      `json:"end"`
	Label      string   `json:"label"`
	TokenStart *int     `json:"token_start,omitempty"` // Prodigy's token_end is inclusive
	TokenEnd   *int     `json:"token_end,omitempty"`
	KBID       string   `json:"kb_id,omitempty"`
	Score      *float64 `json:"score,omitempty"`
	Status     string   `json:"status,omitempty"`
}

// encodeProdigy writes tokens too, without which Prodigy's span views cannot show a record; a span that does
// not end at tokens goes without token_start and token_end.
func encodeProdigy(w *writer, doc corpora.Document) error {
	m := corpora.NewMapper(doc.Text)
	tokens, starts, ends := prodigyTokens(doc, m)
	spans := []prodigySpan{}
	for _, e := range w.continuous(doc) {
		s := prodigySpan{Start: m.CodePoints(e.Start()), End: m.CodePoints(e.End()), Label: e.Label}
		if from, ok := starts[e.Start()]; ok {
			if to, ok := ends[e.End()]; ok {
				s.TokenStart, s.TokenEnd = &from, &to
			}
		}
		if len(e.Concepts) > 0 {
			s.KBID = e.Concepts[0]
		}
		w.loseLinks(e, 1)
		if predicted(e) {
			score := e.Rounded().Score
			s.Score, s.Status = &score, string(e.Status)
		}
		if !e.From.Empty() {
			w.lost.Add(lostPrediction, 1)
		}
		spans = append(spans, s)
	}
	return w.json(struct {
		textRecord
		Tokens []prodigyToken `json:"tokens"`
		Spans  []prodigySpan  `json:"spans"`
		Answer string         `json:"answer"`
	}{w.base(doc), tokens, spans, "accept"})
}

// prodigyTokens gives the document's tokens, and their ids by first and by last byte.
func prodigyTokens(doc corpora.Document, m *corpora.Mapper) (tokens []prodigyToken, starts, ends map[int]int) {
	tokens, starts, ends = []prodigyToken{}, map[int]int{}, map[int]int{}
	for _, s := range corpora.Segment(doc) {
		for _, t := range s.Tokens {
			from, to, id := s.Offset+t.Start, s.Offset+t.End, len(tokens)
			starts[from], ends[to] = id, id
			space := to < len(doc.Text) && doc.Text[to] == ' '
			tokens = append(tokens, prodigyToken{doc.Text[from:to], m.CodePoints(from), m.CodePoints(to), id, space})
		}
	}
	return tokens, starts, ends
}
