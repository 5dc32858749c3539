package broker

import (
	"math"
	"time"
)

// Retention limits the events that a topic keeps for clients that reconnect. The
// oldest events are dropped when any limit is exceeded. A subscriber cannot be
// further behind than the events that are kept.
type Retention struct {
	// Count is the number of events. Zero or less means 1024.
	Count int
	// Bytes is the total size of the events as they are sent. Zero or less means 4
	// MiB.
	Bytes int
	// Age is how long an event is kept. Zero means 5 minutes. A negative Age means
	// no limit; a topic that has had an event then stays in memory for good.
	Age time.Duration
}

func (r Retention) withDefaults() Retention {
	if r.Count <= 0 {
		r.Count = 1024
	}
	if r.Bytes <= 0 {
		r.Bytes = 4 << 20
	}
	if r.Age == 0 {
		r.Age = 5 * time.Minute
	}
	r.Age = min(r.Age, math.MaxInt64/2) // leaves room for additions
	return r
}
