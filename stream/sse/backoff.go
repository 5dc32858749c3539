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
	// leastWait is waited whatever the server asks for: one that sends
	// "retry: 0" and ends is not to be asked without end. While connections
	// end in less than calm it doubles, up to calm.
	leastWait = 100 * time.Millisecond
	calm      = time.Second
	// longestWait can be doubled. A server may ask for any time.
	longestWait = time.Duration(math.MaxInt64 / 2)
)

// backoff is how long to wait before the next attempt.
type backoff struct {
	wait     time.Duration // zero: defaultWait, unless told
	told     bool          // wait is what the server has said
	most     time.Duration // of doubling; zero: defaultMaxWait
	attempts int           // since the last event
	least    time.Duration // of this wait, if the connection was short; zero: leastWait
}

// next counts an attempt, which has taken so long, and returns how long to wait
// before the next one, never less than the server has told.
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

// retryAfter returns what the header of that name says, zero if nothing:
// https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
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

// pause returns after d, or when ctx has ended.
func pause(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}
