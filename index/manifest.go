package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/index/ordered"
)

// FormatVersion is the version of the files that this program reads and writes.
const FormatVersion = 3

const manifestName = "manifest.json"

// Manifest tells what a generation holds, from what it was made, and the checksums of its files.
type Manifest struct {
	Format     int          `json:"format"`
	Version    string       `json:"ragner"` // of the program that wrote it
	Created    time.Time    `json:"created"`
	Generation int          `json:"generation"`
	Analyzer   string       `json:"analyzer"`
	Embedder   EmbedderInfo `json:"embedder"`
	Sources    []Source     `json:"sources"`
	Counts     Counts       `json:"counts"`
	Labels     []LabelCount `json:"labels"`            // in order of first appearance
	Learned    *Learned     `json:"learned,omitempty"` // nil: no tagger was learned
	Stacked    []Stacked    `json:"stacked,omitempty"` // what is known of models beside the learned tagger
	Warnings   []string     `json:"warnings"`
	Files      []File       `json:"files"` // by name
}

// EmbedderInfo names the embedder of the vectors; all zero when there are none.
type EmbedderInfo struct {
	ID         string `json:"id"`   // model and version
	Name       string `json:"name"` // as the user named it
	Dimensions int    `json:"dimensions"`

	// Unknown is how many rows the embedder knew nothing of; they are found by their words alone.
	Unknown int `json:"unknown"`
	// Probe is the beginning of the vector of a fixed word. Servers may answer with another model under the same name.
	Probe []float32 `json:"probe,omitempty"`
}

// The kinds of sources.
const (
	KindCorpus   = "corpus"
	KindPassages = "passages"
	KindOntology = "ontology"
)

// Source is a file or folder that was read.
type Source struct {
	Kind      string `json:"kind"`
	Spec      string `json:"spec"`
	SHA256    string `json:"sha256,omitempty"`
	Documents int    `json:"documents,omitempty"`
	Sentences int    `json:"sentences,omitempty"`
	Terms     int    `json:"terms,omitempty"`
	Failed    int    `json:"failed,omitempty"` // documents that could not be read
}

// Counts are the sizes of an index.
type Counts struct {
	Documents         int `json:"documents"`
	Sentences         int `json:"sentences"` // occurrences
	DistinctSentences int `json:"distinct_sentences"`
	PassageDocuments  int `json:"passage_documents"`
	Passages          int `json:"passages"` // occurrences
	DistinctPassages  int `json:"distinct_passages"`
	Entities          int `json:"entities"`         // in all occurrences
	MergedSentences   int `json:"merged_sentences"` // sentence borders that an entity crossed
	Conflicts         int `json:"conflicts"`        // distinct sentences whose occurrences differ in annotation
	RepeatedIDs       int `json:"repeated_ids"`     // document ids that more than one document has
	Terms             int `json:"terms"`
	Names             int `json:"names"`
	UnmatchedNames    int `json:"unmatched_names"`  // that no text is matched with: of too many words, or of none
	RelabelledTerms   int `json:"relabelled_terms"` // that several ontologies of a build give different labels
}

// LabelCount is how often a label was met.
type LabelCount struct {
	Label    string `json:"label"`
	Mentions int    `json:"mentions"` // in all occurrences
	Terms    int    `json:"terms"`
}

// File is one file of a generation.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// describeFiles computes the checksums of all files in path, and writes those of their blocks into one more.
func describeFiles(ctx context.Context, path string, workers int) ([]File, error) {
	names, err := fileNames(path)
	if err != nil {
		return nil, err
	}
	var files []File
	describe := func(_ context.Context, i int) (File, error) { return describeFile(path, names[i]) }
	err = ordered.Run(ctx, workers, len(names), describe, func(_ int, f File) error {
		files = append(files, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	sums, err := writeSums(path, files)
	files = append(files, sums)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, err
}

func describeFile(path, name string) (File, error) {
	f, err := os.Open(filepath.Join(path, name))
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	return File{Name: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// fileNames lists the files of a generation but the manifest, by name; hidden ones are a file manager's.
func fileNames(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Name() != manifestName && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// writeManifest writes m into path and returns its SHA-256.
func writeManifest(path string, m Manifest) (digest string, err error) {
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return "", err
	}
	data = append(data, '\n')
	return digestOf(data), os.WriteFile(filepath.Join(path, manifestName), data, 0o644)
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// readManifest reads path's manifest and compares it with the digest that CURRENT states.
func readManifest(path, digest string) (Manifest, error) {
	data, err := os.ReadFile(filepath.Join(path, manifestName))
	if err != nil {
		return Manifest{}, err
	}
	if digestOf(data) != digest {
		return Manifest{}, corrupt(path, manifestName, errChecksum)
	}
	var version struct{ Format int }
	if err := json.Unmarshal(data, &version); err != nil {
		return Manifest{}, corrupt(path, manifestName, err)
	}
	if version.Format != FormatVersion {
		return Manifest{}, fmt.Errorf("%w: %s has format version %d, this program reads %d; rebuild it with: ragner index",
			ErrMismatch, path, version.Format, FormatVersion)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, corrupt(path, manifestName, err)
	}
	if m.Analyzer != lexical.AnalyzerName {
		return Manifest{}, fmt.Errorf("%w: %s was analysed by %q, this program uses %q; rebuild it with: ragner index",
			ErrMismatch, path, m.Analyzer, lexical.AnalyzerName)
	}
	return m, nil
}
