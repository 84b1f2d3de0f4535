package embed

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxWord is the length in characters beyond which BERT takes a word as unknown.
const maxWord = 100

// vocabulary finds WordPiece entries by their text. It is a table with open addressing over the vocabulary
// file itself: building it copies nothing, and a search needs no string.
type vocabulary struct {
	text    string   // the file: an entry a line, its line number is its id
	starts  []uint32 // of each entry in text, and one past the end
	slots   []uint16 // id + 1, or 0
	longest int      // bytes of the longest entry
}

// FNV-1a, 32 bits. A prefix's hash is a step towards the longer one's, so all prefixes of a word cost one pass.
const (
	hashStart uint32 = 2166136261
	hashPrime uint32 = 16777619
)

func newVocabulary(text string) (*vocabulary, error) {
	v := &vocabulary{text: text, slots: make([]uint16, 1<<16), starts: make([]uint32, 0, 1<<15)}
	for at := 0; at < len(text); {
		length := strings.IndexByte(text[at:], '\n')
		if length < 0 {
			return nil, fmt.Errorf("vocabulary: the last line has no end")
		}
		v.starts = append(v.starts, uint32(at))
		v.longest = max(v.longest, length)
		at += length + 1
	}
	v.starts = append(v.starts, uint32(len(text)))
	if v.size() >= len(v.slots)/2+len(v.slots)/4 {
		return nil, fmt.Errorf("vocabulary: %d entries are too many", v.size())
	}
	for id := range v.size() {
		v.insert(id)
	}
	return v, nil
}

func (v *vocabulary) size() int { return len(v.starts) - 1 }

func (v *vocabulary) entry(id int) string { return v.text[v.starts[id] : v.starts[id+1]-1] }

func (v *vocabulary) insert(id int) {
	h := hashStart
	entry := v.entry(id)
	for i := 0; i < len(entry); i++ {
		h = (h ^ uint32(entry[i])) * hashPrime
	}
	slot := slotOf(h)
	for v.slots[slot] != 0 {
		slot++
	}
	v.slots[slot] = uint16(id + 1)
}

// slotOf folds the hash; the slot is a uint16, so that stepping past the last wraps to the first.
func slotOf(h uint32) uint16 { return uint16(h ^ h>>16) }

// find is the id of prefix+word, whose hash is h, or -1.
func (v *vocabulary) find(h uint32, prefix string, word []byte) int {
	for slot := slotOf(h); v.slots[slot] != 0; slot++ {
		id := int(v.slots[slot]) - 1
		entry := v.entry(id)
		if len(entry) == len(prefix)+len(word) && entry[:len(prefix)] == prefix && entry[len(prefix):] == string(word) {
			return id
		}
	}
	return -1
}

// pieces appends the ids of word by longest match from the left (Wu et al. 2016, as in BERT), or nothing
// when some part of it is unknown.
func (v *vocabulary) pieces(ids []int32, word []byte) []int32 {
	if len(word) > maxWord && utf8.RuneCount(word) > maxWord {
		return ids
	}
	before := len(ids)
	for prefix := ""; len(word) > 0; prefix = "##" {
		id, length := v.longestMatch(prefix, word)
		if id < 0 {
			return ids[:before]
		}
		ids = append(ids, int32(id))
		word = word[length:]
	}
	return ids
}

// longestMatch finds the longest beginning of word that stands in the vocabulary behind prefix.
func (v *vocabulary) longestMatch(prefix string, word []byte) (id, length int) {
	var hashes [64]uint32
	limit := min(len(word), v.longest-len(prefix), len(hashes)-1)
	h := hashStart
	for i := 0; i < len(prefix); i++ {
		h = (h ^ uint32(prefix[i])) * hashPrime
	}
	for i := range limit {
		h = (h ^ uint32(word[i])) * hashPrime
		hashes[i+1] = h
	}
	for length = limit; length > 0; length-- {
		if id = v.find(hashes[length], prefix, word[:length]); id >= 0 {
			return id, length
		}
	}
	return -1, 0
}
