package inspect

import (
	"sync"
	"sync/atomic"
)

// watchers are told when a response has changed.
type watchers struct {
	count atomic.Int64 // so that nobody pays for nobody

	mu  sync.Mutex
	all map[chan struct{}]int64 // capacity 1; the id of the response, or 0 for all
}

// add returns what receives when the response of that id, or any if it is 0,
// has changed, until end is called.
func (ws *watchers) add(id int64) (changed <-chan struct{}, end func()) {
	c := make(chan struct{}, 1)
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.all == nil {
		ws.all = make(map[chan struct{}]int64)
	}
	ws.all[c] = id
	ws.count.Add(1)
	return c, func() {
		ws.mu.Lock()
		defer ws.mu.Unlock()
		delete(ws.all, c)
		ws.count.Add(-1)
	}
}

// tell tells those that watch the response of that id.
func (ws *watchers) tell(id int64) {
	if ws.count.Load() == 0 {
		return
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for c, watched := range ws.all {
		if watched != 0 && watched != id {
			continue
		}
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
