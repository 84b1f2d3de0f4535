package index

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	currentName = "CURRENT"
	lockName    = "LOCK"
	asideSuffix = ".tmp" // of what is being written or removed; never read, removed by the next build
)

var (
	generationName = regexp.MustCompile(`^gen-(\d{6,})$`)
	currentForm    = regexp.MustCompile(`^(gen-\d{6,}) ([0-9a-f]{64})\n$`)
)

// current is what DIR/CURRENT says: the generation in use, and its manifest's SHA-256.
type current struct{ name, digest string }

func readCurrent(dir string) (current, error) {
	data, err := os.ReadFile(filepath.Join(dir, currentName))
	if errors.Is(err, fs.ErrNotExist) {
		return current{}, fmt.Errorf("no index in %s: %w", dir, err)
	}
	if err != nil {
		return current{}, fmt.Errorf("read the index: %w", err)
	}
	parts := currentForm.FindSubmatch(data)
	if parts == nil {
		return current{}, corrupt(dir, currentName, errors.New("it does not name a generation"))
	}
	return current{name: string(parts[1]), digest: string(parts[2])}, nil
}

// store is an index's folder, locked for writing.
type store struct {
	dir  string
	lock *flock.Flock
}

// openStore makes the folder if need be, takes the lock and removes what an interrupted build left behind.
func openStore(dir string) (*store, error) {
	_, err := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		if err := syncFile(filepath.Dir(dir)); err != nil { // else the power may fail and take the whole index
			return nil, err
		}
	}
	if err := refuseForeign(dir); err != nil {
		return nil, err
	}
	s := &store{dir: dir, lock: flock.New(filepath.Join(dir, lockName))}
	locked, err := s.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if !locked {
		owner, _ := os.ReadFile(s.lock.Path())
		return nil, errors.Join(fmt.Errorf("%s is being written by another process (%s)", dir, strings.TrimSpace(string(owner))), s.lock.Close())
	}
	if err := errors.Join(s.signLock(), s.removeLeftovers()); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// refuseForeign keeps a build from writing into a folder that holds something else.
func refuseForeign(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), asideSuffix)
		if name != currentName && name != lockName && name != CacheName && !generationName.MatchString(name) && !strings.HasPrefix(name, ".") {
			return fmt.Errorf("%s is not an index: it holds %s; name a new folder", dir, e.Name())
		}
	}
	return nil
}

// signLock writes who holds the lock into its file, for the message another writer gives.
func (s *store) signLock() error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	if runtime.GOOS == "windows" {
		return nil // the lock forbids writing through another handle
	}
	text := fmt.Sprintf("pid %d on %s since %s\n", os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
	return os.WriteFile(s.lock.Path(), []byte(text), 0o644)
}

func (s *store) close() error { return s.lock.Close() }

// removeLeftovers removes what was being written or removed, and generations that were never put in use.
func (s *store) removeLeftovers() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	used := 0
	if c, err := readCurrent(s.dir); err == nil {
		used = generationNumber(c.name)
	}
	for _, e := range entries {
		orphan := used > 0 && generationNumber(e.Name()) > used
		if orphan || strings.HasSuffix(e.Name(), asideSuffix) {
			if err := os.RemoveAll(filepath.Join(s.dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// generationNumber is the number in a generation's name, 0 for other names.
func generationNumber(name string) int {
	parts := generationName.FindStringSubmatch(name)
	if parts == nil {
		return 0
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return 0
	}
	return n
}

// generations lists the numbers of the generations, ascending.
func (s *store) generations() ([]int, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, e := range entries {
		if n := generationNumber(e.Name()); n > 0 && e.IsDir() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// begin makes the folder of the next generation, aside.
func (s *store) begin() (number int, aside string, err error) {
	numbers, err := s.generations()
	if err != nil {
		return 0, "", err
	}
	number = 1
	if len(numbers) > 0 {
		number = numbers[len(numbers)-1] + 1
	}
	aside = s.path(number) + asideSuffix
	return number, aside, os.Mkdir(aside, 0o755)
}

func (s *store) path(number int) string {
	return filepath.Join(s.dir, fmt.Sprintf("gen-%06d", number))
}

// publish puts a finished generation in use. Until CURRENT is replaced, which is one step, the one before is.
func (s *store) publish(number int, aside, digest string) error {
	if err := syncTree(aside); err != nil {
		return err
	}
	if err := os.Rename(aside, s.path(number)); err != nil {
		return err
	}
	if err := syncFile(s.dir); err != nil {
		return err
	}
	next := filepath.Join(s.dir, currentName+asideSuffix)
	text := fmt.Sprintf("%s %s\n", filepath.Base(s.path(number)), digest)
	if err := os.WriteFile(next, []byte(text), 0o644); err != nil {
		return err
	}
	if err := syncFile(next); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(s.dir, currentName)); err != nil {
		return err
	}
	return syncFile(s.dir)
}

// prune removes generations older than the one before number, except those that a reader holds.
func (s *store) prune(number int) error {
	numbers, err := s.generations()
	if err != nil {
		return err
	}
	older := slices.DeleteFunc(numbers, func(n int) bool { return n >= number })
	for _, n := range older[:max(len(older)-1, 0)] {
		if inUse(s.path(n)) {
			continue
		}
		aside := s.path(n) + asideSuffix // half a removal must not look like a generation
		if err := errors.Join(os.Rename(s.path(n), aside), os.RemoveAll(aside)); err != nil {
			return err
		}
	}
	return nil
}

// readLock takes a shared lock on a generation; nil where the file system has none.
func readLock(path string) *flock.Flock {
	lock := flock.New(filepath.Join(path, manifestName), flock.SetFlag(os.O_RDONLY))
	if ok, err := lock.TryRLock(); err != nil || !ok {
		_ = lock.Close()
		return nil
	}
	return lock
}

func inUse(path string) bool {
	lock := flock.New(filepath.Join(path, manifestName), flock.SetFlag(os.O_RDONLY))
	defer func() { _ = lock.Close() }()
	ok, err := lock.TryLock()
	return err == nil && !ok
}

// syncTree syncs every file of a folder, then the folder.
func syncTree(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := syncFile(filepath.Join(path, e.Name())); err != nil {
			return err
		}
	}
	return syncFile(path)
}

// syncFile syncs a file, or a folder where the system can.
func syncFile(path string) error {
	mode := os.O_RDONLY
	if info, err := os.Stat(path); err != nil {
		return err
	} else if runtime.GOOS == "windows" {
		if info.IsDir() {
			return nil
		}
		mode = os.O_RDWR
	}
	f, err := os.OpenFile(path, mode, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
