package inspect

import (
	"log/slog"
	"net/http"
	"sync"
)

// An Inspector keeps the last responses of the renderers that have its Trace, and
// serves the pages that show them. Make it with New.
//
// All pages have the URL at which the Inspector is mounted, and differ in their
// query. Any path and any prefix will do. An Inspector is safe for concurrent
// use. Set its fields before first use.
type Inspector struct {
	// Allow reports whether a request may see the inspector. It is called
	// concurrently. Nil means that the token decides: see URL.
	Allow func(*http.Request) bool

	// Token is the secret that opens the inspector. It must be random and have at
	// least 16 bytes; a shorter one is replaced by a random one. Empty means a
	// random token, which changes with each start of the program.
	Token string

	// Logger receives the token once, when a request has been refused, and the log
	// lines of the inspector's own streams. Nil means slog.Default at the time of
	// the line.
	Logger *slog.Logger

	randomly sync.Once
	random   string // used in place of Token
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
