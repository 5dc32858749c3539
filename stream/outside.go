package stream

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
)

// Outside a response a page with boundaries comes whole, each load after the one
// before it. That is right for an e-mail or a test, and a fault where a server
// was meant to stream: templ.Handler looks much like Handler.

var hinted atomic.Bool

// hintOutside says once that a page of a server does not stream.
func hintOutside(ctx context.Context) {
	if hinted.Load() {
		return
	}
	server, _ := ctx.Value(http.ServerContextKey).(*http.Server)
	if server == nil || hinted.Swap(true) {
		return
	}
	slog.InfoContext(ctx, "stream: a boundary was rendered for a request, but not by this package, so it does not stream: "+
		"serve the page with stream.Handler or stream.Render, in the place of templ.Handler for example")
}
