package inspect

import (
	"context"
	"net/http"
	"sync"
)

// servers records when servers shut down. Shutdown waits for the inspector's open
// pages, so they must end then.
type servers struct {
	mu    sync.Mutex
	known map[*http.Server]context.Context
}

// until returns a context that ends when the server is shut down. If server is
// nil, the context never ends.
func (ss *servers) until(server *http.Server) context.Context {
	if server == nil {
		return context.Background()
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ctx, ok := ss.known[server]
	if !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(context.Background())
		server.RegisterOnShutdown(cancel)
		if ss.known == nil {
			ss.known = make(map[*http.Server]context.Context)
		}
		ss.known[server] = ctx
	}
	return ctx
}
