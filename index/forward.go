package index

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/forward"
)

// forwardName is the file with what each sentence shows, as numbers.
const forwardName = sentencesName + ".forward"

// writeForward writes what the sentences of a generation that is being built show.
func (b *builder) writeForward(ctx context.Context, x *Index) error {
	rows := forward.Rows{
		Len:   x.sentences.Len(),
		Row:   func(i int) corpora.Annotated { return x.Sentence(i).Annotated },
		Label: b.labels.number,
	}
	if err := forward.Write(ctx, b.file(forwardName), rows, b.options.Workers); err != nil {
		return fmt.Errorf("index what sentences show: %w", err)
	}
	return x.Err()
}

func (x *Index) openForward() error {
	file, err := x.openFile(forwardName)
	if err != nil {
		return err
	}
	if x.forward, err = forward.Open(file, x.sentences.Len()); err != nil {
		return corrupt(x.path, forwardName, err)
	}
	return nil
}

// checkForward compares sampled rows with the sentences.
func (x *Index) checkForward() error {
	n := min(samples, x.sentences.Len())
	for i := range n {
		row := i * x.sentences.Len() / n
		text := forward.Read(x.sentences.Text(row))
		length, err := x.forward.Length(row)
		words, wordsErr := x.forward.Words(nil, row)
		slices.Sort(text.Words)
		if err := errors.Join(err, wordsErr); err != nil {
			return corrupt(x.path, forwardName, err)
		}
		if length != len(text.Words) || !slices.Equal(words, slices.Compact(text.Words)) {
			return corrupt(x.path, forwardName, fmt.Errorf("row %d has other words", row))
		}
	}
	return nil
}

// SentenceWords appends the distinct words of row i of Sentences to list, ascending.
func (x *Index) SentenceWords(list []forward.Word, i int) []forward.Word {
	list, err := x.forward.Words(list, i)
	x.noteForward(err)
	return list
}

// SentenceRoles appends the roles of the words of row i of Sentences to list, in the order of SentenceWords.
func (x *Index) SentenceRoles(list []byte, i int) []byte {
	list, err := x.forward.Roles(list, i)
	x.noteForward(err)
	return list
}

// SentenceLength is the number of words of row i of Sentences, punctuation not counted.
func (x *Index) SentenceLength(i int) int {
	n, err := x.forward.Length(i)
	x.noteForward(err)
	return n
}

// SentenceMentions appends the distinct mentions of row i of Sentences, as they are shown, to list.
func (x *Index) SentenceMentions(list []forward.Mention, i int) []forward.Mention {
	list, err := x.forward.Mentions(list, i)
	x.noteForward(err)
	return list
}

// SentencesWith appends the rows of Sentences that show a surface with this key annotated to list, ascending.
func (x *Index) SentencesWith(list []int, key forward.Key) []int {
	list, err := x.forward.RowsWith(list, key)
	x.noteForward(err)
	return list
}

// Occurrence tells where a word stands in the sentences, in relation to their mentions.
func (x *Index) Occurrence(word forward.Word) forward.Occurrence {
	o, err := x.forward.Occurrence(word)
	x.noteForward(err)
	return o
}

func (x *Index) noteForward(err error) {
	if err != nil {
		x.damaged(forwardName, err)
	}
}
