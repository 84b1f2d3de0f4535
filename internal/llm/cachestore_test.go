package llm_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
)

// said answers each request with so many bytes.
func said(bytes int) *testkit.Replay {
	return &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) {
		return llm.Response{Text: strings.Repeat("x", bytes), PromptTokens: 1}, nil
	}}
}

func openAnswers(t *testing.T, path string, limit int64, g llm.Identified) *llm.Cache {
	t.Helper()
	c, err := llm.NewCache(path, limit, g)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// askNumber asks the n-th of many different questions, and reports whether the answer was known.
func askNumber(t *testing.T, c *llm.Cache, n int) bool {
	t.Helper()
	r, err := c.Generate(context.Background(), llm.Request{Seed: n})
	if err != nil {
		t.Fatal(err)
	}
	return r.Cached
}

// TestCacheLimit: the oldest answers go, and the size that is told is that of those that stay, also when the file is opened
// again.
func TestCacheLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.db")
	c := openAnswers(t, path, 10_000, said(900))
	for n := range 30 {
		askNumber(t, c, n)
	}
	if !askNumber(t, c, 29) || askNumber(t, c, 0) {
		t.Error("the newest answer went, or the oldest stayed")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := llm.InspectCache(path)
	if err != nil || info.Answers < 8 || info.Answers > 10 || info.Bytes > 10_000 || info.Bytes < int64(900*info.Answers) || info.FileBytes < info.Bytes {
		t.Errorf("%+v, error %v", info, err)
	}
	c = openAnswers(t, path, 3000, said(900))
	askNumber(t, c, 100)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err = llm.InspectCache(path); err != nil || info.Answers < 2 || info.Bytes > 3000 {
		t.Errorf("a smaller limit: %+v, error %v", info, err)
	}
}

// TestCacheOfOlderVersion: answers that were kept without their order are found, counted and dropped like others.
func TestCacheOfOlderVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.db")
	c := openAnswers(t, path, 0, said(900))
	for n := range 10 {
		askNumber(t, c, n)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(tx.DeleteBucket([]byte("order")), tx.DeleteBucket([]byte("sizes")))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	c = openAnswers(t, path, 5000, said(900))
	if !askNumber(t, c, 3) || askNumber(t, c, 20) {
		t.Error("answers were not found")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := llm.InspectCache(path); err != nil || info.Bytes > 5000 || info.Answers < 3 || info.Answers > 5 {
		t.Errorf("%+v, error %v", info, err)
	}
}

func TestInspectAndClear(t *testing.T) {
	dir := t.TempDir()
	if _, err := llm.InspectCache(filepath.Join(dir, "none.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: error %v", err)
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, err := bbolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("accounts"))
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := llm.ClearCache(foreign); err == nil || !strings.Contains(err.Error(), "no answer cache") {
		t.Errorf("another program's database: error %v", err)
	}
	path := filepath.Join(dir, "answers.db")
	c := openAnswers(t, path, 0, said(10))
	askNumber(t, c, 1)
	if _, err := llm.ClearCache(path); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("in use: error %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := llm.ClearCache(path); err != nil || info.Answers != 1 {
		t.Errorf("%+v, error %v", info, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error(err)
	}
}
