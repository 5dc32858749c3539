package stream

import (
	"net/http"
	"strings"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// A Mode is a way to send a page. The same components work in all modes.
type Mode int

const (
	// OutOfOrder sends the shell at once and each chunk when it is ready.
	OutOfOrder Mode = iota
	// InOrder sends the page from top to bottom and waits at each boundary that
	// is not ready. The page has no fallbacks and no script. InOrder is for
	// clients without scripting and for tools.
	InOrder
	// Complete waits for all boundaries and sends the page whole, so its status
	// can still change. A StatusError decides it. Otherwise a failed boundary that
	// is not Optional makes the page a 500, unless the caller has set a status. It
	// stays a 200 if a script has asked for it, such as htmx, which shows no answer
	// with the status of an error, and if views of the program show all failures.
	// No cache stores a 500, nor a page that shows a failure in another way.
	// Complete is for crawlers, HTTP caches and e-mail.
	Complete
	// Multipart sends a fragment out of order to hx-multipart, an extension of htmx 4,
	// in an answer with the media type multipart/mixed. The first part is the fragment
	// with its fallbacks. Each later part replaces one of them. No script of Rivulet is
	// needed.
	//
	// A fallback is one element, also a tr or an option. It gets the attribute
	// data-rv-part, by which htmx finds it. A boundary whose fallback is anything else
	// holds the answer back until its content is ready. So does a boundary that stands
	// where no part works. A warning is logged. A boundary without a fallback holds
	// nothing back.
	//
	// The page is sent as in the mode Complete if nothing is pending when the first
	// part leaves, or if the Page has set a status other than 200 or a media type other
	// than text/html. A templ.Flush has no effect. A WhilePending shows nothing if it is
	// not one element, and a Head does not change later. After the first part, a redirect
	// is a part with the field HX-Redirect.
	Multipart
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
	case Multipart:
		return "multipart"
	}
	return "unknown"
}

// hasFallbacks reports whether boundaries that are not ready show fallbacks.
func (m Mode) hasFallbacks() bool { return m == OutOfOrder || m == Multipart }

// DefaultMode chooses the mode for a Renderer without a Mode of its own. A
// navigation is sent out of order. Every other request, such as a fetch or an htmx
// request, gets a whole page, since no browser patches markup that a script
// inserts.
//
// The headers HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request and
// "X-Requested-With: XMLHttpRequest" mean Complete, whatever the other headers
// say. There is one exception: a request of htmx with "HX-Request-Type: partial" that
// accepts multipart/mixed means Multipart. The extension hx-multipart sends such
// requests. The header Rivulet means Complete, too: the script of live regions sends
// it when it fetches the page again because it has missed something. Other scripts may
// send it as well.
//
// Without these headers, a request is a navigation if Sec-Fetch-Dest is
// document, iframe, frame or embed, if Sec-Fetch-Mode is navigate, or if
// Upgrade-Insecure-Requests is 1. The last is all that a service worker leaves
// when it passes a navigation on. Browsers send the first two only over HTTPS and
// to localhost. A request with none of the three headers is a navigation if it
// accepts text/html, has no Accept, or has "Accept: */*" and no Referer, as tools
// such as curl do.
//
// A response names the headers that DefaultMode has looked at in Vary, also if a
// Mode function calls it with the request that it was given, or with one that has
// the context of that request. DefaultMode looks at no more than it needs. What
// else the Mode function looks at, the Page has to name.
//
// Every Renderer names the headers that the prefix of ids depends on; see the
// package documentation.
func DefaultMode(r *http.Request) Mode {
	who, looked := askerOf(r.Header)
	mode, vary := defaultMode(r.Header, who, looked)
	if v := modeVaryOf(r); v != nil && v.byDefault != vary {
		for name := range strings.SplitSeq(vary, ", ") {
			v.byDefault = addVary(v.byDefault, name)
		}
	}
	return mode
}

// Values of Vary: the headers that defaultMode has looked at when it decides.
// askerOf looks at those that follow varyScript, up to varyAccept. Each value begins
// with the one before it.
const (
	varyScript  = "Rivulet, HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request, X-Requested-With"
	varyDest    = varyScript + ", Sec-Fetch-Dest"
	varyMode    = varyDest + ", Sec-Fetch-Mode"
	varyUpgrade = varyMode + ", Upgrade-Insecure-Requests"
	varyAccept  = varyUpgrade + ", Accept"
	varyReferer = varyAccept + ", Referer"
)

// Values of Vary for requests of htmx.
const (
	varyParts   = varyScript + ", Accept"
	varyPartial = varyParts + ", HX-Request-Type"
)

// defaultMode is DefaultMode, given what askerOf returns for h. It also returns the
// headers that it depends on. Two requests that do not differ in these headers get
// the same answer. For most requests they are few, since Accept and Referer make a
// cache store one page many times.
func defaultMode(h http.Header, who asker, looked string) (mode Mode, vary string) {
	if first(h["Rivulet"]) == "" && first(h["Hx-Request"]) != "" {
		return htmxMode(h)
	}
	if first(h["Rivulet"]) != "" || first(h["Turbo-Frame"]) != "" ||
		first(h["X-Up-Version"]) != "" || first(h["Datastar-Request"]) != "" ||
		// The WebViews of Android send the name of their app with navigations.
		first(h["X-Requested-With"]) == "XMLHttpRequest" {
		return Complete, varyScript
	}
	switch who {
	case navigator:
		return OutOfOrder, looked
	case script:
		return Complete, looked
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

// htmxMode is defaultMode for a request of htmx.
func htmxMode(h http.Header) (mode Mode, vary string) {
	switch {
	case !acceptsParts(h):
		return Complete, varyParts
	case first(h["Hx-Request-Type"]) != "partial":
		// The answer replaces the body, and with it the element that has requested it,
		// or htmx selects from it.
		return Complete, varyPartial
	}
	return Multipart, varyPartial
}

// chooseMode chooses the mode of the response, and the prefix of its ids.
func (p *response) chooseMode() {
	who, looked := askerOf(p.r.Header)
	byDefault := ""
	if wanted := wantedKeys(p.r); wanted != nil {
		p.keys, p.root.target = &keys{wanted: wanted}, aroundTarget
		p.mode, p.vary = Complete, "Rivulet"
		return
	}
	if p.rd.Mode != nil {
		byDefault = p.askMode()
	} else {
		p.mode, byDefault = defaultMode(p.r.Header, who, looked)
		p.vary = byDefault
	}
	if p.mode != Complete && !writers.CanFlush(p.out.w) {
		noteNoFlush(p.rd.logger(), p.out.w, http.ErrNotSupported)
		p.mode = Complete
	}
	switch p.mode {
	case OutOfOrder:
		p.choosePrefix(who, looked, byDefault)
	case Multipart:
		p.lacksPrefix = true
	}
}

// first returns the first of values, or "" if there is none.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
