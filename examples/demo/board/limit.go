package board

import (
	"sync"
	"time"
)

const (
	perMinute = 10 // entries of one address
	allMinute = 60 // entries of all
)

// A limit says how often entries are taken. The zero limit is ready to use.
type limit struct {
	mu    sync.Mutex
	taken []signing // of the last minute, the oldest first: at most allMinute
}

// A signing is one entry that was taken.
type signing struct {
	from string
	at   time.Time
}

// allows reports whether an entry from an address is taken, and if so, notes it.
func (l *limit) allows(from string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.taken) > 0 && now.Sub(l.taken[0].at) >= time.Minute {
		l.taken = l.taken[1:]
	}
	own := 0
	for _, t := range l.taken {
		if t.from == from {
			own++
		}
	}
	if own >= perMinute || len(l.taken) >= allMinute {
		return false
	}
	l.taken = append(l.taken, signing{from, now})
	return true
}
