package inspect

import (
	"log/slog"
	"net/http"
	"sync"
)

// An Inspector keeps the last responses of the renderers that have its Trace,
// and is the http.Handler of the pages that show them. Make it with New.
//
// All its pages are at the one URL it is mounted at, told apart by the query,
// so any path and any prefix will do. It is safe for concurrent use. Set its
// fields before it is in use.
type Inspector struct {
	// Allow decides alone who may see it. It must be safe for concurrent use.
	// Nil means those who have opened the address that holds the token, see URL.
	Allow func(*http.Request) bool

	// Token is the secret that opens it. Empty means a random one, new for each
	// start of the program. A token that was set outlives a restart, for which a
	// random one is asked again; it has at least 16 bytes, made by chance, or a
	// random one takes its place.
	Token string

	// Logger receives the token, once, when a request has been refused, and what
	// the inspector's own streams log. Nil means slog.Default at the time of the
	// line.
	Logger *slog.Logger

	randomly sync.Once
	random   string // takes the place of Token
	logged   sync.Once

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
