package inspect_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestDecisions visits pages that an error decides, and looks at the list and at the
// page of the response.
func TestDecisions(t *testing.T) {
	critical := func(err error) templ.Component {
		return templ.Join(await("product", failing(100*ms, err), suspense.Critical()), await("other", after(time.Second)))
	}
	late := func(err error) templ.Component {
		return templ.Join(html("head"), await("product", failing(100*ms, err)), await("other", after(time.Second)))
	}
	missing := stream.NotFound(errors.New("no <such> row"))
	for _, tt := range []struct {
		name  string
		page  stream.Page
		list  []string
		shows []string
		never []string
	}{
		{"a 404 in time", stream.Component(critical(missing)),
			[]string{`404 <span class="aside">decided by product</span>`, "decided before its first byte"},
			[]string{"Boundary 1 product decided: 404 Not Found", "it is the status of the answer", "no &lt;such&gt; row", "after 100 ms", ">decided<", "No failures"},
			[]string{"note bad", "<such>", "is-failed"}},
		{"a 404 too late", stream.Component(late(missing)),
			[]string{`200 <span class="aside">404 too late</span>`, "+ 1 expected"},
			[]string{"decided: 404 Not Found", "After the first byte", "not to index", `class="failure is-expected"`, "Expected: Boundary 1 product", "failed, as expected", "Expected failures", `class="expected"`},
			[]string{"note bad", `class="failure"`, `class="failed" x="0`}},
		{"a redirect in time", stream.Component(critical(stream.Redirect("/new?a=1&b=<i>", 301))),
			[]string{`301 <span class="aside">decided by product</span>`},
			[]string{"decided: 301 Moved Permanently", `<a href="/new?a=1&amp;b=&lt;i&gt;" rel="noreferrer">`, "/new?a=1&amp;b=&lt;i&gt;"},
			[]string{"note bad", "<i>"}},
		{"a redirect too late", stream.Component(late(stream.Redirect("https://example.com/a", 303))),
			[]string{`200 <span class="aside">303 too late</span>`},
			[]string{"decided: 303 See Other", `<a href="https://example.com/a" rel="noreferrer">https://example.com/a</a> `, "after 100 ms", ">decided, 100 ms<", "makes the browser navigate"},
			[]string{"note bad"}},
		{"a target relative to the page", stream.Component(critical(stream.Redirect("?page=2", 303))),
			nil, []string{"<code>?page=2</code>"}, []string{`href="?page=2"`}},
		{"a target on another host", stream.Component(critical(stream.Redirect("//example.com/a", 303))),
			nil, []string{"<code>//example.com/a</code>"}, []string{`href="//`}},
		{"a 503 in time", stream.Component(critical(stream.Status(503, errRefused))),
			[]string{`503 <span class="aside">decided by product</span>`, "failed before its first byte"},
			[]string{"decided: 503 Service Unavailable", "note bad", "connection refused"}, nil},
		{"the page itself", func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, missing },
			[]string{`404 <span class="aside">decided by the page</span>`}, []string{"The page decided: 404 Not Found"}, []string{"note bad"}},
		{"an optional boundary that fails", stream.Component(await("ad", failing(0, errRefused), suspense.Optional())),
			[]string{"+ 1 expected"}, []string{`class="failure is-expected"`, "connection refused", "failed, as expected"}, []string{"decided", `class="failure"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := inspect.New(1)
				rd := inspected(in)
				rd.ErrorHandler = func(http.ResponseWriter, *http.Request, error) {}
				rd.Handler(tt.page).ServeHTTP(newRecorder(), httptest.NewRequest("GET", "/product", nil))
				list := body(get(in, "/"))
				page := body(get(in, "/?id=1"))
				want(t, list, tt.list...)
				want(t, page, tt.shows...)
				for _, never := range tt.never {
					if strings.Contains(page, never) {
						t.Errorf("%q is in\n%s", never, page)
					}
				}
			})
		})
	}
	t.Run("a target that no redirect has", func(t *testing.T) {
		in := inspect.New(1)
		trace := in.Trace()
		ctx := trace.Start(t.Context(), httptest.NewRequest("GET", "/", nil), stream.OutOfOrder)
		trace.Decided(ctx, stream.Decision{Err: &stream.StatusError{Code: 303, Location: "javascript:alert('1')"}})
		page := body(get(in, "/?id=1"))
		want(t, page, "<code>javascript:alert(&#39;1&#39;)</code>")
		if strings.Contains(page, `href="javascript`) || strings.Contains(page, `href="about`) {
			t.Errorf("the target is a link in\n%s", page)
		}
		trace.Done(ctx, nil)
	})
	t.Run("as JSON", func(t *testing.T) {
		in := inspect.New(1)
		_ = visit(in, "/product", await("product", failing(0, stream.Redirect("/new", 301)), suspense.Critical()))
		want(t, get(in, "/?id=1&format=json").Body.String(),
			`"state": "decided"`, `"code": 301`, `"location": "/new"`, `"late": false`, `"boundary": "1"`)
	})
	t.Run("with a target that no redirect has", func(t *testing.T) {
		in := inspect.New(1)
		trace := in.Trace()
		ctx := trace.Start(t.Context(), httptest.NewRequest("GET", "/", nil), stream.OutOfOrder)
		trace.Decided(ctx, stream.Decision{Err: &stream.StatusError{Code: 303, Location: "javascript:alert('1')"}})
		trace.Done(context.WithoutCancel(ctx), nil)
		page := body(get(in, "/?id=1"))
		want(t, page, "<code>javascript:alert(&#39;1&#39;)</code>")
		for _, never := range []string{`href="javascript`, `href="about`} {
			if strings.Contains(page, never) {
				t.Errorf("%q is in\n%s", never, page)
			}
		}
	})
	t.Run("of which few are kept", func(t *testing.T) {
		in := inspect.New(1)
		trace := in.Trace()
		ctx := trace.Start(t.Context(), httptest.NewRequest("GET", "/", nil), stream.OutOfOrder)
		for range 10 {
			trace.Decided(ctx, stream.Decision{Late: true, Err: &stream.StatusError{Code: 404, Err: errors.New(strings.Repeat("x", 1<<20))}})
		}
		trace.Done(context.WithoutCancel(ctx), nil)
		want(t, get(in, "/?id=1").Body.String(), "Cut: 2 more decisions are not kept.")
	})
}

// body is the page without its style and its script.
func body(w *httptest.ResponseRecorder) string {
	return regexp.MustCompile(`(?s)<(style|script) nonce.*?</(style|script)>`).ReplaceAllString(w.Body.String(), "")
}
