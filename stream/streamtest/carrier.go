package streamtest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
)

// A carrier gives a handler the request of the test in place of the one that the
// server has read.
type carrier struct {
	handler  http.Handler
	request  *http.Request
	returned chan struct{} // closed when the handler has returned
	failure  error         // a panic of the handler; constant once returned is closed
}

func (c *carrier) ServeHTTP(w http.ResponseWriter, served *http.Request) {
	defer close(c.returned)
	defer func() {
		if v := recover(); v != nil {
			if v != http.ErrAbortHandler {
				c.failure = fmt.Errorf("%w: the handler has panicked: %v\n%s", ErrAborted, v, debug.Stack())
			}
			panic(http.ErrAbortHandler)
		}
	}()
	ctx, cancel := context.WithCancel(c.request.Context())
	defer cancel()
	defer context.AfterFunc(served.Context(), cancel)()

	r := c.request.Clone(&requestContext{ctx, served.Context()})
	r.Body, r.ContentLength, r.TransferEncoding = served.Body, served.ContentLength, served.TransferEncoding
	r.Proto, r.ProtoMajor, r.ProtoMinor = served.Proto, served.ProtoMajor, served.ProtoMinor
	r.Host = cmp.Or(r.Host, r.URL.Host, defaultHost)
	r.RemoteAddr = cmp.Or(r.RemoteAddr, "192.0.2.1:1234") // as in httptest
	if r.RequestURI == "" {                               // the request of a client
		r.RequestURI = r.URL.RequestURI()
		r.URL.Scheme, r.URL.Host, r.URL.User = "", "", nil
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	c.handler.ServeHTTP(w, r)
}

// A requestContext is the context of the test's request, which also ends when the
// connection does.
type requestContext struct {
	context.Context
	server context.Context
}

// Value returns the value of the test's request or, for what only a server sets, of
// the server's.
func (c *requestContext) Value(key any) any {
	if v := c.Context.Value(key); v != nil {
		return v
	}
	return c.server.Value(key)
}
