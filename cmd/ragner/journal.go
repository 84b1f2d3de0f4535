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
	"time"

	"github.com/gofrs/flock"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/jsonl"
)

// journal keeps finished documents beside the output until all are done, so that an interrupted run can go on. Its
// first line tells with which settings they were made; each other line is a document. A line counts once it is whole,
// so that a kill at any moment loses one document at most.
type journal struct {
	path  string
	aside string // where the journal of an earlier run was put, or ""
	file  *os.File
	lock  *flock.Flock

	mu     sync.Mutex
	synced time.Time            // when the file was last synced
	kept   int                  // documents in the file
	broken int                  // lines of an earlier run that cannot be read
	done   map[string][]stretch // the lines of an earlier run's documents, by digest of id and text
}

// stretch is a part of a file, in bytes.
type stretch struct{ start, length int64 }

const (
	journalHead   = "# ragner journal "
	journalSuffix = ".ragner-journal"
	asideSuffix   = ".old"

	syncEvery = time.Second // what a failing power may take; a kill takes nothing that is written
)

// openJournal begins a journal beside out, or, to resume, reads what one holds. Without resume the journal of an
// interrupted run is put aside, since it may hold hours of a model's work.
func openJournal(out, fingerprint string, resume bool) (j *journal, err error) {
	j = &journal{path: strings.TrimRight(out, "/") + journalSuffix, done: map[string][]stretch{}}
	if !resume {
		if err := j.putAside(); err != nil {
			return nil, err
		}
	}
	if j.file, err = os.OpenFile(j.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("write the journal: %w", err)
	}
	if err := j.begin(journalHead+digest(fingerprint), resume); err != nil {
		j.close()
		return nil, err
	}
	return j, nil
}

// begin takes the lock, reads what is there, to resume, and writes the head of a new journal.
func (j *journal) begin(head string, resume bool) (err error) {
	if err := j.takeLock(); err != nil {
		return err
	}
	whole := int64(0)
	if resume {
		if whole, err = j.load(head); err != nil {
			return err
		}
	}
	if err := j.file.Truncate(whole); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	if whole == 0 {
		_, err = fmt.Fprintln(j.file, head)
	}
	return err
}

// takeLock keeps two runs from writing the same output.
func (j *journal) takeLock() error {
	j.lock = flock.New(j.path)
	if ok, err := j.lock.TryLock(); err == nil && !ok {
		return fmt.Errorf("another run is writing %s", strings.TrimSuffix(j.path, journalSuffix))
	}
	return nil // also where the file system has no locks
}

func (j *journal) putAside() error {
	info, err := os.Stat(j.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() <= int64(len(journalHead)+2*sha256.Size+1) {
		return nil // no document is lost
	}
	if err := j.takeLock(); err != nil {
		return err
	}
	defer release(j.lock)
	j.aside = j.path + asideSuffix
	if err := os.Rename(j.path, j.aside); err != nil {
		return fmt.Errorf("put the journal of an earlier run aside: %w", err)
	}
	return nil
}

// load reads the documents of an earlier run and gives the length of its whole lines: what a kill cut short does
// not count.
func (j *journal) load(head string) (whole int64, err error) {
	r := bufio.NewReaderSize(j.file, 1<<20)
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		if err != nil {
			return whole, nil
		}
		place := stretch{whole, int64(len(line))}
		whole += place.length
		if !first {
			j.take(line, place)
		} else if strings.TrimSpace(line) != head {
			return 0, usagef("%s was written with other settings or another index; repeat those, or start again without --resume", j.path)
		}
	}
}

// take takes a document's line. One that a failing power has spoiled is a document that is not done.
func (j *journal) take(line string, place stretch) {
	doc, err := jsonl.Unmarshal([]byte(line))
	if err != nil {
		j.broken++
		return
	}
	key := documentKey(doc)
	j.done[key] = append(j.done[key], place)
	j.kept++
}

// count is how many finished documents are in the file.
func (j *journal) count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.kept
}

// find takes a document that an earlier run finished; equal documents are taken one by one. One that cannot be read any
// more is done again.
func (j *journal) find(doc corpora.Document) (corpora.Document, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	key := documentKey(doc)
	found := j.done[key]
	if len(found) == 0 {
		return doc, false
	}
	j.done[key] = found[1:]
	line := make([]byte, found[0].length)
	if _, err := j.file.ReadAt(line, found[0].start); err != nil {
		return doc, false
	}
	finished, err := jsonl.Unmarshal(line)
	if err != nil || documentKey(finished) != key {
		return doc, false
	}
	doc.Entities = finished.Entities
	return doc, true
}

// add keeps a finished document; it may be called by several workers.
func (j *journal) add(doc corpora.Document) error {
	line, err := jsonl.Marshal(doc)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	j.kept++
	if time.Since(j.synced) < syncEvery {
		return nil
	}
	j.synced = time.Now()
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

func (j *journal) close() {
	if j.lock != nil {
		release(j.lock)
	}
	j.file.Close()
}

// remove ends a journal whose documents all stand in the output, and what was put aside for it.
func (j *journal) remove() error {
	defer j.close()
	if err := os.Remove(j.path + asideSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Remove(j.path)
}

func documentKey(doc corpora.Document) string { return digest(doc.ID + "\x00" + doc.Text) }

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
