package corpora

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// textFormat is the name of the format that any text is in.
const textFormat = "text"

// extension is path's last extension in lower case, with its dot, ".gz" left out of account.
func extension(path string) string {
	name := strings.ToLower(filepath.Base(path))
	return filepath.Ext(strings.TrimSuffix(name, ".gz"))
}

// base is path's file name without its extension and ".gz"; of standard input "stdin".
func base(path string) string {
	if path == "-" {
		return "stdin"
	}
	name := filepath.Base(path)
	if strings.EqualFold(filepath.Ext(name), ".gz") {
		name = name[:len(name)-len(".gz")]
	}
	if stem := strings.TrimSuffix(name, filepath.Ext(name)); stem != "" {
		return stem
	}
	return name
}

// recognise finds the format of an opened file: the one the user names; else the one its extension names, the
// content deciding when that is none, several, or one whose content is unlike.
func recognise(spec Spec, path string, s *stream) (Format, error) {
	if name := spec.Get("format", ""); name != "" {
		f, _ := FormatByName(name)
		return f, nil
	}
	head, err := s.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return Format{}, fmt.Errorf("read %s: %w", shown(path), err)
	}
	if len(head) == 0 && extension(path) != annExtension {
		return Format{}, fmt.Errorf("read %s: %w", shown(path), errEmpty(path))
	}
	f, err := decide(path, head)
	if err != nil {
		return Format{}, fmt.Errorf("read %s: %w", shown(path), err)
	}
	return f, nil
}

func errEmpty(path string) error {
	if path == "-" {
		return errors.New("it is empty")
	}
	return errors.New("the file is empty")
}

var (
	errUnknownFormat = errors.New("its format is not recognised")
	errAmbiguous     = errors.New("its format is ambiguous")
)

// decide finds the format of a file by name and content.
func decide(path string, head []byte) (Format, error) {
	claimed := claimants(extension(path))
	if len(head) == 0 && len(claimed) > 0 {
		return claimed[0], nil
	}
	matching := detected(claimed, path, head)
	if len(matching) == 0 {
		matching = detected(Formats(), path, head)
	}
	switch {
	case len(matching) == 1:
		return matching[0], nil
	case len(matching) > 1:
		return Format{}, fmt.Errorf("%w: it could be %s; say which with ,format=NAME", errAmbiguous, formatNames(matching))
	}
	return fallback(path, claimed)
}

// fallback is the choice when no format knows the content: the only one that claims the extension, or text.
func fallback(path string, claimed []Format) (Format, error) {
	for _, f := range claimed {
		if len(claimed) == 1 || f.Name == textFormat {
			return f, nil
		}
	}
	if f, ok := FormatByName(textFormat); ok && path == "-" {
		return f, nil
	}
	if len(claimed) > 1 {
		return Format{}, fmt.Errorf("%w: its name suggests %s, its content none of them; say which with ,format=NAME", errUnknownFormat, formatNames(claimed))
	}
	return Format{}, fmt.Errorf("%w; say which with ,format=NAME (known: %s)", errUnknownFormat, formatNames(Formats()))
}

func claimants(ext string) []Format {
	return slices.DeleteFunc(Formats(), func(f Format) bool { return ext == "" || !slices.Contains(f.Extensions, ext) })
}

func detected(among []Format, path string, head []byte) (found []Format) {
	for _, f := range among {
		if f.Detect != nil && f.Detect(path, head) {
			found = append(found, f)
		}
	}
	return found
}

func formatNames(list []Format) string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}
