package stream

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"
)

// A Renderer sends pages. The zero value is ready to use. Its fields must not
// be changed once it is in use; it may serve any number of requests at once.
type Renderer struct {
	// Mode chooses how a page is sent. Nil means DefaultMode. A Mode function may
	// call DefaultMode, what Crawlers returns, and Scriptless.Mode. The response then
	// names in Vary what these have looked at, if they were given the request that the
	// function was given. What else the function looks at, the Page has to name. The
	// function must not keep the request.
	Mode func(*http.Request) Mode
	// Limit caps the loads of one response that run at once. Zero or less
	// means no cap. A sequence of Pieces counts until it has ended, but not
	// while it waits for the client.
	Limit int
	// Grace limits the time for which the shell waits for loads, so that their
	// content can stand in it. Zero or less means that the shell does not wait.
	// Only the modes OutOfOrder and Multipart use it.
	Grace time.Duration
	// Timeout limits the time of each boundary without a Timeout of its own: its
	// load, or its sequence, must end in time. It counts from the start of
	// Render, or from the call of the Page if the Page has called Go,
	// suspense.Start or Deadline. Zero means 30 s. Negative means no limit, and a page with a load
	// that hangs then never finishes.
	Timeout time.Duration
	// MaxBuffer limits the memory that one response holds for its client, in
	// bytes: content that has been rendered and not sent, and the text of a
	// sequence. Zero means 64 MiB; negative means no limit. Outside a response
	// there is no limit.
	//
	// A page that exceeds it before its first byte fails. After the first byte,
	// the boundary whose content is too large fails. A streamed page is sent in
	// parts and stays far below the limit. A Complete page, a Suspense, and a
	// component that renders into a writer of its own may need more. In order,
	// content that is ready before its turn is counted apart: a quarter of the
	// limit and one view. While it copies bytes, a response may take three to four
	// times the limit.
	MaxBuffer int
	// Until ends pages when it is done. Loads that have not ended then fail with
	// ErrShutdown and are not waited for. Their boundaries show error views, and
	// the page ends properly. A Page function that is running is not interrupted.
	// Nil means that pages are never ended early.
	//
	// http.Server.Shutdown waits for pages. To stop soon, cancel Until in a
	// function registered with http.Server.RegisterOnShutdown, at once or some
	// seconds later. The Until of sse.Options may be the same context.
	Until context.Context
	// WriteTimeout limits each write to the client. It also limits the wait for
	// the part of the request's body that the Page has not read, unless the
	// server has a ReadTimeout. Zero means the server's WriteTimeout, or 30 s if
	// it has none; negative means no limit.
	WriteTimeout time.Duration
	// ErrorView returns the view of a failed boundary that has no ErrorView of
	// its own. Nil means a short text with role="alert" and the digest. The same
	// text replaces an error view that fails.
	ErrorView func(*BoundaryError) templ.Component
	// ErrorHandler answers a request whose page failed before its first byte, or
	// was decided by a StatusError, when the status can still be set. Only Handler
	// calls it.
	//
	// The status is set already: the one that a StatusError names, with the field
	// Location of a redirect, otherwise 500. WriteHeader replaces it. A handler that
	// calls WriteHeader for every error has to let redirects pass: their StatusError
	// has a Location. The headers that the Page has set are still there, except
	// those for caches, validators and a length: if there are any, they are removed
	// and Cache-Control becomes no-store. The headers that a page gets when it is
	// sent are not set, except Vary, if a StatusError of a component or a load has
	// decided. Loads may still be running then.
	//
	// In a component that renders itself into the ResponseWriter, boundaries load in
	// place and SetHead has no effect. Render sends it as a page, with the status
	// that is set.
	//
	// Nil means an answer with the text of the status and, unless a StatusError
	// below 500 has decided, a line in the Logger.
	ErrorHandler func(http.ResponseWriter, *http.Request, error)
	// Script chooses how the browser gets the script unsuspense. The zero value
	// writes it into the page.
	Script Script
	// LiveScript chooses how the browser gets the script live, which a page with a
	// boundary that has a Key needs. The zero value writes it into the page.
	LiveScript Script
	// Trace receives the events of each response. Nil means no tracing.
	// JoinTraces combines several.
	Trace *Trace
	// Logger logs failed boundaries and failed pages, and warnings about pages
	// that cannot work. Nil means slog.Default at the time of each line.
	Logger *slog.Logger
	// ServerTiming sends the durations of the shell and of each load in the field
	// Server-Timing, https://www.w3.org/TR/server-timing/. Durations that are
	// known when the first bytes leave are sent as a header, the others as a
	// trailer of HTTP/1.1 and HTTP/2. Each is limited to 2 KiB. False means that
	// neither is sent.
	//
	// With it, everyone who can get the page can read the names of its
	// boundaries, and learn from the durations what a cache holds or whether an
	// account exists.
	ServerTiming bool
}

// logger returns the logger of rd.
func (rd *Renderer) logger() *slog.Logger { return cmp.Or(rd.Logger, slog.Default()) }

// Render sends page with the zero Renderer.
func Render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	return new(Renderer).Render(w, r, page)
}

// Render sends page as the answer to r. It returns when the page has been sent
// and all its loads have returned. A load that exceeds its time is abandoned:
// Render does not wait for it. If the page was not sent whole, the contexts of
// its loads end, and a load that has not returned 100 ms later is abandoned, too.
// Whatever an abandoned load uses must not be recycled when Render returns.
//
// Render returns nil for a page that was sent whole, even if boundaries have
// failed. An error that matches ErrShell means that nothing was sent, so the
// caller can still answer. If it also matches a *StatusError, that error says how:
// Render itself sends no redirect before the first byte. Any other error means
// that the page was cut. Render has then ended the connection as far as w allows.
// The caller must make sure that the page does not look finished, best by
// panic(http.ErrAbortHandler), as Handler does. If the client has left, the error matches context.Canceled.
//
// A status and a Content-Type that the caller has set stay. Render sets the
// headers of a page when its first bytes leave, so they are not set when it
// returns an error that matches ErrShell. Render does not recover a panic of
// the page component, but ends the loads and waits for them first.
func (rd *Renderer) Render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	p := newResponse(rd, w, r)
	defer p.done()
	return p.run(page)
}
