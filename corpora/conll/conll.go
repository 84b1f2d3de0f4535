// Package conll reads and writes tag sequences: a token a line with its tags, a blank line after each sentence.
//
// It takes what such files are in the wild: tabs or blanks, any column of tags, several (layers, which give nested
// entities), IOB1, IOB2, IOBES and BILOU alike, tags without a label, "-DOCSTART-" lines, comments such as
// "# newdoc id = X" beside tokens that begin with "#". It does not read the syntax of CoNLL-U files.
package conll

import "github.com/ragner/ragner/corpora"

func init() {
	corpora.Register(corpora.Format{
		Name:       "conll",
		Extensions: []string{".conll", ".iob2", ".iob", ".iob1", ".bio", ".iobes", ".bioes", ".bilou", ".conll2003", ".tsv"},
		Detect:     func(_ string, head []byte) bool { return detect(head) },
		Read:       read,
		NewWriter:  newWriter,
	})
}

// bareLabel is the label of tags that have none ("B", "I"), unless the option label= gives one.
const bareLabel = "ENTITY"

const docStart = "-DOCSTART-"
