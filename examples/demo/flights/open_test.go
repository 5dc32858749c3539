package flights_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when needed")
	some := first(t, 5000)
	// works opens the database and reports what was told meanwhile.
	works := func(t *testing.T) (told string) {
		t.Helper()
		var progress strings.Builder
		db, err := flights.OpenIn(t.Context(), dir, some, &progress)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if got, err := db.Totals(t.Context(), all); err != nil || got.Flights != 5000 {
			t.Errorf("Totals() = %+v, %v, want 5000 flights", got, err)
		}
		return progress.String()
	}

	t.Run("interrupted, it leaves nothing", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		// The first tenth is in when this is told.
		_, err := flights.OpenIn(ctx, dir, some, teller(func(said string) {
			if strings.Contains(said, "10%") {
				cancel()
			}
		}))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Open() = %v, want that it was canceled", err)
		}
		if names := list(t, dir); len(names) > 0 {
			t.Errorf("the folder holds %q, want nothing", names)
		}
	})
	t.Run("started at the same time, all work", func(t *testing.T) {
		var starts sync.WaitGroup
		for range 3 {
			starts.Go(func() {
				db, err := flights.OpenIn(t.Context(), dir, some, io.Discard)
				if err != nil {
					t.Error(err)
					return
				}
				defer db.Close()
				if got, err := db.Totals(t.Context(), all); err != nil || got.Flights != 5000 {
					t.Errorf("Totals() = %+v, %v, want 5000 flights", got, err)
				}
			})
		}
		starts.Wait()
		if names := list(t, dir); len(names) != 1 || !strings.HasPrefix(names[0], "flights-") {
			t.Errorf("the folder holds %q, want one database", names)
		}
	})
	t.Run("it is made once", func(t *testing.T) {
		if told := works(t); told != "" {
			t.Errorf("Open() tells %q, want nothing, since the database is there", told)
		}
	})
	t.Run("a file that is not whole is made again", func(t *testing.T) {
		file := filepath.Join(dir, list(t, dir)[0])
		for _, size := range []int64{0, 1000, 4096, 60 << 10} {
			if err := os.Truncate(file, size); err != nil {
				t.Fatal(err)
			}
			if told := works(t); !strings.Contains(told, "100%") {
				t.Errorf("Open() tells %q of a file of %d bytes, want that it makes another", told, size)
			}
		}
	})
	t.Run("what others are making is left alone for an hour", func(t *testing.T) {
		young, old := filepath.Join(dir, "unfinished-1.sqlite"), filepath.Join(dir, "unfinished-2.sqlite")
		for _, name := range []string{young, old} {
			if err := os.WriteFile(name, []byte("SQLite"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		then := time.Now().Add(-2 * time.Hour)
		if err := os.Chtimes(old, then, then); err != nil {
			t.Fatal(err)
		}
		os.Truncate(filepath.Join(dir, list(t, dir)[0]), 10)
		works(t)
		if _, err := os.Stat(young); err != nil {
			t.Errorf("a young file is gone: %v", err)
		}
		if _, err := os.Stat(old); err == nil {
			t.Error("an old file is still there")
		}
	})
}

// first returns the first n of the stored flights.
func first(t *testing.T, n int) *flights.Set {
	t.Helper()
	s, err := flights.Stored()
	if err != nil {
		t.Fatal(err)
	}
	s.Flights = s.Flights[:n]
	return s
}

// A teller is given all that is written to it.
type teller func(string)

func (f teller) Write(p []byte) (int, error) {
	f(string(p))
	return len(p), nil
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
