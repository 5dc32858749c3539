package stream

import "net/http"

// A Mode is a way to send a page. The same components serve all three.
type Mode int

const (
	// OutOfOrder sends the shell at once and each chunk when it is ready.
	OutOfOrder Mode = iota
	// InOrder sends the page from top to bottom and waits at each boundary
	// that is not ready: no fallbacks, no script. For clients without
	// scripting and for tools.
	InOrder
	// Complete waits for everything and sends one whole page, whose status
	// can still change: a failed boundary without an OnError of its own
	// makes it a 500. For crawlers, HTTP caches and e-mail.
	Complete
)

// String returns the mode's name in lower case.
func (m Mode) String() string {
	switch m {
	case OutOfOrder:
		return "out of order"
	case InOrder:
		return "in order"
	case Complete:
		return "complete"
	}
	return "unknown"
}

// DefaultMode is the choice of a Renderer without a Mode of its own: it streams
// to navigations, and since markup that a script inserts is not patched by any
// browser, everything else, such as fetch and htmx requests, gets a whole page.
// A Mode function can end in it; the response then needs the header
//
//	Vary: Sec-Fetch-Dest, HX-Request, Rivulet
//
// which a Renderer without a Mode adds by itself. Browsers send Sec-Fetch-Dest
// over HTTPS and to localhost only; without it a request counts as a
// navigation. The header Rivulet comes from the script of live regions, which
// fetches the page again when it has missed something; a script of yours can
// send it, too.
func DefaultMode(r *http.Request) Mode {
	if r.Header.Get("HX-Request") != "" || r.Header.Get("Rivulet") != "" {
		return Complete
	}
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "", "document", "iframe", "frame":
		return OutOfOrder
	}
	return Complete
}
