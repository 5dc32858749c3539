package browsertest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream/streamtest"
)

// A tape records what is written to a browser.
type tape struct {
	http.ResponseWriter
	mu   sync.Mutex
	body bytes.Buffer
}

func (w *tape) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *tape) Write(p []byte) (int, error) {
	w.mu.Lock()
	w.body.Write(p)
	w.mu.Unlock()
	return w.ResponseWriter.Write(p)
}

// ServeHTTP sends what was recorded.
func (w *tape) ServeHTTP(to http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	to.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = to.Write(w.body.Bytes())
}

// replay checks that streamtest makes of the page what the browser has made of it:
// the same HTML in each element with an id.
func (v *Visit) replay(shown *Picture) {
	v.t.Helper()
	page, err := streamtest.Client{}.Try(v.tape, httptest.NewRequest("GET", "/", nil))
	if v.scenario.AtFault {
		if err == nil {
			v.t.Errorf("streamtest reports no fault\n%s", page)
		}
		return
	}
	if err != nil {
		v.t.Errorf("streamtest: %v", err)
	}
	parts := partsOf(v.t, page.HTML)
	for id := range shown.Parts {
		if _, ok := parts[id]; !ok {
			v.t.Errorf("streamtest shows no #%s", id)
		}
	}
	for id, want := range parts {
		got, ok := shown.Parts[id]
		if id == "__proto__" {
			continue // no property of the picture
		}
		if got, want = withoutOurs(got), withoutOurs(want); ok && got != want {
			n := 0
			for n < min(len(got), len(want)) && got[n] == want[n] {
				n++
			}
			v.t.Errorf("%s shows in #%s\n%s\nstreamtest\n%s\nthe difference is at\n%s\n%s", v.browser.Engine.Name, id, got, want, got[n:], want[n:])
		} else if !ok {
			v.t.Errorf("%s shows no #%s, in which streamtest has\n%s", v.browser.Engine.Name, id, want)
		}
	}
}

// Replayed returns what Picture.Parts would be if the browser had read the page as
// streamtest shows it.
func (v *Visit) Replayed() map[string]string {
	v.t.Helper()
	page, err := streamtest.Client{}.Try(v.tape, httptest.NewRequest("GET", "/", nil))
	if err != nil {
		v.t.Errorf("streamtest: %v", err)
	}
	return partsOf(v.t, page.HTML)
}

var (
	ourNonce  = regexp.MustCompile(` nonce="[^"]*"`) // which browsers hide
	ourOrder  = regexp.MustCompile(`<template data-r="1?"></template>`)
	ourScript = regexp.MustCompile(`<script[^>]* src="live\.[^>]*></script>`)
)

// withoutOurs returns the HTML of an element without what Rivulet adds, which
// streamtest leaves out.
func withoutOurs(html string) string {
	html = ourScript.ReplaceAllString(ourNonce.ReplaceAllString(html, ""), "")
	for _, s := range []assets.Script{assets.Unsuspense(), assets.Live(), assets.StartHTMX()} {
		html = strings.ReplaceAll(html, "<script>"+s.Text+"</script>", "")
	}
	return ourOrder.ReplaceAllString(html, "")
}

// partsOf is Picture.Parts of a page that a browser reads from its start.
func partsOf(t testing.TB, page string) map[string]string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader([]byte(page)))
	if err != nil {
		t.Fatal(err)
	}
	parts := make(map[string]string)
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "id" && a.Namespace == "" {
				parts[a.Val] = innerHTML(n)
			}
		}
	}
	return parts
}
