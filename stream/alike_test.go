package stream_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// TestRandomTreesLoadAlike sends random pages in all modes. In each of them a load
// begins, and the page ends, when it does so out of order.
func TestRandomTreesLoadAlike(t *testing.T) {
	first, n := *seedFlag, (*treesFlag+2)/3
	if first == 0 {
		first = rand.Uint64()
	}
	if testing.Short() {
		n = min(n, 300)
	}
	for i := range n {
		seed := first + uint64(i)
		var want *randomPage
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
			synctest.Test(t, func(t *testing.T) {
				p := newRandomPage(seed)
				p.mode, p.leave, p.deadline = mode, 0, 0
				p.rd.Limit, p.rd.Grace, p.rd.MaxBuffer = 0, 0, 0
				// What holds the first byte back delays the views of all others.
				p.any(func(t *tree) bool {
					t.critical, t.decides = false, nil
					return false
				})
				if p.any((*tree).waits) {
					return
				}
				err := p.send(t.Context())
				if err = errors.Join(err, p.err); err == nil && want != nil {
					err = p.loadsLike(want)
				}
				if err != nil {
					t.Fatalf("%v\n\n%v", err, p)
				}
				if mode == stream.OutOfOrder {
					want = p
				}
			})
		}
		if t.Failed() {
			t.Logf("reproduce with: go test -run '%s$' ./stream -args -trees=1 -seed=%d", t.Name(), seed)
			return
		}
	}
}

// waits reports whether the response waits for t in the middle of something.
func (t *tree) waits() bool { return t.foreign || t.copied || t.stuck }

// loadsLike compares the times of p with those of the same page in another mode.
func (p *randomPage) loadsLike(want *randomPage) error {
	differ := func(a, b time.Duration) bool { return (a - b).Abs() > time.Microsecond }
	for id, at := range want.begun {
		// A load that ends at some moment may or may not have begun others at the
		// same moment.
		if got, ok := p.begun[id]; ok && differ(got, at) {
			return fmt.Errorf("load %d began after %v, want %v", id, got, at)
		}
	}
	// The same is true of a load that ends later than its context.
	if deaf := p.any(func(t *tree) bool { return t.deaf }); !deaf && differ(p.took, want.took) {
		return fmt.Errorf("the page took %v, want %v", p.took, want.took)
	}
	return nil
}

// begin notes that the load of t has begun, and end that it has ended.
func (f *forest) begin(t *tree) (end func()) {
	f.running.Add(1)
	f.noting.Lock()
	defer f.noting.Unlock()
	if f.begun == nil {
		f.begun = map[int]time.Duration{}
	}
	f.begun[t.id] = time.Since(f.start)
	return func() { f.running.Add(-1) }
}
