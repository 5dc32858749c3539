package browsertest_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// scriptless are pages with a stream.Scriptless in browsers with scripting off. The
// last boundary of each page only keeps it from being finished before the others
// have been seen.
func scriptless() []browsertest.Scenario {
	return []browsertest.Scenario{patchedWithoutScript(), ledToPagesInOrder()}
}

// patchedWithoutScript comes first, since it needs a browser without the cookie.
func patchedWithoutScript() browsertest.Scenario {
	sent := make(chan string, 1)
	return browsertest.Scenario{
		Name:  "without script a browser that patches by itself is led nowhere",
		Where: func(e *browsertest.Engine) bool { return !e.Scripting && e.Native },
		Watch: map[string]string{
			"fallback": "#a > .dots",
			"a":        "#a:not(:has(> .dots)) > b.a",
			"b":        "#a:has(> .dots) ~ #b > b.b",
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var s stream.Scriptless
			w.Header().Set("Refresh", "0;url=/next")
			rd, tee := stream.Renderer{Mode: s.Mode}, &tee{ResponseWriter: w}
			_ = rd.Render(tee, r, pages.Scriptless(s, "", "a", "b", "last"))
			sent <- tee.text.String()
		}),
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallback")
			v.Reveal("b", "a")
			v.Open("last")
			if got := <-sent; strings.Contains(got, "<noscript>") || !strings.Contains(got, "<template for=") {
				t.Errorf("the page is %s\nwant chunks, and no noscript", got)
			}
		},
	}
}

func ledToPagesInOrder() browsertest.Scenario {
	return browsertest.Scenario{
		Name:  "without script a browser is led to a page in order, and gets the next one so at once",
		Where: func(e *browsertest.Engine) bool { return !e.Scripting },
		Watch: map[string]string{
			"fallback":          "body.streamed > #streamed > .dots",
			"a":                 "body.led > #a > b.a",
			"b":                 "body.led > #a:has(> b.a) ~ #b > b.b",
			"c":                 "body.second > #c > b.c",
			"d":                 "body.second > #c:has(> b.c) ~ #d > b.d",
			"fallback in order": "body:is(.led, .second) .dots",
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Sec-CH-UA") // that of a Chromium before 150 is as useless
			var s stream.Scriptless
			rd := stream.Renderer{Mode: s.Mode}
			class, names := "streamed", []string{"streamed"}
			switch inOrder := s.Mode(r) == stream.InOrder; {
			case inOrder && r.URL.Query().Has("second"):
				w.Header().Set("Refresh", "0;url=/next")
				class, names = "second", []string{"c", "d", "second"}
			case inOrder:
				w.Header().Set("Refresh", "0;url=?second")
				class, names = "led", []string{"a", "b", "led"}
			}
			_ = rd.Render(w, r, pages.Scriptless(s, class, names...))
		}),
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallback")
			v.Open("streamed")
			v.Reveal("a", "b")
			v.Open("led")
			v.Reveal("c", "d")
			v.Open("second")
			if slices.Contains(v.Seen(), "fallback in order") {
				t.Error("a fallback was seen on a page in order")
			}
			var queries []string
			for _, r := range v.Requests() {
				queries = append(queries, r.URL.RawQuery)
			}
			if want := []string{"", "rivulet=in-order", "second"}; !slices.Equal(queries, want) {
				t.Errorf("the page was asked for with queries %q, want %q", queries, want)
			}
		},
	}
}

// A tee keeps what is written.
type tee struct {
	http.ResponseWriter
	text bytes.Buffer
}

func (w *tee) Write(p []byte) (int, error) {
	w.text.Write(p)
	return w.ResponseWriter.Write(p)
}

func (w *tee) Unwrap() http.ResponseWriter { return w.ResponseWriter }
