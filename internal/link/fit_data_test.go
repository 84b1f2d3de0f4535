//go:build data

package link

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/optimize"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/all"
	"github.com/ragner/ragner/corpora/ontology"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/retrieval"
)

// The parts of public corpora, below the folder that RAGNER_DATA names.
const (
	ncbiTrain = "ncbi_disease/original-data/train/NCBItrainset_corpus.txt,format=pubtator,label=Disease"
	ncbiDev   = "ncbi_disease/original-data/devel/NCBIdevelopset_corpus.txt,format=pubtator,label=Disease"
	bc5Train  = "bc5cdr_pubtator/CDR_TrainingSet.PubTator.txt"
	bc5Dev    = "bc5cdr_pubtator/CDR_DevelopmentSet.PubTator.txt"
	doid      = "doid/doid.2016-09-01.obo,label=Disease"
	chemicals = "mesh/2017MeshTree.txt,root=D,label=Chemical"
)

var (
	mondo    = []string{"mondo/mondo_exactmatch_mesh.sssom.tsv,label=Disease", "mondo/new-rare-diseases.tsv,label=Disease"}
	diseases = append([]string{doid, "mesh/2017MeshTree.txt,root=C,label=Disease"}, mondo...)
)

// set is an index and documents to resolve by it.
type set struct {
	corpus       string // of the index; "" for none
	ontologies   []string
	gold         string
	vocabularies []string
}

// prior are the weights that fitting begins with and is drawn to: what is seldom met keeps them.
var prior = model{none: 3, weights: features{
	annotated: 8, annotatedLog: 0.3, named: 5, related: 3, formAnnotated: 6, formNamed: 4, misspelled: 3, longAnnotated: 7, longNamed: 5, longForm: 4,
	doubted: 3, manyIDs: -0.5, parent: -0.5, foreign: -3, direct: 0.5, derived: 5,
	nearName: 3, nearMention: 3, nearShare: 1, inside: 2, insideEnd: 1, around: 1, aroundWords: 1, aroundInside: 0.5, beside: 5,
}}

func spec(t *testing.T, text string) corpora.Spec {
	t.Helper()
	s, err := corpora.ParseSpec(filepath.Join(os.Getenv("RAGNER_DATA"), text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, text string) []corpora.Document {
	t.Helper()
	docs, _, err := corpora.ReadAll(spec(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// linker indexes what a set is resolved by.
func (s set) linker(t *testing.T) *Linker {
	t.Helper()
	var in index.Input
	if s.corpus != "" {
		c := spec(t, s.corpus)
		in.Corpora = []index.Corpus{{Spec: c, Documents: corpora.Read(c)}}
	}
	for _, o := range s.ontologies {
		o := spec(t, o)
		terms, _, err := ontology.Read(o)
		if err != nil {
			t.Fatal(err)
		}
		in.Ontologies = append(in.Ontologies, index.Ontology{Spec: o, Terms: terms})
	}
	dir := t.TempDir()
	if _, err := index.Build(context.Background(), dir, in, index.Options{}); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	r, err := retrieval.New(x, nil, retrieval.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	o := Defaults()
	o.Vocabularies = s.vocabularies
	l, err := New(x, r, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// sample is one mention: its candidates, and which of them are right.
type sample struct {
	features []features
	right    []bool
}

// samples are the mentions of a set that are resolved as a whole.
func (s set) samples(t *testing.T) (list []sample) {
	l := s.linker(t)
	for _, d := range read(t, s.gold) {
		for i, m := range l.resolve(d, nil) {
			if m.parts != nil {
				continue
			}
			var x sample
			gold := corpora.CanonicalIDs(d.Entities[i].Concepts)
			for _, c := range m.found.list {
				x.features = append(x.features, c.features)
				x.right = append(x.right, slices.Contains(gold, c.ids[0]))
			}
			list = append(list, x)
		}
	}
	return list
}

// fitting is the negative log-likelihood of the right candidates, or of none, with a Gaussian prior.
type fitting struct {
	list []sample
	l2   float64
}

func (f fitting) loss(grad, x []float64) float64 {
	clear(grad)
	sum := 0.0
	for _, s := range f.list {
		sum += s.loss(grad, x)
	}
	for i, p := range append(slices.Clone(prior.weights[:]), prior.none) {
		sum += f.l2 / 2 * (x[i] - p) * (x[i] - p)
		if grad != nil {
			grad[i] += f.l2 * (x[i] - p)
		}
	}
	return sum
}

// loss adds a sample's gradient; the last weight is that of no concept.
func (s sample) loss(grad, x []float64) float64 {
	w, none := features(x[:featureCount]), math.Exp(x[featureCount])
	chances := make([]float64, len(s.features))
	all, good := none, 0.0
	for i := range s.features {
		chances[i] = math.Exp(s.features[i].score(&w))
		all += chances[i]
		if s.right[i] {
			good += chances[i]
		}
	}
	noneRight := good == 0
	if noneRight {
		good = none
	}
	if grad != nil {
		grad[featureCount] += none / all
		if noneRight {
			grad[featureCount]--
		}
		for i, c := range chances {
			pull := c / all
			if s.right[i] {
				pull -= c / good
			}
			for j, v := range s.features[i] {
				grad[j] += pull * v
			}
		}
	}
	return math.Log(all / good)
}

// TestFit fits the weights of model.go anew, to train parts whose documents are held out each for itself, and prints them.
func TestFit(t *testing.T) {
	before := fitted
	fitted = prior
	defer func() { fitted = before }()
	f := fitting{l2: 3}
	for _, s := range []set{
		{ncbiTrain, diseases, ncbiTrain, nil},
		{bc5Train, append(slices.Clone(diseases), chemicals), bc5Train, nil},
		{ncbiTrain, []string{doid}, ncbiTrain, nil},
		{"", mondo, ncbiTrain, []string{"MESH"}},
	} {
		f.list = append(f.list, s.samples(t)...)
	}
	p := optimize.Problem{Func: func(x []float64) float64 { return f.loss(nil, x) }, Grad: func(g, x []float64) { f.loss(g, x) }}
	start := append(slices.Clone(prior.weights[:]), prior.none)
	r, err := optimize.Minimize(p, start, &optimize.Settings{MajorIterations: 150, GradientThreshold: 1e-3}, &optimize.LBFGS{})
	if r == nil {
		t.Fatal(err)
	}
	if r.F >= f.loss(nil, start) {
		t.Errorf("fitting made it no better: %v", r.F)
	}
	var b strings.Builder
	for _, v := range r.X {
		fmt.Fprintf(&b, " %.2f", v)
	}
	t.Logf("%d mentions, loss %.4f; weights in the order of features.go, none last:%s", len(f.list), r.F/float64(len(f.list)), b.String())
}

// TestOnDevelopmentData holds the share of mentions whose first concept is right above floors.
func TestOnDevelopmentData(t *testing.T) {
	for _, c := range []struct {
		set
		floors []float64 // by depth
	}{
		{set{ncbiTrain, diseases, ncbiDev, nil}, []float64{0.70, 0.73, 0.83, 0.84}},
		{set{bc5Train, append(slices.Clone(diseases), chemicals), bc5Dev, nil}, []float64{0.74, 0.79, 0.82, 0.83}},
	} {
		l := c.linker(t)
		for at, floor := range c.floors {
			l.depth = depth(at)
			right, all := 0, 0
			for _, d := range read(t, c.gold) {
				linked, err := l.Document(context.Background(), d)
				if err != nil {
					t.Fatal(err)
				}
				for i, e := range linked.Entities {
					gold := corpora.CanonicalIDs(d.Entities[i].Concepts)
					if len(gold) == 0 {
						continue
					}
					if all++; len(e.Links) > 0 && slices.Contains(gold, e.Links[0].ID) {
						right++
					}
				}
			}
			if share := float64(right) / float64(all); share < floor {
				t.Errorf("%s, depth %s: %.4f of %d, floor %.2f", c.gold, depths[at], share, all, floor)
			}
		}
	}
}
