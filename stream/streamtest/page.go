package streamtest

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// A Page is what a client has received. All times are since the request and are
// rounded to a microsecond, because a response waits for a nanosecond to send together
// what ends together.
type Page struct {
	// Status is the status, or zero if the client has received none.
	Status int
	// Header is the header. It is not nil.
	Header http.Header
	// Redirect is where the page leads: the Location in the header or, if a boundary
	// has decided after the first byte, the target of the element that ends the page.
	// On such a page, boundaries may be pending. It is empty if the page leads nowhere.
	Redirect string
	// Trailer is what was sent behind the body, such as a Server-Timing.
	Trailer http.Header

	// HTML is the page as its reader sees it at the end: each chunk is in its place,
	// and the markers and the scripts of Rivulet are gone. Of a response that is not
	// HTML, it is the body.
	HTML string
	// Shell is the page as its reader sees it before the first chunk, with its
	// fallbacks. ShellAt is when all of it had come.
	Shell   string
	ShellAt time.Duration
	// Chunks are the chunks, in the order in which they have come. Those without
	// content are left out, such as the ones that take notices away at the end.
	Chunks []Chunk
	// End is when the response ended, or when the client left.
	End time.Duration

	// Body is what the client has received, byte for byte.
	Body string

	arrivals []arrival
}

// A Chunk is what fills one boundary.
type Chunk struct {
	// ID is the id of the boundary on the wire, such as 2.1. Chunks that add the
	// pieces of a sequence have the same.
	ID string
	// HTML is the content, with the fallbacks of boundaries within it and without
	// markers.
	HTML string
	// At is when the whole chunk had come.
	At time.Duration
}

// An arrival is a part of the body: what has come at once.
type arrival struct {
	end int // of the part, in the body
	at  time.Duration
}

// At returns the page as its reader has seen it at the time d after the request.
// What comes at that very time is included.
func (p *Page) At(d time.Duration) string {
	n := 0
	for _, a := range p.arrivals {
		if a.at <= d {
			n = a.end
		}
	}
	if !p.isHTML() {
		return p.Body[:n]
	}
	return read([]byte(p.Body[:n])).doc.html()
}

// Cookies returns the cookies that the response sets.
func (p *Page) Cookies() []*http.Cookie { return (&http.Response{Header: p.Header}).Cookies() }

// String returns the transcript of the response for messages of tests: the status,
// and each part of the body with its time. The texts of scripts and styles are left
// out.
func (p *Page) String() string {
	var b strings.Builder
	if p.Status == 0 {
		return "no response\n"
	}
	fmt.Fprintf(&b, "%d %s\n", p.Status, http.StatusText(p.Status))
	if p.Redirect != "" {
		fmt.Fprintf(&b, "leads to %s\n", p.Redirect)
	}
	start := 0
	for _, a := range p.arrivals {
		fmt.Fprintf(&b, "%-6s %s\n", a.at, notShown.ReplaceAllString(p.Body[start:a.end], "$1…$2"))
		start = a.end
	}
	return b.String()
}

// notShown are elements whose text no reader sees.
var notShown = regexp.MustCompile(`(?s)(<(?:script|style)\b[^>]*>).+?(</(?:script|style)>)`)

// isHTML reports whether the body is HTML.
func (p *Page) isHTML() bool {
	kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	return err == nil && kind == "text/html"
}

// arrived notes that the first n bytes of the body have come.
func (p *Page) arrived(n int, at time.Duration) {
	last := len(p.arrivals) - 1
	switch {
	case last >= 0 && p.arrivals[last].at == at:
		p.arrivals[last].end = n
	case last < 0 && n > 0, last >= 0 && n > p.arrivals[last].end:
		p.arrivals = append(p.arrivals, arrival{n, at})
	}
}

// cutAt forgets what has come behind the first n bytes of the body.
func (p *Page) cutAt(n int) {
	for i, a := range p.arrivals {
		if a.end >= n {
			p.arrivals[i].end, p.arrivals = n, p.arrivals[:i+1]
			return
		}
	}
}

// when returns when the first n bytes of the body had come.
func (p *Page) when(n int) time.Duration {
	for _, a := range p.arrivals {
		if a.end >= n {
			return a.at
		}
	}
	return 0
}

// read reveals the chunks in the body and returns what is wrong with them.
func (p *Page) read() (faults, pending []error) {
	p.HTML, p.Shell, p.ShellAt = p.Body, p.Body, p.when(len(p.Body))
	p.Redirect = p.Header.Get("Location")
	if !p.isHTML() {
		return nil, nil
	}
	r := read([]byte(p.Body))
	p.HTML, p.Redirect = r.doc.html(), cmp.Or(p.Redirect, r.leads)
	p.Shell = p.HTML
	if len(r.chunks) > 0 {
		shell := named([]byte(p.Body), r.chunks[0].start)
		p.Shell, p.ShellAt = read([]byte(p.Body[:shell])).doc.html(), p.when(shell)
	}
	for _, c := range r.chunks {
		if c.html == "" {
			continue
		}
		p.Chunks = append(p.Chunks, Chunk{ID: c.id, HTML: c.html, At: p.when(c.end)})
	}
	return r.faults, r.pending()
}
