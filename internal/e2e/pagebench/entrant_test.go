package pagebench_test

import (
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

// An entrant asks a server for one page, over connections that stay open.
type entrant struct {
	*server
	path  string
	conns []*conn

	arrivals []arrival
	cpu      float64 // that the server has used for them, in ns
}

// enter opens the connections. The first answer on each does not count.
func (s *server) enter(tb testing.TB, path string, conns int) *entrant {
	tb.Helper()
	e := &entrant{server: s, path: path}
	for range conns {
		c, err := dial(s.addr, 32<<10)
		if err != nil {
			tb.Fatal(err)
		}
		e.conns = append(e.conns, c)
	}
	e.drive(tb, 0)
	e.arrivals, e.cpu = nil, 0
	return e
}

func (e *entrant) leave() {
	for _, c := range e.conns {
		_ = c.Close()
	}
}

// drive requests the page over all connections, on each one after the other, until
// d is over. It requests at least one on each.
func (e *entrant) drive(tb testing.TB, d time.Duration) {
	tb.Helper()
	before := e.figure(tb, "/cpu")
	arrivals, errs := make([][]arrival, len(e.conns)), make([]error, len(e.conns))
	end := time.Now().Add(d)
	var all sync.WaitGroup
	for i, c := range e.conns {
		all.Go(func() { arrivals[i], errs[i] = c.getUntil(end, e.path) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		tb.Fatal(err)
	}
	e.cpu += e.figure(tb, "/cpu") - before
	e.arrivals = append(e.arrivals, slices.Concat(arrivals...)...)
}

// getUntil requests a page again and again, at least once.
func (c *conn) getUntil(end time.Time, path string) (as []arrival, err error) {
	for {
		a, err := c.get(path, io.Discard)
		if err != nil {
			return as, err
		}
		if as = append(as, a); time.Now().After(end) {
			return as, nil
		}
	}
}

// A sample is what one page costs.
type sample struct {
	cpu         float64 // of the server, in ns
	first, last float64 // medians of when the bytes arrive, in ns
}

func (e *entrant) sample() sample {
	first, last := make([]float64, len(e.arrivals)), make([]float64, len(e.arrivals))
	for i, a := range e.arrivals {
		first[i], last[i] = float64(a.first), float64(a.last)
	}
	return sample{e.cpu / float64(len(e.arrivals)), testkit.Median(first), testkit.Median(last)}
}
