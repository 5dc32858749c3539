package inspect

import (
	"context"
	"net/http"
	"sync"
)

// servers knows when servers stop: their Shutdown waits for open pages.
type servers struct {
	mu    sync.Mutex
	known map[*http.Server]context.Context
}

// until returns a context that ends when the server is shut down. It is never
// nil.
func (ss *servers) until(server *http.Server) context.Context {
	if server == nil {
		return context.Background()
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ctx, ok := ss.known[server]
	if !ok {
		var end context.CancelFunc
		ctx, end = context.WithCancel(context.Background())
		server.RegisterOnShutdown(end)
		if ss.known == nil {
			ss.known = make(map[*http.Server]context.Context)
		}
		ss.known[server] = ctx
	}
	return ctx
}
