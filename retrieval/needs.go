package retrieval

import (
	"cmp"
	"math"
	"slices"

	"github.com/ragner/ragner/index/forward"
)

// needs are what the demonstrations of a query should cover together: its words or pieces of them, and its likely
// mentions. They are kept in a fixed order, in which weights are added up, so that rounding is the same everywhere.
type needs struct {
	weights  []float64     // by need: those of words, then those of pieces, then those of mentions
	words    []wordNeed    // ascending
	pieces   []pieceNeed   // ascending
	mentions []mentionNeed // by key
}

// wordNeed is a word to be shown; role, if not 0, is where in the sentence that shows it: in a mention, or outside.
type wordNeed struct {
	word  forward.Word
	place int // among the query's words
	role  byte
	at    int32
}

type mentionNeed struct {
	key    forward.Key
	chance float64 // that it is a mention
	at     int32
}

// coverageWeight is what covering all of the query's words is worth beside a fused score of 0 to 1.
const coverageWeight = 2.0

func (n *needs) add(weight float64) int32 {
	n.weights = append(n.weights, weight)
	return int32(len(n.weights) - 1)
}

// needsOf weighs what there is to cover of a query.
func (r *Searcher) needsOf(s *search) needs {
	var n needs
	if !r.settings.Coverage {
		return n
	}
	r.addWords(&n, s)
	if r.settings.Cover == coverPieces {
		n.intoPieces(s)
	}
	for _, m := range s.mentions {
		n.mentions = append(n.mentions, mentionNeed{m.key, m.chance, n.add(r.settings.Mentions * m.chance)})
	}
	slices.SortFunc(n.mentions, func(a, b mentionNeed) int { return cmp.Compare(a.key, b.key) })
	return n
}

// addWords weighs the query's known words by their inverse document frequency, and LabelWeight times as much again for
// a word that always stands in mentions.
func (r *Searcher) addWords(n *needs, s *search) {
	rows, sum := float64(r.index.Sentences().Len()), 0.0
	for _, u := range s.uses(r) {
		if u.Total == 0 && r.settings.Cover != coverPieces {
			continue // no sentence has it; one may have pieces of it
		}
		df := min(float64(u.Total), rows)
		weight := information(df, rows) * (1 + float64(r.settings.LabelWeight*u.telling()))
		need := wordNeed{word: u.word, place: u.place, at: n.add(weight)}
		if r.settings.Roles {
			need.role = u.role()
		}
		n.words = append(n.words, need)
		sum += weight
	}
	for i := range n.weights {
		n.weights[i] *= coverageWeight / sum
	}
}

// information is the inverse document frequency of a word that df of all rows have, as BM25 takes it.
func information(df, rows float64) float64 { return math.Log1p((rows - df + 0.5) / (df + 0.5)) }

// metBy appends the needs that a row's words and mentions meet, each once.
func (n *needs) metBy(has []int32, words []forward.Word, roles []byte, mentions []forward.Mention) []int32 {
	for i, j := 0, 0; i < len(words) && j < len(n.words); {
		switch need := n.words[j]; cmp.Compare(words[i], need.word) {
		case -1:
			i++
		case 1:
			j++
		default:
			if need.role == 0 || roles[i]&need.role != 0 {
				has = append(has, need.at)
			}
			i, j = i+1, j+1
		}
	}
	for i, j := 0, 0; i < len(mentions) && j < len(n.mentions); {
		switch cmp.Compare(mentions[i].Key, n.mentions[j].key) {
		case -1:
			i++
		case 1:
			j++
		default:
			has = append(has, n.mentions[j].at)
			j++
		}
	}
	return has
}

// explain appends what a chosen sentence covers that those before it do not: "coverage", the share of the words' weight,
// and "mentions", the sum of the mentions' chances.
func (n *needs) explain(from []Contribution, has []int32, covered []bool, rank int) []Contribution {
	words, mentions := 0.0, 0.0
	first := len(n.weights) - len(n.mentions)
	for _, at := range has {
		if !covered[at] && int(at) < first {
			words += n.weights[at]
		}
	}
	for _, m := range n.mentions {
		if !covered[m.at] && slices.Contains(has, m.at) {
			mentions += m.chance
		}
	}
	from = append(from, Contribution{"coverage", rank, words / coverageWeight})
	if mentions > 0 {
		from = append(from, Contribution{"mentions", rank, mentions})
	}
	return from
}
