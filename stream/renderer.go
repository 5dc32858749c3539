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
	// Mode chooses how a page is sent. Nil means DefaultMode, with a Vary
	// header that names what it looks at.
	Mode func(*http.Request) Mode
	// Limit caps the loads of one response that run at once. Zero or less
	// means no cap. A sequence of Pieces counts until it has ended, but not
	// while it waits for the client.
	Limit int
	// Grace is how long the shell waits for loads that are nearly done, so
	// that their content stands in the shell. Zero or less means not at all.
	// Only the mode OutOfOrder uses it.
	Grace time.Duration
	// Timeout is the deadline, from the start of Render, of every boundary
	// without a Timeout of its own: its load, or its sequence, must have
	// ended by then. Zero means 30 s, since a page whose load hangs never
	// finishes; negative means none.
	Timeout time.Duration
	// MaxBuffer limits what one response holds in memory for its client, in
	// bytes: what has been rendered and not sent, and the text of a sequence.
	// Zero means 64 MiB, negative no limit. Outside a response there is no limit.
	//
	// A page that exceeds it before its first byte fails. Later the boundary
	// fails whose content is too large. A page that streams is sent in parts
	// and stays far below the limit. What may need more is a Complete page, a
	// Suspense, and a component that renders into a writer of its own. While it
	// copies bytes, a response may take three to four times the limit.
	MaxBuffer int
	// Until ends pages when it is done: loads that have not ended fail with
	// ErrShutdown and are not waited for, boundaries show their error views, and
	// the page ends properly. The Page function itself is not ended. Nil means
	// that nothing ends pages.
	//
	// http.Server.Shutdown waits for pages. To stop soon, cancel Until in a
	// function that is registered by http.Server.RegisterOnShutdown, at once or
	// some seconds later. The Until of sse.Options may be the same context.
	Until context.Context
	// WriteTimeout is the time for each write to the client, and for what the
	// Page has not read of the request's body unless the server has a
	// ReadTimeout. Zero means the server's WriteTimeout, or 30 s if it has none;
	// negative means none.
	WriteTimeout time.Duration
	// ErrorView makes what a failed boundary without an ErrorView of its own
	// shows. Nil, and a view that fails itself, mean a short text with
	// role="alert" and the digest.
	ErrorView func(*BoundaryError) templ.Component
	// ErrorHandler answers a request whose page failed before its first byte, so
	// that the status can still be set. Only Handler calls it. It finds the
	// headers that the Page has set, but none that a page would have. If the Page
	// has set headers for caches, validators or a length, they are removed and
	// the answer is "Cache-Control: no-store". Nil means a 500 without details,
	// and a line in the Logger.
	ErrorHandler func(http.ResponseWriter, *http.Request, error)
	// Script says how the script unsuspense reaches the page. Zero writes it
	// into the page.
	Script Script
	// Trace receives the events of each response. Nil means no tracing.
	// JoinTraces combines several.
	Trace *Trace
	// Logger receives what would otherwise vanish: failed boundaries and pages,
	// and warnings about pages that cannot work. Nil means slog.Default at the
	// time of the line.
	Logger *slog.Logger
	// ServerTiming sends how long the shell and each load have taken in the
	// field Server-Timing, https://www.w3.org/TR/server-timing/: what is known
	// when the first bytes leave as a header, the rest as a trailer of HTTP/1.1
	// and HTTP/2. Both are cut at 2 KiB.
	//
	// Everyone who can get the page can read the names of its boundaries then,
	// and learn from the times what a cache holds or whether an account exists.
	// So it is off unless it is set.
	ServerTiming bool
}

// logger returns where rd logs.
func (rd *Renderer) logger() *slog.Logger { return cmp.Or(rd.Logger, slog.Default()) }

// Render sends page with the zero Renderer.
func Render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	return new(Renderer).Render(w, r, page)
}

// Render sends page as the answer to r. It returns when the page has been sent
// and all its loads have returned, but for those that were abandoned because
// their time passed. If the page was not sent whole, their contexts end and they
// have 100 ms to return; what ignores that is abandoned, too. What abandoned
// loads use must not be recycled when Render returns.
//
// It returns nil for a page that was sent whole, failed boundaries included.
// An error that matches ErrShell comes from before the first byte, so the
// caller can still answer. With any other error the page was cut: Render has
// ended the connection as far as w lets it, and the caller must see to it that
// the page does not look finished, best by panic(http.ErrAbortHandler), as
// Handler does. A client that has left is an error that matches
// context.Canceled.
//
// The status and the Content-Type that the caller has set stay. The headers of
// a page are set when its first bytes leave, so the answer of a caller to an
// error from before that has none of them. A panic of the page component goes on
// up when the loads have been ended and waited for.
func (rd *Renderer) Render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	p := newResponse(rd, w, r)
	defer p.done()
	return p.run(page)
}
