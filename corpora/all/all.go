// Package all registers every corpus format: import it for its effect.
package all

import (
	_ "github.com/ragner/ragner/corpora/bioc" // each for its effect
	_ "github.com/ragner/ragner/corpora/brat"
	_ "github.com/ragner/ragner/corpora/conll"
	_ "github.com/ragner/ragner/corpora/html"
	_ "github.com/ragner/ragner/corpora/jsonl"
	_ "github.com/ragner/ragner/corpora/plain"
	_ "github.com/ragner/ragner/corpora/pubtator"
)
