package inspect

import (
	"net/http"
	"sync"
	"sync/atomic"
)

// An Inspector keeps the last responses of the renderers that have its Trace,
// and is the http.Handler of the pages that show them. Make it with New.
//
// All its pages are at the one URL it is mounted at, told apart by the query,
// so any path and any prefix will do. It is safe for concurrent use.
type Inspector struct {
	// Allow decides who may see it, in the place of the rule that only this
	// machine may, see the package's documentation. Set it before the
	// Inspector is in use; it must be safe for concurrent use.
	Allow func(*http.Request) bool

	ring     ring
	watchers watchers
	servers  servers
}

// New returns an Inspector that keeps the last n responses. Zero or less means
// 100.
func New(n int) *Inspector {
	if n <= 0 {
		n = 100
	}
	return &Inspector{ring: ring{records: make([]*record, n)}}
}

// A ring holds the newest records.
type ring struct {
	mu      sync.Mutex
	records []*record // that with an id is at id modulo length
	last    int64     // id; the first is 1
}

// add gives rec an id and keeps it in the place of the oldest.
func (g *ring) add(rec *record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last++
	rec.id = g.last
	g.records[g.last%int64(len(g.records))] = rec
}

// get returns the record of that id, or nil.
func (g *ring) get(id int64) *record {
	g.mu.Lock()
	defer g.mu.Unlock()
	if id <= 0 {
		return nil
	}
	if rec := g.records[id%int64(len(g.records))]; rec != nil && rec.id == id {
		return rec
	}
	return nil
}

// all returns the records, newest first.
func (g *ring) all() []*record {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := int64(len(g.records))
	all := make([]*record, 0, min(n, g.last))
	for id := g.last; id > 0 && id > g.last-n; id-- {
		all = append(all, g.records[id%n])
	}
	return all
}

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
