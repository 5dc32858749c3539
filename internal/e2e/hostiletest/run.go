package hostiletest

import (
	"cmp"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

var (
	hostile = flag.Duration("hostile", 0, "how long the sites are attacked, all of them together; 0 means $HOSTILE, or 20s")
	seed    = flag.Uint64("hostile.seed", 0, "what the attacks follow from; 0 means a new one")
)

// Options set how long and how hard a site is attacked.
type Options struct {
	Seed     uint64
	Duration time.Duration // zero or less means only the warm-up
	Attacks  uint64        // limit; zero means as many as the time allows
	Patience time.Duration // for a page of the ordinary visitor
	Settle   time.Duration // for goroutines and heap to return to normal
}

// Limits of one run, since the machine is shared.
const (
	workers  = 16
	interval = 12 * time.Millisecond // between the beginnings of two attacks
)

// Test attacks the site for its share of the time in the flags, and fails t for
// each fault.
func Test(t *testing.T, s *Site) {
	t.Helper()
	d := *hostile
	if d == 0 {
		d, _ = time.ParseDuration(os.Getenv("HOSTILE"))
	}
	o := Options{
		Seed:     cmp.Or(*seed, rand.Uint64()>>32),
		Duration: cmp.Or(d, 20*time.Second) / 2,
		Patience: 60 * time.Second,
		Settle:   30 * time.Second,
	}
	t.Logf("the attacks follow from -hostile.seed=%d", o.Seed)
	r := Run(t.Context(), s, o)
	t.Log(r)
	for _, f := range r.Faults() {
		t.Error(f)
	}
}

// Run attacks the site and returns a report. It ends soon after the time is over
// or ctx has ended.
func Run(ctx context.Context, s *Site, o Options) *Report {
	r := newReport(s, o)
	all := append(attacks[:len(attacks):len(attacks)], s.Attacks...)
	h := newVisitor(s, o, r)
	h.visit(ctx, len(s.Healthy))
	h.client.CloseIdleConnections()
	goroutines := settled(o.Settle)

	// Everything is requested once, so that objects that are made once do not count.
	var once sync.WaitGroup
	for i, a := range all {
		once.Go(func() { r.attack(ctx, a, o, uint64(i)) })
	}
	once.Wait()
	heap := testkit.Heap()

	ctx, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	var attackers, visitor sync.WaitGroup
	visitor.Go(func() { h.stay(ctx) })
	tick := time.NewTicker(interval)
	defer tick.Stop()
	next := atomic.Uint64{}
	next.Store(uint64(len(all)))
	for range workers {
		attackers.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				n := next.Add(1) - 1
				if o.Attacks > 0 && n >= uint64(len(all))+o.Attacks {
					return
				}
				// The number alone says which attack it is.
				pick := rand.New(rand.NewPCG(o.Seed, n))
				r.attack(context.WithoutCancel(ctx), all[pick.IntN(len(all))], o, n)
			}
		})
	}
	attackers.Wait()
	cancel()
	visitor.Wait()
	h.client.CloseIdleConnections()

	if s.Quiesce != nil {
		s.Quiesce()
	}
	r.complaints() // what they hold is no leak of the site's
	r.leaks(goroutines, heap)
	return r
}
