package retrieval

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/index/forward"
)

// pieceRunes is the length of a piece in code points.
const pieceRunes = 4

// piece is a character n-gram of a word with its borders, as a hash.
type piece uint32

type pieceNeed struct {
	piece piece
	at    int32
}

// intoPieces spreads each word's weight over its pieces, so that a sentence with a word of the same stem covers a part
// of it. Pieces do not ask for a role.
func (n *needs) intoPieces(s *search) {
	weight := map[piece]float64{}
	for _, w := range n.words {
		list := pieces(nil, s.text.Norm(w.place))
		for _, p := range list {
			weight[p] += n.weights[w.at] / float64(len(list))
		}
	}
	n.weights, n.words = n.weights[:0], nil
	for p := range weight {
		n.pieces = append(n.pieces, pieceNeed{piece: p})
	}
	slices.SortFunc(n.pieces, func(a, b pieceNeed) int { return cmp.Compare(a.piece, b.piece) })
	for i := range n.pieces {
		n.pieces[i].at = n.add(weight[n.pieces[i].piece])
	}
}

// pieces appends the pieces of a word; one that is shorter is a piece of its own.
func pieces(list []piece, word string) []piece {
	word = "^" + word + "$"
	for first := range word {
		end, runes := first, 0
		for end < len(word) && runes < pieceRunes {
			_, size := utf8.DecodeRuneInString(word[end:])
			end, runes = end+size, runes+1
		}
		if runes == pieceRunes || first == 0 {
			list = append(list, piece(xxhash.Sum64String(word[first:end])))
		}
	}
	return list
}

// piecesMetBy appends the needs of pieces that a text meets, ascending.
func (n *needs) piecesMetBy(has []int32, text string) []int32 {
	t := forward.Read(text)
	met := make([]bool, len(n.pieces))
	var list []piece
	for i := range t.Words {
		list = pieces(list[:0], t.Norm(i))
		for _, p := range list {
			at, ok := slices.BinarySearchFunc(n.pieces, p, func(need pieceNeed, p piece) int { return cmp.Compare(need.piece, p) })
			if ok {
				met[at] = true
			}
		}
	}
	for i, ok := range met {
		if ok {
			has = append(has, n.pieces[i].at)
		}
	}
	return has
}
