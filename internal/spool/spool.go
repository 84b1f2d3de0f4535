// Package spool keeps documents aside on disk while they are needed again, so that memory does not grow with their
// number. It is for the time of one command: nothing of it can be opened later.
package spool

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"

	"github.com/ragner/ragner/corpora"
)

// Spool holds documents in the order in which they were added, and of each no more than a number in memory. Add all,
// then read: All and At may be called by several goroutines at once, and not while a document is added.
//
// The documents are private text. The file lies in the system's folder for temporary files, only its owner can read it,
// and where the system allows it has no name any more once it is open, so that it is gone however the program ends.
type Spool struct {
	file     *os.File
	encoder  *encoder
	decoders sync.Pool
	ends     []int64 // of each document in the file

	mu sync.Mutex // of the first reader, which writes what is buffered
	w  *bufio.Writer
}

// blockSize is how many bytes are read or written at a time.
const blockSize = 1 << 16

// New makes an empty spool. Close it.
func New() (*Spool, error) {
	file, err := os.CreateTemp("", "ragner-*.spool") // 0600
	if err != nil {
		return nil, fmt.Errorf("keep documents in the folder for temporary files (TMPDIR): %w", err)
	}
	_ = os.Remove(file.Name()) // a system that cannot do so with an open file does it in Close
	s := &Spool{file: file, w: bufio.NewWriterSize(file, blockSize)}
	if s.encoder, err = newEncoder(); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Add adds a document as the last one.
func (s *Spool) Add(doc corpora.Document) error {
	data, err := s.encoder.encode(doc)
	if err == nil {
		_, err = s.w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("keep documents in the folder for temporary files (TMPDIR): %w", err)
	}
	s.ends = append(s.ends, s.start(len(s.ends))+int64(len(data)))
	return nil
}

// Len is the number of documents.
func (s *Spool) Len() int { return len(s.ends) }

// start is where document i begins, and the one before it ends.
func (s *Spool) start(i int) int64 {
	if i == 0 {
		return 0
	}
	return s.ends[i-1]
}

// All yields the documents in order. It ends with the first error.
func (s *Spool) All() iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		r := bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.start(len(s.ends))), blockSize)
		for i := range s.ends {
			doc, err := s.read(r, i)
			if !yield(doc, err) || err != nil {
				return
			}
		}
	}
}

// At is document i, from 0.
func (s *Spool) At(i int) (corpora.Document, error) {
	return s.read(io.NewSectionReader(s.file, s.start(i), s.ends[i]-s.start(i)), i)
}

// read takes document i from r, which is just before it.
func (s *Spool) read(r io.Reader, i int) (doc corpora.Document, err error) {
	if err = s.flush(); err == nil {
		doc, err = s.decode(r, int(s.ends[i]-s.start(i)))
	}
	if err != nil {
		return corpora.Document{}, fmt.Errorf("read documents from the folder for temporary files: %w", err)
	}
	return doc, nil
}

func (s *Spool) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Flush()
}

// decode uses a decoder again, since gob takes long to make one. One that failed is not.
func (s *Spool) decode(r io.Reader, size int) (doc corpora.Document, err error) {
	d, ok := s.decoders.Get().(*decoder)
	if !ok {
		if d, err = newDecoder(s.encoder.types); err != nil {
			return doc, err
		}
	}
	if doc, err = d.decode(r, size); err == nil {
		s.decoders.Put(d)
	}
	return doc, err
}

// Close removes the documents.
func (s *Spool) Close() error {
	err := s.file.Close()
	_ = os.Remove(s.file.Name())
	return err
}
