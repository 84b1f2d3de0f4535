package link

import (
	"math"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexicon"
)

// words is a name taken apart to be compared with others: its distinct folds with their information, ordered.
type words struct {
	folds  []string
	weight []float64 // by fold: inverse document frequency
	sum    float64
	grams  []string // its distinct groups of three letters, ordered
}

// newWords weighs the words of a name by how rare they are in the sentences and names of an index.
func newWords(x *index.Index, surface string) words {
	var w words
	for _, word := range lexicon.Words(surface, corpora.Tokenize(surface)) {
		fold := lexicon.Fold(word.Norm)
		if fold == "" {
			continue
		}
		if same, ok := equal[fold]; ok {
			fold = same
		}
		at, known := slices.BinarySearch(w.folds, fold)
		if known {
			continue
		}
		weight := information(x, word.Norm)
		w.folds, w.weight = slices.Insert(w.folds, at, fold), slices.Insert(w.weight, at, weight)
		w.sum += weight
		w.grams = appendGrams(w.grams, fold)
	}
	slices.Sort(w.grams)
	w.grams = slices.Compact(w.grams)
	return w
}

// information is the inverse document frequency of a word over sentences and names.
func information(x *index.Index, word string) float64 {
	seen, rows := 0, 0
	for _, c := range []*index.Collection{x.Sentences(), x.Terms()} {
		seen += c.DocumentFrequency(word) + c.DocumentFrequency(word+"s")
		rows += c.Len()
	}
	return math.Log(1 + float64(rows+1)/float64(seen+1))
}

func appendGrams(grams []string, fold string) []string {
	padded := "^" + fold + "$"
	for i := 0; i+3 <= len(padded); i++ {
		grams = append(grams, padded[i:i+3])
	}
	return grams
}

// likeness says how far two names are alike.
type likeness struct {
	covered float64 // share of the first one's information that the second has, 0 to 1
	used    float64 // share of the second one's that the first has
	letters float64 // Dice coefficient of their groups of three letters
}

func compare(a, b words) (l likeness) {
	common := 0.0
	for i, fold := range a.folds {
		if _, ok := slices.BinarySearch(b.folds, fold); ok {
			common += a.weight[i]
		}
	}
	if a.sum > 0 && b.sum > 0 {
		l.covered, l.used = common/a.sum, min(1, common/b.sum)
	}
	if n := len(a.grams) + len(b.grams); n > 0 {
		l.letters = 2 * float64(shared(a.grams, b.grams)) / float64(n)
	}
	return l
}

// shared counts the common elements of two ordered lists.
func shared(a, b []string) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// equal are words that stand for one another in the names of diseases, each with the one that it is compared as.
var equal = equals("neoplasm tumor cancer malignancy", "disease disorder illness", "kidney renal", "liver hepatic", "heart cardiac", "lung pulmonary",
	"stomach gastric", "brain cerebral", "nerve neural", "muscle muscular", "eye ocular", "skin cutaneous", "bladder vesical", "ovary ovarian",
	"uterus uterine", "prostate prostatic", "vessel vascular", "blood hematologic hematological", "bone skeletal osseous", "insufficiency failure dysfunction impairment",
	"hereditary inherited familial inborn", "injury damage lesion", "abnormality malformation anomaly defect", "mental psychiatric", "thyroid thyroidal",
	"infarct infarction", "seizure convulsion", "hemorrhage bleeding", "deficiency deficient")

func equals(groups ...string) map[string]string {
	same := map[string]string{}
	for _, group := range groups {
		words := strings.Fields(group)
		for _, w := range words {
			same[lexicon.Fold(w)] = lexicon.Fold(words[0])
		}
	}
	return same
}
