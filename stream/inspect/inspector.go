package inspect

import "net/http"

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
