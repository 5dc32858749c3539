package stream

import (
	"hash/maphash"
	"net/http"
	"sync"
	"sync/atomic"
)

// A route is what is known of the HTML of all pages of one pattern of
// http.ServeMux or, where that is not used, of one path.
type route struct {
	known [64]atomic.Uint64 // a Bloom filter: hashes of endings of HTML that was read
	stuck atomic.Bool       // a boundary stood where no marker works

	mu   sync.Mutex
	said map[string]struct{} // what was logged; nil: nothing is to be
}

// What is remembered is bounded: what comes later shares one route, of which
// nothing is logged.
const (
	maxRoutes = 4096
	maxPath   = 256
	maxSaid   = 64
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

// knows reports whether h was learnt. One of a million that were not is taken for
// one that was, while a route has few tens.
func (rt *route) knows(h uint64) bool {
	for range 3 {
		if rt.known[h/64%64].Load()&(1<<(h%64)) == 0 {
			return false
		}
		h >>= 12
	}
	return true
}

func (rt *route) learn(h uint64) {
	for range 3 {
		rt.known[h/64%64].Or(1 << (h % 64))
		h >>= 12
	}
}

// once reports whether what was found is to be logged, which it is once.
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
