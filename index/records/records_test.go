package records

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, rows ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "records")
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if got := w.Append([]byte(row)); got != i {
			t.Fatalf("row %d got number %d", i, got)
		}
	}
	if err := w.Close(); err != nil || w.Len() != len(rows) {
		t.Fatalf("%d rows, %v", w.Len(), err)
	}
	return path
}

func TestRows(t *testing.T) {
	for _, rows := range [][]string{nil, {""}, {"one", "", strings.Repeat("long", 50_000), "last"}} {
		r, err := Open(write(t, rows...))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range rows {
			if got, err := r.Row(i); err != nil || string(got) != want {
				t.Errorf("row %d has %d bytes, %v", i, len(got), err)
			}
		}
		for _, i := range []int{-1, len(rows)} {
			if _, err := r.Row(i); !errors.Is(err, ErrDamaged) {
				t.Errorf("row %d of %d: %v", i, len(rows), err)
			}
		}
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	path := write(t, "one", "two", "three")
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) error {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err != nil {
			return err
		}
		defer r.Close()
		for i := range min(r.Len(), 10) {
			if _, err := r.Row(i); err != nil && !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
		}
		return nil
	}
	for i := range sound {
		if err := read(sound[:i]); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
		flipped := slices.Clone(sound)
		flipped[i] ^= 0xff
		if err := read(flipped); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
}

func TestCodec(t *testing.T) {
	var e Encoder
	e.Uint(0)
	e.Uint(1 << 40)
	e.String("naïve")
	e.Strings([]string{"", "b"})
	e.Strings(nil)
	d := NewDecoder(e.Buf)
	if a, b := d.Uint(0), d.Uint(1<<40); a != 0 || b != 1<<40 {
		t.Errorf("numbers %d, %d", a, b)
	}
	if s := d.String(); s != "naïve" {
		t.Errorf("string %q", s)
	}
	if l := d.Strings(); !reflect.DeepEqual(l, []string{"", "b"}) {
		t.Errorf("list %q", l)
	}
	if l := d.Strings(); l != nil || d.Left() != 0 || d.Close() != nil {
		t.Errorf("list %q, %d left, %v", l, d.Left(), d.Err())
	}
	for name, decode := range map[string]func(*Decoder){
		"too large":    func(d *Decoder) { d.Uint(1<<40 - 1); d.Uint(1<<40 - 1) },
		"left over":    func(d *Decoder) { d.Uint(0) },
		"past the end": func(d *Decoder) { d.Uint(0); d.Count() },
	} {
		d := NewDecoder(e.Buf)
		decode(d)
		if !errors.Is(d.Close(), ErrDamaged) {
			t.Errorf("%s: %v", name, d.Err())
		}
	}
}
