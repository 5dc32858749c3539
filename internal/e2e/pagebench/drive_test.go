package pagebench_test

import (
	"io"
	"slices"
	"sync"
	"testing"
	"time"
)

// A sample is what the pages of a program cost for a while.
type sample struct {
	cpu         float64 // of the server, for one page, in ns
	first, last float64 // medians of when the bytes arrive, in ns
}

// drive requests path over so many connections for d, each request after the one
// before. The first request of a connection does not count.
func (s *server) drive(tb testing.TB, path string, conns int, d time.Duration) sample {
	tb.Helper()
	var (
		ready, done sync.WaitGroup
		begin       = make(chan struct{})
		arrivals    = make([][]arrival, conns)
	)
	for i := range conns {
		ready.Add(1)
		done.Go(func() {
			var err error
			if arrivals[i], err = s.visit(path, d, ready.Done, begin); err != nil {
				tb.Error(err)
			}
		})
	}
	ready.Wait()
	before := s.figure(tb, "/cpu")
	close(begin)
	done.Wait()
	used := s.figure(tb, "/cpu") - before
	if tb.Failed() {
		tb.FailNow()
	}
	return summary(slices.Concat(arrivals...), used)
}

// visit is one connection. It calls ready once, and waits for begin.
func (s *server) visit(path string, d time.Duration, ready func(), begin chan struct{}) (as []arrival, err error) {
	c, err := dial(s.addr, 32<<10)
	if err == nil {
		defer func() { _ = c.Close() }()
		_, err = c.get(path, io.Discard)
	}
	ready()
	<-begin
	for end := time.Now().Add(d); err == nil && time.Now().Before(end); {
		var a arrival
		a, err = c.get(path, io.Discard)
		as = append(as, a)
	}
	return as, err
}

// summary returns the medians of the arrivals. The server has used cpu ns for them.
func summary(as []arrival, cpu float64) sample {
	first, last := make([]float64, len(as)), make([]float64, len(as))
	for i, a := range as {
		first[i], last[i] = float64(a.first), float64(a.last)
	}
	return sample{cpu / float64(len(as)), median(first), median(last)}
}

func median(v []float64) float64 { return quantile(v, 0.5) }

// quantile sorts v.
func quantile(v []float64, q float64) float64 {
	slices.Sort(v)
	return v[int(q*float64(len(v)-1)+0.5)]
}
