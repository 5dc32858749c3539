package pagebench

import (
	"bytes"
	"context"
	"net/http"
)

// Bare sends a shell that it has rendered before, and waits for a goroutine that
// loads the first boundary. A page that is held open cannot take less memory.
var Bare = Program{"bare", func(p Page) http.Handler {
	var shell bytes.Buffer
	_ = document(p.Boundaries, marked).Render(context.Background(), &shell)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setContentType(w)
		_, _ = w.Write(shell.Bytes())
		w.(http.Flusher).Flush()
		if len(p.Boundaries) == 0 {
			return
		}
		done := make(chan *Boundary, 1)
		begin(p.Boundaries[:1], done)
		<-done
	})
}}
