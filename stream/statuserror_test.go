package stream_test

import (
	"context"
	"fmt"
	htmlpkg "html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// answerOf returns the answer to a navigation, and what Handler panicked with.
func answerOf(rd *stream.Renderer, page stream.Page) (res *http.Response, body string, panicked any) {
	w := httptest.NewRecorder()
	func() {
		defer func() { panicked = recover() }()
		rd.Handler(page).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	}()
	return w.Result(), w.Body.String(), panicked
}

// TestStatusErrorsMadeByHand has errors that Status and Redirect do not make. They
// decide nothing.
func TestStatusErrorsMadeByHand(t *testing.T) {
	for _, e := range []*stream.StatusError{
		nil,
		{},
		{Code: -1},
		{Code: 99},
		{Code: 101},
		{Code: 200},
		{Code: 204},
		{Code: 303},
		{Code: 304},
		{Code: 600},
		{Code: 1000},
		{Code: 404, Location: "/a"},
		{Code: 0, Location: "/a"},
		{Code: 300, Location: "/a"},
		{Code: 303, Location: "javascript:alert(1)"},
		{Code: 303, Location: "data:text/html,x"},
		{Code: 303, Location: "/a\r\nSet-Cookie: a=b"},
		{Code: 303, Location: "%"},
	} {
		for _, late := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				var decided int
				rd := stream.Renderer{Script: stream.NoScript(), Trace: &stream.Trace{
					Decided: func(context.Context, stream.Decision) { decided++ },
					Failed:  func(context.Context, *stream.BoundaryError) {},
				}}
				res, body, panicked := answerOf(&rd, pageOf(page(at(stream.Boundary{Critical: !late, Load: failing(ms, e), ErrorView: view("sorry")}))))
				if want := "sorry"; panicked != nil || res.StatusCode != 200 || !strings.Contains(body, want) || strings.Contains(body, "<meta") || decided > 0 {
					t.Errorf("%#v, late %t: status %d, body %q, panic %v, decided %d times, want a page", e, late, res.StatusCode, body, panicked, decided)
				}
			})
		}
		if e == nil {
			continue
		}
		res, body, panicked := answerOf(&stream.Renderer{Trace: &quiet}, func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, e })
		if panicked != nil || res.StatusCode != 500 || res.Header.Get("Location") != "" {
			t.Errorf("%#v of a Page: status %d, body %q, panic %v, want a 500", e, res.StatusCode, body, panicked)
		}
	}
}

// refreshOf returns the target of a meta refresh as a browser finds it,
// see https://html.spec.whatwg.org/multipage/semantics.html#shared-declarative-refresh-steps.
func refreshOf(body string) (string, error) {
	_, rest, ok := strings.Cut(body, `<meta http-equiv="refresh" content="`)
	attr, rest, end := strings.Cut(rest, `"`)
	if !ok || !end || !strings.HasPrefix(rest, ">") || strings.ContainsAny(attr, "<>") {
		return "", fmt.Errorf("no element in %.200q", body)
	}
	s, ok := strings.CutPrefix(htmlpkg.UnescapeString(attr), "0;url=")
	if !ok || s == "" {
		return "", fmt.Errorf("no time in %.200q", attr)
	}
	quote := s[:1]
	if quote != `"` && quote != "'" {
		return s, nil
	}
	target, _, _ := strings.Cut(s[1:], quote)
	return target, nil
}

// TestRedirectTargetsOnTheWire compares the header and the meta element with what
// was given.
func TestRedirectTargetsOnTheWire(t *testing.T) {
	base, _ := url.Parse("http://site/dir/page?x=1")
	for _, target := range []string{
		"/a?b=1&c=2&amp;d=3", `/a?b="c"`, "/it's", "/?a='b'", "/a b?c d", "/a?b=<script>", "/<b>", "/a;url=/b", "/?a=;url='/b'", "/ä?ö=ü#ß", "?ö=1",
		"#f'g", "https://example.com/?next=https://site/ä'\"", "//example.com", "/\\example.com", "///example.com", "./a:b", "&lt;", "0;url=x", "/" + strings.Repeat("ä'", 20_000), "/%27?%27", "/a?\xff",
	} {
		err := stream.Redirect(target, http.StatusFound)
		res, _, _ := answerOf(&stream.Renderer{}, func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, err })
		location := res.Header.Get("Location")
		if strings.ContainsFunc(location, func(c rune) bool { return c <= ' ' || c >= 0x7f }) || res.StatusCode != 302 {
			t.Errorf("Redirect(%.50q): status %d, Location %.100q, want ASCII", target, res.StatusCode, location)
		}
		synctest.Test(t, func(t *testing.T) {
			_, body, _ := answerOf(&stream.Renderer{Script: stream.NoScript()}, pageOf(page(slot(failing(ms, err)))))
			got, fault := refreshOf(body)
			if fault != nil {
				t.Errorf("Redirect(%.50q): %v", target, fault)
				return
			}
			early, err1 := base.Parse(location)
			late, err2 := base.Parse(got)
			if err1 != nil || err2 != nil || strings.ReplaceAll(early.String(), "'", "%27") != strings.ReplaceAll(late.String(), "'", "%27") {
				t.Errorf("Redirect(%.50q) leads to %.100q and %.100q, %v, %v", target, location, got, err1, err2)
			}
			if u, err := url.Parse(target); err == nil {
				if want := base.ResolveReference(u); want.Host != early.Host || want.Path != early.Path || want.Query().Encode() != early.Query().Encode() || want.Fragment != early.Fragment {
					t.Errorf("Redirect(%.50q) leads to %.100q, want %.100q", target, early, want)
				}
			}
		})
	}
}
