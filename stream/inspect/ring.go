package inspect

import "sync"

// A ring holds the newest records.
type ring struct {
	mu      sync.Mutex
	records []*record // a record is at the index id modulo length
	last    int64     // id of the newest record; the first id is 1
}

// add gives rec an id and replaces the oldest record.
func (g *ring) add(rec *record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last++
	rec.id = g.last
	g.records[g.last%int64(len(g.records))] = rec
}

// get returns the record with an id, or nil.
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
