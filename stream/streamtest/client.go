package streamtest

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Get asks h for the page at target, such as "/products/7?tab=reviews", and returns
// what the zero Client receives. See Client.Get.
func Get(tb testing.TB, h http.Handler, target string) *Page {
	tb.Helper()
	return Client{}.Get(tb, h, target)
}

// Do returns what the zero Client receives for r. See Client.Do.
func Do(tb testing.TB, h http.Handler, r *http.Request) *Page {
	tb.Helper()
	return Client{}.Do(tb, h, r)
}

// A Client asks handlers for pages. It has one connection for each request, a pipe
// without buffers, over which an http.Server serves HTTP/1.1. In a bubble of
// testing/synctest, all times are virtual. Outside of one they pass.
//
// The zero Client reads everything as soon as it comes. A Client may be used by
// several goroutines at once.
type Client struct {
	// Jar keeps cookies from one request to the next. Nil means that cookies are
	// neither kept nor sent.
	Jar http.CookieJar
	// Leave is when the client closes the connection, as a browser does when its
	// reader goes to another page. Zero means that it stays until the end.
	Leave Moment
	// Cut is when the network fails. The server does not learn of it: its next write
	// waits until its deadline. Zero means that the network does not fail.
	Cut Moment
	// Stall is when the client stops reading. It goes on after StallFor. Meanwhile the
	// writes of the server wait, except for the 4 KB that it buffers between two
	// flushes. If either field is zero, the client does not stall.
	Stall    Moment
	StallFor time.Duration
}

// Get asks h for the page at target, as a navigation that names no browser: the page
// streams. It follows no redirect.
//
// Get returns when the response and the handler have ended. It reports an error to
// tb, and returns the Page all the same, in the cases in which Try returns one.
func (c Client) Get(tb testing.TB, h http.Handler, target string) *Page {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, target, nil)
	if err != nil {
		tb.Fatalf("streamtest: %v", err)
	}
	if !strings.HasPrefix(r.URL.Path, "/") {
		tb.Fatalf("streamtest: target %q, want a path that begins with /", target)
	}
	return c.Do(tb, h, r)
}

// Do is Get for a request of any kind. httptest.NewRequest or http.NewRequest makes r.
// h receives a copy of r, with its path values and its context.
func (c Client) Do(tb testing.TB, h http.Handler, r *http.Request) *Page {
	tb.Helper()
	page, err := c.Try(h, r)
	if err != nil {
		tb.Errorf("streamtest: %s %s: %v\n%s", r.Method, r.URL, err, page)
	}
	return page
}

// Try is Do for a page that is expected to be at fault. Its error matches ErrAborted if
// the server has cut the response, ErrNoMarker if a chunk cannot be revealed, and
// ErrPending if the response has ended properly and a boundary still shows its
// fallback. The error is nil if the client has left or was cut, or if the context of r
// has ended: what is missing then is no fault of the handler. The Page is never nil.
func (c Client) Try(h http.Handler, r *http.Request) (*Page, error) {
	site := siteOf(r)
	if c.Jar != nil {
		r = r.Clone(r.Context())
		for _, cookie := range c.Jar.Cookies(site) {
			r.AddCookie(cookie)
		}
	}
	v := &visit{client: c, page: &Page{Header: http.Header{}}}
	ended := v.run(h, r)
	faults, pending := v.page.read()
	switch {
	case v.failure != nil:
		faults = append([]error{v.failure}, faults...)
	case ended == nil:
		faults = append(faults, pending...)
	case !v.gone && r.Context().Err() == nil:
		faults = append([]error{ended}, faults...)
	}
	if c.Jar != nil {
		c.Jar.SetCookies(site, v.page.Cookies())
	}
	return v.page, errors.Join(faults...)
}

// siteOf returns the URL of r as a browser knows it.
func siteOf(r *http.Request) *url.URL {
	site := *r.URL
	site.Host = cmp.Or(site.Host, r.Host, defaultHost)
	if site.Scheme == "" {
		site.Scheme = "http"
		if r.TLS != nil {
			site.Scheme = "https"
		}
	}
	return &site
}

// defaultHost is the host of a request that names none, as in httptest.
const defaultHost = "example.com"
