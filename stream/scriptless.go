package stream

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Scriptless is for readers whose browser runs no script and does not patch pages
// by itself. They get pages in order. The zero value is ready to use. It is both a
// component for the head of every page and a Mode function:
//
//	var scriptless stream.Scriptless
//
//	rd := stream.Renderer{Mode: scriptless.Mode}
//
//	<head>
//		@scriptless
//		...
//	</head>
//
// The first page leads such a browser on to the same URL with the parameter
// rivulet=in-order, by a refresh within a noscript element. That page is sent in
// order and sets a cookie, so all further pages are sent in order at once. If the
// browser takes no cookies, each page leads on once. So the first page is requested
// twice, the second time when the first answer has ended.
//
// The cookie has the name and the value of the parameter and lives as long as the
// browser's session. A visitor that turns scripting on meanwhile gets pages in order
// until then, which are whole and need no script. A script of yours may delete the
// cookie to end that sooner. The cookie is set only if the reader comes from your
// own site, as far as the browser tells, so that a link that somebody shares does not
// set it.
//
// The parameter must reach the handler: a redirect or a proxy that drops it leads
// the browser round in circles. A link rel=canonical keeps the parameter out of
// search engines that run no script. So does Crawlers as Next.
type Scriptless struct {
	// Next chooses the mode of all other readers. Nil means DefaultMode.
	Next func(*http.Request) Mode
}

// The parameter and the cookie have the same name and value.
const (
	scriptlessName = "rivulet"
	scriptlessPair = scriptlessName + "=" + scriptlessValue

	scriptlessValue = "in-order"
)

// patchesSince is the first version of Chromium that patches pages by itself.
const patchesSince = 150

// maxScriptlessQuery limits the query that a refresh repeats, in bytes. Proxies accept
// URLs of 8 KB and less. With a longer one the reader would perhaps get no page at all.
const maxScriptlessQuery = 4096

// Mode is for Renderer.Mode. A page that would be sent out of order is sent in
// order if its request is a GET or a HEAD with the parameter, or has the cookie.
// Vary names Cookie where it was looked at.
func (s Scriptless) Mode(r *http.Request) Mode {
	next := s.Next
	if next == nil {
		next = DefaultMode
	}
	mode := next(r)
	if mode != OutOfOrder {
		return mode
	}
	if asksInOrder(r) {
		return InOrder
	}
	if v := modeVaryOf(r); v != nil {
		v.further = addVary(v.further, "Cookie")
	}
	for _, c := range r.CookiesNamed(scriptlessName) {
		if c.Value == scriptlessValue {
			return InOrder
		}
	}
	return mode
}

// Render writes the noscript element. It belongs into the head, directly in the
// component of the page, before a base element and before a templ.Flush. It writes
// nothing in a mode other than OutOfOrder, in an answer to a POST, outside a
// response, and to a Chromium that patches pages by itself, which says so in the
// header Sec-CH-UA over HTTPS. In an answer in order to a request with the parameter
// it sets the cookie.
//
// The URL of the refresh consists of the query alone. It leads to no other path and
// no other site.
func (s Scriptless) Render(ctx context.Context, w io.Writer) error {
	p, _ := ctx.Value(viewKey{}).(*response)
	if p == nil || p.r.Method != http.MethodGet && p.r.Method != http.MethodHead {
		return nil
	}
	switch asked := asksInOrder(p.r); {
	case asked && p.mode == InOrder:
		p.rememberInOrder(ctx)
	case !asked && p.mode == OutOfOrder && len(p.r.URL.RawQuery) <= maxScriptlessQuery:
		p.dependsOn("Sec-CH-UA")
		if chromiumVersion(p.r.Header["Sec-Ch-Ua"]) < patchesSince {
			_, err := io.WriteString(w, `<noscript><meta http-equiv="refresh" content="0;url=`+inOrderURL(p.r.URL.RawQuery)+`"></noscript>`)
			return err
		}
	}
	return nil
}

// rememberInOrder sets the cookie, if it still can be set. A link from another site
// does not set it: the browser of the reader that follows it may run scripts.
func (p *response) rememberInOrder(ctx context.Context) {
	p.dependsOn("Sec-Fetch-Site")
	switch first(p.r.Header["Sec-Fetch-Site"]) {
	case "", "same-origin", "same-site":
		cookie := http.Cookie{
			Name: scriptlessName, Value: scriptlessValue, Path: "/",
			Secure: p.r.TLS != nil, SameSite: http.SameSiteLaxMode,
		}
		_ = Header(ctx, func(h http.Header) { h.Add("Set-Cookie", cookie.String()) })
	}
}

// asksInOrder reports whether r is a GET or a HEAD with the parameter, as it stands
// in the refresh. It may be repeated.
func asksInOrder(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if pair == scriptlessPair {
			return true
		}
	}
	return false
}

// inOrderURL returns the query with the parameter, as a relative URL for an
// attribute. Whatever could end the attribute, the URL or the query is encoded.
func inOrderURL(query string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.WriteByte('?')
	for _, c := range []byte(query) {
		switch {
		case c == '&':
			b.WriteString("&amp;")
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"#'<>\\`", c) >= 0:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	if query != "" {
		b.WriteString("&amp;")
	}
	b.WriteString(scriptlessPair)
	return b.String()
}

// chromiumVersion returns the major version of Chromium in the brands of Sec-CH-UA,
// https://wicg.github.io/ua-client-hints/#sec-ch-ua, or zero.
func chromiumVersion(brands []string) int {
	for _, line := range brands {
		_, v, _ := strings.Cut(line, `"Chromium";v="`)
		v, _, _ = strings.Cut(v, `"`)
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
	}
	return 0
}
