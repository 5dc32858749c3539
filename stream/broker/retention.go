package broker

import (
	"math"
	"time"
)

// Retention says what a topic retains for clients that come back. Whatever
// passes one of the bounds goes, the oldest event first. It is also what a
// subscriber may at most be behind.
type Retention struct {
	// Count is the number of events. Zero or less means 1024.
	Count int
	// Bytes is the size of the events as they go over the wire. Zero or less
	// means 4 MiB.
	Bytes int
	// Age is how long an event is retained. Zero means 5 minutes. Negative
	// means that age is no reason to go; a topic that had an event is then
	// never forgotten.
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
	r.Age = min(r.Age, math.MaxInt64/2) // something is added to it
	return r
}
