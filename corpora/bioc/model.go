package bioc

import (
	"encoding/json"
	"encoding/xml"
)

// The elements of BioC, for both notations.
type document struct {
	ID          string       `xml:"id" json:"id"`
	Infons      infons       `xml:"infon" json:"infons"`
	Passages    []passage    `xml:"passage" json:"passages"`
	Annotations []annotation `xml:"annotation" json:"annotations,omitempty"`
	Relations   []skipped    `xml:"relation" json:"relations,omitempty"`
}

type passage struct {
	Infons      infons       `xml:"infon" json:"infons"`
	Offset      int          `xml:"offset" json:"offset"`
	Text        *string      `xml:"text" json:"text,omitempty"`
	Sentences   []passage    `xml:"sentence" json:"sentences,omitempty"`
	Annotations []annotation `xml:"annotation" json:"annotations"`
	Relations   []skipped    `xml:"relation" json:"relations,omitempty"`
}

type annotation struct {
	ID        string     `xml:"id,attr,omitempty" json:"id,omitempty"`
	Infons    infons     `xml:"infon" json:"infons"`
	Locations []location `xml:"location" json:"locations"`
	Text      string     `xml:"text" json:"text"`
}

type location struct {
	Offset int `xml:"offset,attr" json:"offset"`
	Length int `xml:"length,attr" json:"length"`
}

// skipped is an element that is only counted.
type skipped struct{}

func (*skipped) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error { return d.Skip() }

func (*skipped) UnmarshalJSON([]byte) error { return nil }

// infons are keys with values. In XML they keep no order here; a repeated key keeps its first value.
type infons map[string]string

func (in *infons) set(key, value string) {
	if *in == nil {
		*in = infons{}
	}
	if _, twice := (*in)[key]; !twice {
		(*in)[key] = value
	}
}

func (in *infons) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	var one struct {
		Key   string `xml:"key,attr"`
		Value string `xml:",chardata"`
	}
	if err := d.DecodeElement(&one, &start); err != nil {
		return err
	}
	in.set(one.Key, one.Value)
	return nil
}

// UnmarshalJSON takes values that are no strings as the JSON they are; null as absent.
func (in *infons) UnmarshalJSON(data []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	for key, raw := range values {
		var text string
		switch {
		case string(raw) == "null":
			continue
		case json.Unmarshal(raw, &text) != nil:
			text = string(raw)
		}
		in.set(key, text)
	}
	return nil
}

// UnmarshalJSON accepts an id that is a number.
func (d *document) UnmarshalJSON(data []byte) error {
	type plain document
	var loose struct {
		plain
		ID json.RawMessage `json:"id"`
	}
	if err := json.Unmarshal(data, &loose); err != nil {
		return err
	}
	*d = document(loose.plain)
	d.ID = looseString(loose.ID)
	return nil
}

// UnmarshalJSON accepts an id that is a number.
func (a *annotation) UnmarshalJSON(data []byte) error {
	type plain annotation
	var loose struct {
		plain
		ID json.RawMessage `json:"id"`
	}
	if err := json.Unmarshal(data, &loose); err != nil {
		return err
	}
	*a = annotation(loose.plain)
	a.ID = looseString(loose.ID)
	return nil
}

func looseString(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}
