package board

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// most is how many guests are kept. The oldest go first.
const most = 40

// A Guest is somebody who has signed.
type Guest struct {
	Number int
	Name   string
	Words  string
	At     time.Time
}

// Key is that of the guest's item in the region.
func (g Guest) Key() string { return strconv.Itoa(g.Number) }

// guests are kept in a file, which is replaced as a whole whenever somebody
// signs, so that it is never half of one.
type guests struct {
	mu   sync.Mutex
	file string
	list []Guest // the last first
}

// openGuests reads the file. One that is not there is an empty list.
func openGuests(file string) (*guests, error) {
	g := &guests{file: file}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return g, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &g.list)
	}
	if err != nil {
		return nil, fmt.Errorf("board: the guests: %w", err)
	}
	return g, nil
}

// all are the guests, the last first.
func (g *guests) all() []Guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.list // never changed, only replaced
}

// add commits a guest, and then tells publish who has come and who has gone.
// What publish publishes is in the order of the list.
func (g *guests) add(guest Guest, publish func(came Guest, gone []Guest)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	guest.Number = 1
	if len(g.list) > 0 {
		guest.Number = g.list[0].Number + 1
	}
	list := append([]Guest{guest}, g.list...)
	var gone []Guest
	if len(list) > most {
		list, gone = list[:most], list[most:]
	}
	if err := save(g.file, list); err != nil {
		return fmt.Errorf("board: the guests: %w", err)
	}
	g.list = list
	publish(guest, gone)
	return nil
}

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
	defer os.Remove(f.Name()) // which it no longer has if all went well
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
