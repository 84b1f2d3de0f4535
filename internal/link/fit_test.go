//go:build data

package link

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gonum.org/v1/gonum/optimize"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/all"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/retrieval"
)

type set struct {
	dir, gold, label string
	vocabularies     []string
}

var prior = model{none: 3, weights: features{
	annotated: 8, annotatedLog: 0.3, named: 5, related: 3, formAnnotated: 6, formNamed: 4, misspelled: 3, longAnnotated: 7, longNamed: 5, longForm: 4,
	doubted: 3, manyIDs: -0.5, parent: -0.5, foreign: -3, direct: 0.5, derived: 5,
	nearName: 3, nearMention: 3, nearShare: 1, inside: 2, insideEnd: 1, around: 1, aroundWords: 1, aroundInside: 0.5, beside: 5,
}}

func open(t *testing.T, dir string, vocabularies ...string) *Linker {
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := retrieval.New(x, nil, retrieval.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	o := Defaults()
	o.Vocabularies = vocabularies
	l, err := New(x, r, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func read(t *testing.T, path, label string) []corpora.Document {
	s := corpora.Spec{Path: filepath.Join(os.Getenv("RAGNER_DATA"), path), Options: map[string]string{"format": "pubtator"}}
	if label != "" {
		s.Options["label"] = label
	}
	docs, _, err := corpora.ReadAll(s)
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

type sample struct {
	m     *mention
	right []bool
}

func rightIDs(e corpora.Entity) map[string]bool {
	ids := map[string]bool{}
	for _, id := range corpora.CanonicalIDs(e.Concepts) {
		ids[id] = true
	}
	return ids
}

// docSamples are the mentions of a document with what is right; one for each occurrence.
func docSamples(l *Linker, d corpora.Document) (ms []*mention, out []sample) {
	resolved := l.resolve(d, nil)
	seen := map[*mention]bool{}
	for i, m := range resolved {
		if !seen[m] {
			seen[m] = true
			ms = append(ms, m)
		}
		if m.parts != nil {
			continue
		}
		right := rightIDs(d.Entities[i])
		s := sample{m: m}
		for _, c := range m.found.list {
			s.right = append(s.right, right[c.ids[0]])
		}
		out = append(out, s)
	}
	return ms, out
}

func TestFit(t *testing.T) {
	var all []sample
	for _, s := range []set{
		{"/tmp/link/n-train", "ncbi_disease/original-data/train", "Disease", nil},
		{"/tmp/link/b-train", "bc5cdr_pubtator/CDR_TrainingSet.PubTator.txt", "", nil},
		{"/tmp/link/ncbi", "ncbi_disease/original-data/train", "Disease", nil},
		{"/tmp/link/x2", "ncbi_disease/original-data/train", "Disease", []string{"MESH"}},
	} {
		l := open(t, s.dir, s.vocabularies...)
		for _, d := range read(t, s.gold, s.label) {
			_, list := docSamples(l, d)
			all = append(all, list...)
		}
	}
	type row struct {
		f     []features
		right []bool
	}
	rows := make([]row, len(all))
	for i, s := range all {
		rows[i].right = s.right
		for _, c := range s.m.found.list {
			rows[i].f = append(rows[i].f, c.features)
		}
	}
	n := int(featureCount)
	l2 := 3.0
	p0 := append(slices.Clone(prior.weights[:]), prior.none)
	loss := func(grad, x []float64) float64 {
		for i := range grad {
			grad[i] = 0
		}
		var w features
		copy(w[:], x)
		sum := 0.0
		scores := []float64{}
		for _, r := range rows {
			scores = scores[:0]
			top := x[n]
			for i := range r.f {
				s := r.f[i].score(&w)
				scores = append(scores, s)
				top = max(top, s)
			}
			z := math.Exp(x[n] - top)
			good := 0.0
			for i, s := range scores {
				e := math.Exp(s - top)
				z += e
				if r.right[i] {
					good += e
				}
			}
			nilRight := good == 0
			if nilRight {
				good = math.Exp(x[n] - top)
			}
			sum -= math.Log(good / z)
			if grad != nil {
				pn := math.Exp(x[n]-top) / z
				q0 := 0.0
				if nilRight {
					q0 = 1
				}
				grad[n] += pn - q0
				for i, s := range scores {
					e := math.Exp(s - top)
					p, q := e/z, 0.0
					if r.right[i] {
						q = e / good
					}
					for j, v := range r.f[i] {
						grad[j] += (p - q) * v
					}
				}
			}
		}
		for i := range x {
			sum += l2 / 2 * (x[i] - p0[i]) * (x[i] - p0[i])
			if grad != nil {
				grad[i] += l2 * (x[i] - p0[i])
			}
		}
		return sum
	}
	p := optimize.Problem{Func: func(x []float64) float64 { return loss(nil, x) }, Grad: func(g, x []float64) { loss(g, x) }}
	x0 := slices.Clone(p0)
	fitted = prior
	fmt.Println("before", loss(nil, x0)/float64(len(rows)), len(rows))
	r, err := optimize.Minimize(p, x0, &optimize.Settings{MajorIterations: 150, GradientThreshold: 1e-3}, &optimize.LBFGS{})
	if r == nil {
		t.Fatal(err)
	}
	fmt.Println("after", r.F/float64(len(rows)))
	for i, v := range r.X[:n] {
		fmt.Printf("%d:%.2f, ", i, v)
	}
	fmt.Printf("none %.2f\n", r.X[n])
}

func TestDev(t *testing.T) {
	for _, s := range []set{
		{"/tmp/link/n-train", "ncbi_disease/original-data/devel", "Disease", nil},
		{"/tmp/link/b-train", "bc5cdr_pubtator/CDR_DevelopmentSet.PubTator.txt", "", nil},
	} {
		l := open(t, s.dir)
		for _, depth := range depths {
			l.depth = depth_(depth)
			var n, at1, at5, asserted, assertedRight, nil_, nilRight int
			bySource := map[string][2]int{}
			byLabel := map[string][2]int{}
			bins := [10][3]float64{}
			for _, d := range read(t, s.gold, s.label) {
				for i, m := range l.resolve(d, nil) {
					links, concepts := l.links(m)
					right := rightIDs(d.Entities[i])
					if len(right) == 0 {
						nil_++
						if len(concepts) == 0 {
							nilRight++
						}
						continue
					}
					n++
					ok := false
					for r, x := range links {
						if right[x.ID] {
							if r == 0 {
								at1++
								ok = true
							}
							if r < 5 {
								at5++
								break
							}
						}
					}
					if len(concepts) > 0 {
						asserted++
						if right[concepts[0]] {
							assertedRight++
						}
					}
					src := "none"
					if len(links) > 0 {
						src = links[0].Source
						b := min(9, int(links[0].Score*10))
						bins[b][0]++
						bins[b][1] += links[0].Score
						if ok {
							bins[b][2]++
						}
					}
					v := bySource[src]
					v[0]++
					lv := byLabel[d.Entities[i].Label]
					lv[0]++
					if ok {
						v[1]++
						lv[1]++
					}
					bySource[src] = v
					byLabel[d.Entities[i].Label] = lv
				}
			}
			fmt.Printf("%-30s %-9s n %d acc@1 %.4f @5 %.4f asserted %.3f right %.4f nil %d/%d\n", s.gold[:20], depth, n, float64(at1)/float64(n), float64(at5)/float64(n), float64(asserted)/float64(n), float64(assertedRight)/float64(asserted), nilRight, nil_)
			if depth == "document" {
				fmt.Println(bySource, byLabel)
				e, tot := 0.0, 0.0
				for _, b := range bins {
					e += math.Abs(b[1] - b[2])
					tot += b[0]
				}
				fmt.Printf("ECE %.3f\n", e/tot)
			}
		}
	}
}

func depth_(s string) depth { return depth(slices.Index(depths, s)) }
