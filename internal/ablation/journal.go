package ablation

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/jsonl"
	"github.com/ragner/ragner/internal/tag"
)

// outcome is what came of tagging one document.
type outcome struct {
	doc     corpora.Document // tagged; with Err when it failed
	stats   tag.Stats
	seconds float64
}

// journal keeps a row's finished documents, so that an interrupted ablation goes on where it stopped. Its first line
// is a digest of all that the outcomes depend on; each other line is an outcome and counts once it is whole.
type journal struct {
	file *os.File

	mu   sync.Mutex
	done map[string][]outcome // of an earlier run, by digest of id and text
	kept int
}

// entry is an outcome as a line has it.
type entry struct {
	Document json.RawMessage `json:"document"`
	Stats    tag.Stats       `json:"stats"`
	Seconds  float64         `json:"seconds"`
}

// openJournal opens the journal at path. One that was written under another digest, or that is not wanted, is put
// aside as PATH.old.
func openJournal(path, digest string, fresh bool) (*journal, error) {
	j := &journal{done: map[string][]outcome{}}
	whole, err := j.load(path, digest)
	if err == nil && (fresh || whole == 0) {
		whole, err = 0, putAside(path)
		j.done, j.kept = map[string][]outcome{}, 0
	}
	if err == nil {
		err = j.begin(path, digest, whole)
	}
	if err != nil {
		return nil, err
	}
	return j, nil
}

func (j *journal) begin(path, digest string, whole int64) (err error) {
	if j.file, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600); err != nil {
		return err
	}
	if err = j.file.Truncate(whole); err == nil && whole == 0 {
		_, err = fmt.Fprintln(j.file, digest)
	}
	return err
}

func putAside(path string) error {
	err := os.Rename(path, path+".old")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// load reads what an earlier run kept and gives the length of its whole lines, 0 when it is of another digest.
func (j *journal) load(path, digest string) (whole int64, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer release(f)
	r := bufio.NewReaderSize(f, 1<<20)
	head, err := r.ReadString('\n')
	if err != nil || strings.TrimSpace(head) != digest {
		return 0, nil
	}
	whole = int64(len(head))
	for {
		line, err := r.ReadString('\n')
		if err != nil || !j.take(line) { // what a kill cut short, and all behind it, is done again
			return whole, nil
		}
		whole += int64(len(line))
	}
}

func (j *journal) take(line string) bool {
	var e entry
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		return false
	}
	doc, err := jsonl.Unmarshal(e.Document)
	if err != nil {
		return false
	}
	key := documentKey(doc)
	j.done[key] = append(j.done[key], outcome{doc, e.Stats, e.Seconds})
	j.kept++
	return true
}

// find takes the outcome of a document that an earlier run finished.
func (j *journal) find(doc corpora.Document) (outcome, bool) {
	if j == nil {
		return outcome{}, false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	key := documentKey(doc)
	found := j.done[key]
	if len(found) == 0 {
		return outcome{}, false
	}
	j.done[key] = found[1:]
	return found[0], true
}

// add keeps an outcome; it may be called by several workers.
func (j *journal) add(o outcome) error {
	if j == nil {
		return nil
	}
	doc, err := jsonl.Marshal(o.doc)
	if err != nil {
		return err
	}
	line, err := json.Marshal(entry{doc, o.stats, o.seconds})
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the row's journal: %w", err)
	}
	return nil
}

func (j *journal) close() error { return j.file.Close() }

func documentKey(doc corpora.Document) string { return digest(doc.ID + "\x00" + doc.Text) }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// fileName is a row's name as a file can have it, with a few digits of its hash, so that no two rows share one.
func fileName(row string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, row)
	return strings.Trim(clean[:min(len(clean), 60)], "-.") + "-" + digest(row)[:8]
}
