package hostiletest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Report counts the attacks and keeps the faults. Its methods may be called
// concurrently.
type Report struct {
	site *Site
	opts Options
	mark uint64 // of this run, in its tokens

	mu     sync.Mutex
	counts map[string]*count
	faults []string
	alike  map[string]int // faults by their kind
	visits []time.Duration
	most   uint64 // bytes of the heap, as far as was seen
	footer string
}

// A count is the outcome of one kind of attack.
type count struct {
	sent, whole, cut, refused int
	took                      time.Duration
}

// kept limits the faults of one kind that are reported.
const kept = 3

func newReport(s *Site, o Options) *Report {
	return &Report{site: s, opts: o, mark: rand.Uint64() >> 40, counts: map[string]*count{}, alike: map[string]int{}}
}

// attack sends one attack.
func (r *Report) attack(ctx context.Context, a Attack, o Options, n uint64) {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	// What the attack sends does not depend on how it was picked.
	v := &Assault{Rand: rand.New(rand.NewPCG(o.Seed, ^n)), Site: r.site, ctx: ctx, report: r, name: a.Name, number: n}
	a.Do(v)
	r.count(a.Name, func(c *count) { c.sent++; c.took += time.Since(begin) })
}

func (r *Report) count(name string, f func(*count)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts[name] == nil {
		r.counts[name] = &count{}
	}
	f(r.counts[name])
}

// fault notes what went wrong. Faults of one format are alike.
func (r *Report) fault(format string, args ...any) {
	r.faultAlike(format, fmt.Sprintf(format, args...))
}

func (r *Report) faultAlike(kind, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.alike[kind]++; r.alike[kind] <= kept {
		r.faults = append(r.faults, text)
	}
}

// Faults returns the faults.
func (r *Report) Faults() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	faults := slices.Clone(r.faults)
	for kind, n := range r.alike {
		if n > kept {
			faults = append(faults, fmt.Sprintf("%d more like: %s", n-kept, kind))
		}
	}
	return faults
}

// complaints takes from the server's log what it must not hold.
func (r *Report) complaints() {
	for _, line := range r.site.Server.log.take() {
		if r.site.Planted == "" || !strings.Contains(line, r.site.Planted) {
			r.fault("net/http says: %.3000s", line)
		}
	}
}

// String returns the table of the attacks, and the figures.
func (r *Report) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	var sum count
	fmt.Fprintf(&b, "\n%-36s %7s %9s %9s %9s %9s\n", "attack", "sent", "whole", "cut", "refused", "ms each")
	row := func(name string, c count) {
		fmt.Fprintf(&b, "%-36s %7d %9d %9d %9d %9d\n", name, c.sent, c.whole, c.cut, c.refused, c.took.Milliseconds()/int64(max(c.sent, 1)))
	}
	names := []string{}
	for name := range r.counts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c := *r.counts[name]
		row(name, c)
		sum.sent, sum.whole, sum.cut, sum.refused = sum.sent+c.sent, sum.whole+c.whole, sum.cut+c.cut, sum.refused+c.refused
		sum.took += c.took
	}
	row("all", sum)
	if len(r.visits) > 0 {
		slices.Sort(r.visits)
		n := len(r.visits)
		fmt.Fprintf(&b, "ordinary visits: %d, median %v, 99th of 100 %v, slowest %v\n", n,
			r.visits[n/2].Round(time.Millisecond), r.visits[n*99/100].Round(time.Millisecond), r.visits[n-1].Round(time.Millisecond))
	}
	b.WriteString(r.footer)
	return b.String()
}
