package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

func TestGrown(t *testing.T) {
	pool := []string{"the first of few sentences", "a second one", "a second one", "and words for a third"}
	list := grown(pool, 60)
	if len(list) != 60 || !slices.Equal(list[:3], []string{pool[0], pool[1], pool[3]}) {
		t.Fatalf("%d sentences, the first are %q", len(list), list[:min(3, len(list))])
	}
	unique := slices.Compact(slices.Sorted(slices.Values(list)))
	if len(unique) != len(list) {
		t.Errorf("%d of %d sentences differ", len(unique), len(list))
	}
	if shorter := grown(pool, 25); !slices.Equal(shorter, list[:25]) {
		t.Error("a shorter list does not begin the longer one")
	}
	if few := grown([]string{"word"}, 5); len(few) != 1 {
		t.Errorf("%q of one word", few)
	}
	if none := grown(nil, 5); len(none) != 0 {
		t.Errorf("%q of nothing", none)
	}
}

func TestLaunch(t *testing.T) {
	var in, out bytes.Buffer
	jobs := json.NewEncoder(&in)
	self := os.Args[0]
	for _, args := range [][]string{{"-test.run=^$"}, {"-no-such-flag"}} {
		if err := jobs.Encode(job{Program: self, Args: args}); err != nil {
			t.Fatal(err)
		}
	}
	if err := launch(t.Context(), &in, &out); err != nil {
		t.Fatal(err)
	}
	var sound, failed usage
	answers := json.NewDecoder(&out)
	if err := errors.Join(answers.Decode(&sound), answers.Decode(&failed)); err != nil {
		t.Fatal(err)
	}
	if sound.Failure != "" || sound.Seconds <= 0 {
		t.Errorf("a sound run: %+v", sound)
	}
	if failed.Failure == "" {
		t.Error("a failed run is none")
	}
	if err := answers.Decode(&failed); !errors.Is(err, io.EOF) {
		t.Errorf("more answers than jobs: %v", err)
	}
}

func TestGrowthIsReadAsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "growth.csv")
	if points, err := readGrowth(path); err != nil || len(points) != 0 {
		t.Fatalf("no file: %v, %v", points, err)
	}
	var want growthPoints
	for _, n := range []int{1000, 5000} {
		p := growthPoint{}
		for i, column := range growthColumns {
			p[column] = float64(n) / math.Pow(2, float64(i%3))
		}
		p[atSize] = float64(n)
		want = append(want, p)
	}
	if err := want.write(path); err != nil {
		t.Fatal(err)
	}
	got, err := readGrowth(path)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v, %v, want %v", got, err, want)
	}
	if !got.has(5000) || got.has(25_000) {
		t.Error("sizes are not told apart")
	}
	if err := drawGrowth(filepath.Join(t.TempDir(), "growth.svg"), got); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte("sentences,build s\n1000,fast\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readGrowth(path); err == nil {
		t.Error("a word is taken for a number")
	}
}
