// Package deadline says how long a client may take for each part of what it
// reads and writes.
package deadline

import (
	"net/http"
	"time"
)

const defaultTime = 30 * time.Second

// PartSize is how many bytes share one deadline, so that a slow client has time
// for a huge event or body.
const PartSize = 64 << 10

// Of returns the time for each part: timeout, or what the zero of
// sse.Options.WriteTimeout means for r. A negative time means no deadline.
func Of(r *http.Request, timeout time.Duration) time.Duration {
	if timeout != 0 {
		return timeout
	}
	if srv := Server(r); srv != nil && srv.WriteTimeout > 0 {
		return srv.WriteTimeout
	}
	return defaultTime
}

// Server returns the server that serves r, or nil.
func Server(r *http.Request) *http.Server {
	srv, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	return srv
}
