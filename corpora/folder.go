package corpora

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// openFolder lists a folder's files with their formats.
func openFolder(spec Spec) (*Opened, error) {
	paths, err := walk(spec)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", spec.Path, plain(err))
	}
	o := &Opened{Spec: spec, many: true}
	if err := o.sort(paths); err != nil {
		return nil, err
	}
	if len(o.Files) == 0 {
		return nil, fmt.Errorf("read %s: %s", spec.Path, nothingFound(spec, paths, o.Skipped))
	}
	o.bases = distinctBases(spec.Path, o.Files)
	return o, nil
}

// distinctBases names the files that share their base name with another by their path in the folder.
func distinctBases(root string, files []File) map[string]string {
	count := map[string]int{}
	for _, f := range files {
		count[base(f.Path)]++
	}
	bases := map[string]string{}
	for _, f := range files {
		relative, err := filepath.Rel(root, stem(f.Path))
		if count[base(f.Path)] > 1 && err == nil {
			bases[f.Path] = strings.ReplaceAll(filepath.ToSlash(relative), "/", "-")
		}
	}
	return bases
}

func nothingFound(spec Spec, paths, skipped []string) string {
	switch {
	case len(skipped) > 0:
		return fmt.Sprintf("no file of a known format in the folder (%d others)", len(skipped))
	case len(paths) == 0 && spec.Get("split", "") != "":
		return fmt.Sprintf("no file in the folder has %q in its name", spec.Get("split", ""))
	}
	return "no file in the folder"
}

// walk lists the files below the folder that may be data, by path.
func walk(spec Spec) (paths []string, err error) {
	split := strings.ToLower(spec.Get("split", ""))
	root := spec.Path
	if info, err := os.Lstat(root); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		root += string(filepath.Separator) // WalkDir does not follow a link
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir() || isNotice(path) || isLinkedFolder(path, d):
			return nil
		}
		relative, _ := filepath.Rel(spec.Path, path)
		if strings.Contains(strings.ToLower(relative), split) {
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

func isLinkedFolder(path string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(path)
	return err != nil || info.IsDir()
}

// isNotice reports files about the data rather than data.
func isNotice(path string) bool {
	switch strings.ToUpper(base(path)) {
	case "README", "LICENSE", "LICENCE", "COPYING", "NOTICE", "SOURCE", "CHANGELOG", "CITATION":
		return true
	}
	return false
}

// sort gives each file its format. Plain text counts only where nothing else is there: beside annotated files
// it is their text or about them.
func (o *Opened) sort(paths []string) error {
	if name := o.Spec.Get("format", ""); name != "" {
		f, _ := FormatByName(name)
		o.Files, o.Skipped = named(f, paths)
		return nil
	}
	var texts []File
	pairs := annotated(paths)
	for _, path := range paths {
		if extension(path) == ".txt" && pairs[stem(path)] {
			continue
		}
		f, err := o.formatOf(path)
		switch {
		case errors.Is(err, errAmbiguous):
			return err
		case err != nil:
			o.doubt(path)
		case f.Name == textFormat:
			texts = append(texts, File{path, f})
		default:
			o.Files = append(o.Files, File{path, f})
		}
	}
	if len(o.Files) == 0 {
		o.Files = texts
		return nil
	}
	for _, t := range texts {
		o.Skipped = append(o.Skipped, t.Path)
	}
	return nil
}

// doubt keeps an unreadable file that is named like data, so that reading reports it, and skips others.
func (o *Opened) doubt(path string) {
	if claimed := claimants(extension(path)); len(claimed) > 0 {
		o.Files = append(o.Files, File{path, claimed[0]})
		return
	}
	o.Skipped = append(o.Skipped, path)
}

func stem(path string) string { return filepath.Join(filepath.Dir(path), base(path)) }

// annotated is the set of stems that have an .ann file.
func annotated(paths []string) map[string]bool {
	stems := map[string]bool{}
	for _, p := range paths {
		if extension(p) == annExtension {
			stems[stem(p)] = true
		}
	}
	return stems
}

// named keeps the files that have an extension of the format the user named, or all when none has.
func named(f Format, paths []string) (files []File, skipped []string) {
	for _, p := range paths {
		if slices.Contains(f.Extensions, extension(p)) {
			files = append(files, File{p, f})
		} else {
			skipped = append(skipped, p)
		}
	}
	if len(files) > 0 {
		return files, skipped
	}
	for _, p := range skipped {
		files = append(files, File{p, f})
	}
	return files, nil
}

// formatOf opens a file of a folder only when its name does not tell.
func (o *Opened) formatOf(path string) (Format, error) {
	if extension(path) == annExtension {
		if claimed := claimants(annExtension); len(claimed) == 1 {
			return claimed[0], nil
		}
	}
	s, err := openStream(path, o.Spec.Limits)
	if err != nil {
		return Format{}, err
	}
	defer func() { _ = s.Close() }()
	return recognise(o.Spec, path, s)
}
