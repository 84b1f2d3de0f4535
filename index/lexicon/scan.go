package lexicon

// Span is a stretch of a text that is a key of the lexicon. Start and End count bytes of the text, End exclusive.
type Span struct {
	Start, End int
	entry      uint64
}

// Scanner finds keys in one text after the other, without counts and priors. It allocates nothing once its buffers have
// grown to the longest text. It must not be used by two goroutines at once; make one for each.
type Scanner struct {
	lexicon *Lexicon
	parsed  parsed
	runs    []run
}

// run is a key that stands at the words first to last of a text.
type run struct {
	first, last int
	entry       uint64 // offset
}

// Scanner returns a new scanner.
func (l *Lexicon) Scanner() *Scanner { return &Scanner{lexicon: l} }

// Longest appends to dst the keys that stand in text, from left to right: at each place the longest one that begins there,
// then on behind it. They do not overlap. This is the "leftmost-longest" match of other matchers; which stretches are
// mentions is decided by Candidates and the function Longest, which know priors.
func (s *Scanner) Longest(dst []Span, text string) []Span {
	s.parsed.read(text)
	for i := 0; i < len(s.parsed.words); i++ {
		s.runs = s.lexicon.runsAt(s.runs[:0], &s.parsed, i)
		if n := len(s.runs); n > 0 {
			dst = append(dst, s.span(s.runs[n-1]))
			i = s.runs[n-1].last
		}
	}
	return dst
}

// All appends to dst every key that stands in text, overlapping ones too, by start and then length.
func (s *Scanner) All(dst []Span, text string) []Span {
	s.parsed.read(text)
	s.runs = s.lexicon.runs(s.runs[:0], &s.parsed)
	for _, r := range s.runs {
		dst = append(dst, s.span(r))
	}
	return dst
}

func (s *Scanner) span(r run) Span {
	f := s.parsed.fragment(r.first, r.last)
	return Span{f.Start, f.End, r.entry}
}

// Entry is what is known of a span's key.
func (l *Lexicon) Entry(s Span) (Entry, bool) { return l.entry(s.entry) }

func (l *Lexicon) runs(dst []run, p *parsed) []run {
	for i := range p.words {
		dst = l.runsAt(dst, p, i)
	}
	return dst
}

// runsAt appends the keys that begin at a word, shorter ones first.
func (l *Lexicon) runsAt(dst []run, p *parsed, first int) []run {
	hash := uint64(0)
	for i := first; i < len(p.words); i++ {
		hash = chain(hash, p.words[i].hash)
		if !l.begun.has(hash) {
			break
		}
		offset, ok := l.keys.find(hash)
		if !ok {
			break
		}
		if offset != prefixOnly && l.hasKey(offset, p.normal(first, i)) {
			dst = append(dst, run{first, i, offset})
		}
	}
	return dst
}

// hasKey compares an entry's key, without decoding the entry: two keys may share a hash.
func (l *Lexicon) hasKey(offset uint64, key []byte) bool {
	if offset >= uint64(len(l.entries)) {
		return false
	}
	n, size := uvarint(l.entries[offset:])
	stored := l.entries[offset:][size:]
	return size > 0 && n == uint64(len(key)) && n <= uint64(len(stored)) && stored[:n] == string(key)
}
