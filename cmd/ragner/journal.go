package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/jsonl"
)

// journal keeps finished documents beside the output until all are done, so that an interrupted run can go on. Its
// first line tells with which settings they were made; each other line is a document.
type journal struct {
	path string
	file *os.File

	mu   sync.Mutex
	done map[string][]corpora.Document // by digest of id and text
}

const journalHead = "# ragner journal "

// openJournal begins a journal beside out, or, to resume, reads what one holds.
func openJournal(out, fingerprint string, resume bool) (*journal, error) {
	j := &journal{path: strings.TrimRight(out, "/") + ".ragner-journal", done: map[string][]corpora.Document{}}
	head := journalHead + digest(fingerprint)
	if resume {
		if err := j.load(head); err != nil {
			return nil, err
		}
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if !resume {
		flags = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	var err error
	if j.file, err = os.OpenFile(j.path, flags, 0o600); err != nil {
		return nil, fmt.Errorf("write the journal: %w", err)
	}
	if info, err := j.file.Stat(); err == nil && info.Size() == 0 {
		_, err = fmt.Fprintln(j.file, head)
		return j, err
	}
	return j, nil
}

// load reads the documents of an earlier run. A last line that a kill cut short is dropped from the file.
func (j *journal) load(head string) error {
	file, err := os.Open(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	defer file.Close()
	r := bufio.NewReaderSize(file, 1<<20)
	whole := int64(0)
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		if err != nil {
			return os.Truncate(j.path, whole)
		}
		whole += int64(len(line))
		if first {
			if strings.TrimSpace(line) != head {
				return fmt.Errorf("%s was written with other settings or another index; repeat those, or start again without --resume", j.path)
			}
			continue
		}
		doc, err := jsonl.Unmarshal([]byte(line))
		if err != nil {
			return fmt.Errorf("read %s: %w", j.path, err)
		}
		key := documentKey(doc)
		j.done[key] = append(j.done[key], doc)
	}
}

// find takes a document that an earlier run finished; equal documents are taken one by one.
func (j *journal) find(doc corpora.Document) (corpora.Document, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	key := documentKey(doc)
	found := j.done[key]
	if len(found) == 0 {
		return doc, false
	}
	j.done[key] = found[1:]
	doc.Entities = found[0].Entities
	return doc, true
}

// add keeps a finished document.
func (j *journal) add(doc corpora.Document) error {
	line, err := jsonl.Marshal(doc)
	if err != nil {
		return err
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

func (j *journal) close() { _ = j.file.Close() }

// remove ends a journal whose documents all stand in the output.
func (j *journal) remove() error {
	j.close()
	return os.Remove(j.path)
}

func documentKey(doc corpora.Document) string { return digest(doc.ID + "\x00" + doc.Text) }

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
