package board

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// alone is the book of a single instance. It keeps its guests in a file, which is
// replaced as a whole with each new guest, so that it is never incomplete.
type alone struct {
	mu   sync.Mutex
	file string
	list list
}

// openAlone reads the file. A missing file is an empty list.
func openAlone(file string) (*alone, error) {
	a := &alone{file: file}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &a.list.Guests)
	}
	if err != nil {
		return nil, fmt.Errorf("board: the guests: %w", err)
	}
	a.list.Told = a.list.last() // pages of an earlier program reload
	return a, nil
}

func (a *alone) guests(context.Context) (list, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.list, nil
}

func (a *alone) sign(_ context.Context, g Guest) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.list.with(g)
	if err := save(a.file, list.Guests); err != nil {
		return fmt.Errorf("board: the guests: %w", err)
	}
	a.list = list
	return nil
}

func (a *alone) told(_ context.Context, number int) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = a.list.through(number)
	return nil
}

func (*alone) exchange(_ context.Context, own Report) ([]Report, error) { return []Report{own}, nil }

func (*alone) leave() error { return nil }

// save replaces the file.
func save(file string, list []Guest) error {
	text, err := json.MarshalIndent(list, "", "\t")
	if err != nil {
		return err
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "guests-*.new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after a successful rename
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
