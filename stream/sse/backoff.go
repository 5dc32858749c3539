package sse

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	defaultWait    = time.Second
	defaultMaxWait = time.Minute
	// leastWait is the shortest wait, whatever the server asks for. A server that sends
	// "retry: 0" and ends must not cause requests without a pause. While connections
	// last less than calm, the shortest wait doubles, up to calm.
	leastWait = 100 * time.Millisecond
	calm      = time.Second
	// longestWait caps the wait that a server may ask for. It can be doubled.
	longestWait = time.Duration(math.MaxInt64 / 2)
)

// A backoff decides how long to wait before the next attempt.
type backoff struct {
	wait     time.Duration // first wait; zero: defaultWait, unless told
	told     bool          // the server has set wait
	most     time.Duration // limit of doubling; zero: defaultMaxWait
	attempts int           // attempts since the last event
	least    time.Duration // shortest wait after a short connection; zero: leastWait
}

// next counts an attempt that lasted took, and returns the wait before the next
// attempt. The wait is never shorter than the server has asked for.
func (b *backoff) next(took time.Duration) time.Duration {
	wait, most := b.wait, b.most
	if wait <= 0 && !b.told {
		wait = defaultWait
	}
	if most <= 0 {
		most = defaultMaxWait
	}
	wait, most = max(min(wait, longestWait), leastWait), min(most, longestWait)
	for range b.attempts {
		if wait >= most {
			break
		}
		wait = min(2*wait, most)
	}
	b.attempts++
	if took >= calm || b.least == 0 {
		b.least = leastWait
	}
	wait = max(wait, b.least)
	b.least = min(2*b.least, calm)
	return wait + jitter(wait/2)
}

// jitter returns a random time below d.
func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

// retryAfter returns the time of the header Retry-After, or zero if there is
// none: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseUint(v, 10, 32); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// pause waits for d, or until ctx has ended.
func pause(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}
