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

// Stored returns the embedded flights.
func Stored() (*Set, error) {
	airports, err := ReadAirports(bytes.NewReader(storedAirports))
	if err != nil {
		return nil, err
	}
	return Decode(bytes.NewReader(storedFlights), airports)
}

// Dir returns the folder in which the database is kept between starts: the user's
// cache folder or, if there is none, the folder for temporary files.
func Dir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "rivulet-demo")
}

// Open opens the database of the embedded flights in dir. It creates the database
// if the file is missing or incomplete, and reports to progress what takes time.
//
// The name of the file contains the version of its content, so another version of
// the program makes its own file. A file gets that name only when it is complete.
// An interrupted start therefore leaves no file that looks like a database.
// Programs that start at the same time each make a file, and the last one stays.
func Open(ctx context.Context, dir string, progress io.Writer) (*DB, error) {
	s, err := Stored()
	if err != nil {
		return nil, err
	}
	return openIn(ctx, dir, s, progress)
}

// openIn is Open for any flights.
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

// openWhole opens the file if it contains all of s.
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

// install makes the file under another name, so that it is not opened before it
// is complete.
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
	defer os.Remove(f.Name()) // fails after a successful rename
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

	// After a crash, there must not be a name without the content.
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

// unfinished is the pattern of the names of unfinished files.
const unfinished = "unfinished-*.sqlite"

// sweep removes the files of interrupted starts. No start takes an hour.
func sweep(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, unfinished))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(name)
		}
	}
}

// version changes with the content of the database.
func version() string {
	h := sha256.New()
	h.Write(storedFlights)
	h.Write(storedAirports)
	io.WriteString(h, schema)
	return hex.EncodeToString(h.Sum(nil))[:12]
}
