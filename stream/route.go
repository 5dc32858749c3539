package stream

import (
	"hash/maphash"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
)

// A route holds what is known about the pages of one http.ServeMux pattern, or of
// one path if requests have no pattern.
type route struct {
	known [64]atomic.Uint64 // a Bloom filter with the hashes of endings of HTML that was read
	stuck atomic.Bool       // a boundary was found where no marker works

	looks looks

	mu   sync.Mutex
	said map[string]struct{} // the faults that were logged; nil means that none is logged
}

// The memory for routes is limited. Pages beyond the limits share otherRoutes, for
// which nothing is logged.
const (
	maxRoutes = 4096
	maxPath   = 256 // bytes of a pattern or path
	maxSaid   = 64  // faults of a route
)

var (
	routesMu    sync.RWMutex
	routes      = map[string]*route{}
	otherRoutes route

	routeSeed = maphash.MakeSeed()
)

// routeOf returns the route of r.
func routeOf(r *http.Request) *route {
	key := r.Pattern
	if key == "" {
		key = r.URL.Path
	}
	if len(key) > maxPath {
		return &otherRoutes
	}
	routesMu.RLock()
	rt := routes[key]
	routesMu.RUnlock()
	if rt != nil {
		return rt
	}
	routesMu.Lock()
	defer routesMu.Unlock()
	if rt = routes[key]; rt != nil {
		return rt
	}
	if len(routes) == maxRoutes {
		return &otherRoutes
	}
	rt = &route{said: make(map[string]struct{})}
	routes[key] = rt
	return rt
}

// knows reports whether h was learnt. While a route has learnt a few tens of
// hashes, knows is wrong for about one in a million that were not learnt.
func (rt *route) knows(h uint64) bool {
	for range 3 {
		if rt.known[h/64%64].Load()&(1<<(h%64)) == 0 {
			return false
		}
		h >>= 12
	}
	return true
}

// learn makes h known.
func (rt *route) learn(h uint64) {
	for range 3 {
		rt.known[h/64%64].Or(1 << (h % 64))
		h >>= 12
	}
}

// once reports whether the fault what has to be logged. It returns true once for
// each fault, up to the limit.
func (rt *route) once(what string) bool {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.said == nil {
		return false
	}
	if _, said := rt.said[what]; said || len(rt.said) == maxSaid {
		return false
	}
	rt.said[what] = struct{}{}
	return true
}

// warnOnce logs a warning about subject, once for each route. Any goroutine may call
// it.
func (p *response) warnOnce(message string, subject slog.Attr, attrs ...slog.Attr) {
	if !routeOf(p.r).once(message + "\x00" + subject.Value.String()) {
		return
	}
	attrs = append(attrs, subject, slog.String("path", p.r.URL.Path))
	p.rd.logger().LogAttrs(p.ctx, slog.LevelWarn, message, attrs...)
}
