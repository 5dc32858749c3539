package stream

import (
	"net/http"
	"strings"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

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
	// can still change: a failed boundary without an ErrorView of its own
	// makes it a 500, which no cache keeps whatever the caller has allowed. For
	// crawlers, HTTP caches and e-mail.
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
//
// The headers HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request and
// "X-Requested-With: XMLHttpRequest" mean Complete, whatever else is there. So
// does the header Rivulet, by which the script of live regions fetches the page
// again when it has missed something; a script of yours can send it, too. After
// them a request is a navigation if Sec-Fetch-Dest is document, iframe, frame or
// embed, if Sec-Fetch-Mode is navigate, or if Upgrade-Insecure-Requests is 1,
// which is what a service worker that passes requests on leaves of them.
// Browsers send the former two over HTTPS and to localhost only. A request with
// none of these is a navigation if it accepts text/html, has no Accept, or has
// "Accept: */*" and no Referer, as tools such as curl do.
//
// A Renderer without a Mode names in Vary the headers that the choice has looked
// at, so far as it came. A Mode function can end in DefaultMode; the response
// then needs all of them:
//
//	Vary: Rivulet, HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request, X-Requested-With,
//		Sec-Fetch-Dest, Sec-Fetch-Mode, Upgrade-Insecure-Requests, Accept, Referer
//
// Every Renderer names the headers that the prefix of ids depends on, see the
// documentation of the package.
func DefaultMode(r *http.Request) Mode {
	mode, _ := defaultMode(r.Header)
	return mode
}

// The headers that defaultMode looks at, as far as it comes. Those behind
// varyScript are what askerOf looks at.
const (
	varyScript  = "Rivulet, HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request, X-Requested-With"
	varyDest    = varyScript + ", Sec-Fetch-Dest"
	varyMode    = varyDest + ", Sec-Fetch-Mode"
	varyUpgrade = varyMode + ", Upgrade-Insecure-Requests"
	varyAccept  = varyUpgrade + ", Accept"
	varyReferer = varyAccept + ", Referer"
)

// defaultMode is DefaultMode, and returns the headers that it has looked at: two
// requests that do not differ in them get the same answer. Few are looked at for
// most requests, since Accept and Referer make a cache keep one page many times.
func defaultMode(h http.Header) (mode Mode, vary string) {
	if first(h["Rivulet"]) != "" || first(h["Hx-Request"]) != "" || first(h["Turbo-Frame"]) != "" ||
		first(h["X-Up-Version"]) != "" || first(h["Datastar-Request"]) != "" ||
		// The WebViews of Android send the name of their app with navigations.
		first(h["X-Requested-With"]) == "XMLHttpRequest" {
		return Complete, varyScript
	}
	switch who, vary := askerOf(h); who {
	case navigator:
		return OutOfOrder, vary
	case script:
		return Complete, vary
	}
	accept := first(h["Accept"])
	switch {
	case accept == "" || strings.Contains(accept, "text/html"):
		return OutOfOrder, varyAccept
	case accept != "*/*":
		return Complete, varyAccept
	case first(h["Referer"]) == "":
		return OutOfOrder, varyReferer
	}
	return Complete, varyReferer
}

// chooseMode chooses how the page is sent, if it is.
func (p *response) chooseMode() {
	if p.rd.Mode != nil {
		p.mode = p.rd.Mode(p.r)
	} else {
		p.mode, p.vary = defaultMode(p.r.Header)
	}
	if p.mode != Complete && !writers.CanFlush(p.out.w) {
		noteNoFlush(p.rd.logger(), p.out.w, http.ErrNotSupported)
		p.mode = Complete
	}
	if p.mode == OutOfOrder {
		p.choosePrefix()
	}
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
