package flights

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

//go:embed data/flights.gz
var storedFlights []byte

//go:embed data/airports.csv
var storedAirports []byte

// Stored returns the flights that are embedded.
func Stored() (*Set, error) {
	airports, err := ReadAirports(bytes.NewReader(storedAirports))
	if err != nil {
		return nil, err
	}
	return Decode(bytes.NewReader(storedFlights), airports)
}

// Dir is where the database is kept between starts: in the user's folder for
// caches or, where there is none, among the temporary files.
func Dir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "rivulet-demo")
}

// Open opens the database of the embedded flights in dir, and makes it first if
// it is not there or not whole. It tells progress what it does when that takes
// time.
//
// The name of the file holds the version of what is in it, so another version
// of the program makes its own. A file gets that name only when it is finished:
// a start that was interrupted leaves nothing that is taken for a database, and
// programs that start at the same time each make one, of which the last stays.
func Open(ctx context.Context, dir string, progress io.Writer) (*DB, error) {
	s, err := Stored()
	if err != nil {
		return nil, err
	}
	return openIn(ctx, dir, s, progress)
}

// openIn does what Open does for any flights.
func openIn(ctx context.Context, dir string, s *Set, progress io.Writer) (*DB, error) {
	file := filepath.Join(dir, "flights-"+version()+".sqlite")
	if db, err := openWhole(ctx, file, s); err == nil {
		return db, nil
	}
	if err := install(ctx, file, s, progress); err != nil {
		return nil, err
	}
	return openWhole(ctx, file, s)
}

// openWhole opens the file if all of s can be read from it.
func openWhole(ctx context.Context, file string, s *Set) (*DB, error) {
	db, err := OpenFile(ctx, file)
	if err != nil {
		return nil, err
	}
	n, err := db.count(ctx)
	if err == nil && n != len(s.Flights) {
		err = fmt.Errorf("flights: %s holds %d flights, want %d", file, n, len(s.Flights))
	}
	if err != nil {
		db.Close()
		return nil, fault(ctx, err)
	}
	return db, nil
}

// install makes the file under another name, so that nobody opens it before it
// is whole.
func install(ctx context.Context, file string, s *Set, progress io.Writer) (err error) {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	sweep(dir)
	f, err := os.CreateTemp(dir, unfinished)
	if err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	defer os.Remove(f.Name()) // which it no longer has if all went well
	defer f.Close()

	start, tenth := time.Now(), 0
	fmt.Fprintf(progress, "loading %d flights into %s:", len(s.Flights), file)
	err = Create(ctx, f.Name(), s, func(n int) {
		if t := 10 * n / len(s.Flights); t > tenth {
			tenth = t
			fmt.Fprintf(progress, " %d%%", 10*t)
		}
	})
	if err != nil {
		fmt.Fprintln(progress, " not finished")
		return err
	}
	fmt.Fprintf(progress, " in %.1fs\n", time.Since(start).Seconds())

	// The name must not outlive a crash that what it names does not.
	if err := f.Sync(); err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	return nil
}

// unfinished is how files are named that are still being made.
const unfinished = "unfinished-*.sqlite"

// sweep removes what interrupted starts have left. Nobody takes an hour.
func sweep(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, unfinished))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(name)
		}
	}
}

// version changes with whatever is in the database.
func version() string {
	h := sha256.New()
	h.Write(storedFlights)
	h.Write(storedAirports)
	io.WriteString(h, schema)
	return hex.EncodeToString(h.Sum(nil))[:12]
}
