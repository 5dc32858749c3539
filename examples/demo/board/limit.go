package board

import (
	"sync"
	"time"
)

const (
	perMinute = 10 // entries from one address
	allMinute = 60 // entries from all addresses
)

// A limit bounds how many entries are accepted. The zero limit is ready to use.
type limit struct {
	mu    sync.Mutex
	taken []signing // entries of the last minute, oldest first; at most allMinute
}

// A signing is an accepted entry.
type signing struct {
	from string
	at   time.Time
}

// allows reports whether an entry from an address is accepted, and records it.
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
