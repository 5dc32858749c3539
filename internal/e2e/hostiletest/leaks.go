package hostiletest

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

// settled waits until the number of goroutines stops falling, and returns it.
func settled(patience time.Duration) int {
	n := runtime.NumGoroutine()
	for end, still := time.Now().Add(patience), 0; still < 10 && time.Now().Before(end); still++ {
		time.Sleep(20 * time.Millisecond)
		if now := runtime.NumGoroutine(); now < n {
			n, still = now, 0
		}
	}
	return n
}

// sample notes how large the heap is while the attacks are on.
func (r *Report) sample() {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	now := s[0].Value.Uint64()
	r.mu.Lock()
	r.most = max(r.most, now)
	r.mu.Unlock()
	if now > r.site.Most {
		r.fault("the heap has %d KiB while the attacks are on, want %d KiB at most", now>>10, r.site.Most>>10)
	}
}

// leaks waits until there are no more goroutines than before and the heap is no
// larger than it may be.
func (r *Report) leaks(goroutines int, before uint64) {
	begin := time.Now()
	end := begin.Add(r.opts.Settle)
	for runtime.NumGoroutine() > goroutines && time.Now().Before(end) {
		time.Sleep(20 * time.Millisecond)
	}
	now := runtime.NumGoroutine()
	if now > goroutines {
		r.fault("%d goroutines are left, %d were there before:\n%s", now, goroutines, stacks())
	}
	after := testkit.Heap()
	for after > before+r.site.Slack && time.Now().Before(end) {
		time.Sleep(200 * time.Millisecond)
		after = testkit.Heap()
	}
	if after > before+r.site.Slack {
		r.fault("the heap has %d KiB, it had %d KiB and may grow by %d KiB", after>>10, before>>10, r.site.Slack>>10)
	}
	r.footer = fmt.Sprintf("goroutines %d, before %d; heap %d KiB, before %d KiB, meanwhile up to %d KiB; settled after %v\n",
		now, goroutines, after>>10, before>>10, r.most>>10, time.Since(begin).Round(time.Millisecond))
}

// stacks returns the stacks of all goroutines, with equal ones grouped.
func stacks() string {
	var b strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&b, 1)
	s := b.String()
	return s[:min(len(s), 8000)]
}
