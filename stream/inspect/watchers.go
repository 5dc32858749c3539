package inspect

import (
	"sync"
	"sync/atomic"
)

// watchers are notified when a response has changed.
type watchers struct {
	count atomic.Int64 // lets tell return at once while there are none

	mu  sync.Mutex
	all map[chan struct{}]int64 // id of the watched response, or 0 for all; channels have capacity 1
}

// add returns a channel that receives a value when the response with an id, or
// any response if the id is 0, has changed. The caller calls stop when it is
// done.
func (ws *watchers) add(id int64) (changed <-chan struct{}, stop func()) {
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

// tell notifies the watchers of the response with an id.
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
