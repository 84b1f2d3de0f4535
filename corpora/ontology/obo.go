package ontology

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// oboReader reads OBO 1.2 and 1.4 (the OBO Flat File Format guides), and the synonym tags of 1.0.
type oboReader struct {
	b      *builder
	stanza string   // "" in the header, else "Term", "Typedef", "Instance"
	start  int      // line of the stanza's header
	terms  []clause // clauses of the current [Term]
}

// clause is one tag-value pair of a stanza.
type clause struct {
	line       int
	tag, value string
}

func readOBO(r *bufio.Reader, b *builder) error {
	lines, o := &lineReader{r: r, limits: b.o.limits}, &oboReader{b: b}
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return o.flush()
		}
		if err != nil {
			return err
		}
		number := lines.number
		if line, err = lines.wholeFrom(line); err != nil {
			return err
		}
		if err := o.line(number, line); err != nil {
			return err
		}
	}
}

func (o *oboReader) line(number int, line string) error {
	line = strings.TrimSpace(line)
	switch {
	case line == "" || line[0] == '!':
		return nil
	case line[0] == '[':
		err := o.flush()
		o.stanza, o.start = strings.Trim(stripComment(line), "[] \t"), number
		return err
	}
	tag, value, ok := strings.Cut(line, ":")
	if !ok {
		return atf(number, "neither a stanza nor tag: value")
	}
	c := clause{number, strings.TrimSpace(tag), strings.TrimSpace(value)}
	switch o.stanza {
	case "":
		o.header(c)
	case "Term":
		o.terms = append(o.terms, c)
	}
	return nil
}

func (o *oboReader) header(c clause) {
	switch {
	case c.tag == "data-version", c.tag == "date" && o.b.report.Version == "":
		o.b.report.Version = c.value
	}
}

// flush adds the stanza read last.
func (o *oboReader) flush() error {
	clauses := o.terms
	o.terms = nil
	if o.stanza != "Term" {
		return nil
	}
	for _, c := range clauses {
		if id := plain(c.value); c.tag == "id" && id != "" {
			return o.term(o.b.describe(id), clauses)
		}
	}
	return atf(o.start, "a [Term] without id")
}

func (o *oboReader) term(d *draft, clauses []clause) error {
	for _, c := range clauses {
		var err error
		switch c.tag {
		case "name":
			d.name(plain(c.value))
		case "def":
			var text string
			if text, _, err = quoted(c.value); err == nil {
				d.definition(text)
			}
		case "synonym", "exact_synonym", "narrow_synonym", "broad_synonym", "related_synonym":
			err = oboSynonym(d, c)
		case "is_a":
			d.parent(firstWord(plain(c.value)))
		case "alt_id":
			d.alt = append(d.alt, plain(c.value))
			d.xref(plain(c.value))
		case "xref", "xref_analog", "xref_unk":
			d.xref(firstWord(unescape(c.value)))
		case "property_value":
			exactMatch(d, c.value)
		case "is_obsolete":
			d.obsolete = d.obsolete || plain(c.value) == "true"
		}
		if err != nil {
			return at(c.line, err)
		}
	}
	return nil
}

// exactMatch takes `skos:exactMatch "MESH:D000001" xsd:string` as a cross-reference.
func exactMatch(d *draft, value string) {
	property, rest, _ := strings.Cut(value, " ")
	if local(property) != "exactMatch" {
		return
	}
	if text, _, err := quoted(strings.TrimSpace(rest)); err == nil {
		d.xref(text)
	} else {
		d.xref(compact(firstWord(plain(rest))))
	}
}

// oboSynonym reads `"text" SCOPE TYPE [xrefs]`; OBO 1.0 has the scope in the tag.
func oboSynonym(d *draft, c clause) error {
	text, rest, err := quoted(c.value)
	if err != nil {
		return err
	}
	scope, ok := scopeOf(firstWord(strings.TrimSpace(rest)))
	if !ok {
		scope, ok = scopeOf(strings.TrimSuffix(c.tag, "_synonym"))
	}
	if !ok {
		scope = corpora.ScopeRelated
	}
	d.synonym(text, scope)
	return nil
}

// quoted takes the text in quotation marks that value begins with, unescaped, and what follows it.
func quoted(value string) (text, rest string, err error) {
	if !strings.HasPrefix(value, `"`) {
		return "", "", errors.New("a quotation mark is missing before the text")
	}
	for i := 1; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case '"':
			return unescape(value[1:i]), value[i+1:], nil
		}
	}
	return "", "", errors.New("the text's closing quotation mark is missing")
}

// plain is an unquoted value without its comment and trailing modifiers, unescaped.
func plain(value string) string {
	value = stripComment(value)
	if strings.HasSuffix(value, "}") && !strings.HasSuffix(value, `\}`) {
		if i := openBrace(value); i >= 0 {
			value = value[:i]
		}
	}
	return strings.TrimSpace(unescape(strings.TrimSpace(value)))
}

// openBrace is where the trailing modifiers begin: the last brace that is not escaped and stands after a blank.
func openBrace(value string) int {
	for i := len(value) - 1; i > 0; i-- {
		if value[i] == '{' && (value[i-1] == ' ' || value[i-1] == '\t') {
			return i
		}
	}
	return -1
}

// stripComment cuts at an exclamation mark that is not escaped, not in quotation marks and after a blank, as
// every writer puts it: older files have names such as "Ouch!".
func stripComment(value string) string {
	inQuotes := false
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == '\\':
			i++
		case value[i] == '"':
			inQuotes = !inQuotes
		case value[i] == '!' && !inQuotes && i > 0 && (value[i-1] == ' ' || value[i-1] == '\t'):
			return strings.TrimSpace(value[:i])
		}
	}
	return value
}

// unescape undoes OBO's escapes: \n, \t, \W (a blank), and a backslash before any other character.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'W':
			b.WriteByte(' ')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}
