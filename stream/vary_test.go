package stream_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestVaryOfMode is about the headers that a Mode function looks at by calling
// DefaultMode.
func TestVaryOfMode(t *testing.T) {
	document := []string{"Sec-Fetch-Dest", "document"}
	for _, tt := range []struct {
		name   string
		mode   func(*http.Request) stream.Mode
		header []string
		want   choice
	}{
		{"a function that calls it", stream.DefaultMode, document, choice{stream.OutOfOrder, varyDest, ""}},
		{"one that does not", always(stream.OutOfOrder), document, choice{stream.OutOfOrder, "Rivulet, Sec-Fetch-Dest", ""}},
		{"one that calls it for some requests", func(r *http.Request) stream.Mode {
			if r.Header.Get("Accept") != "" {
				return stream.DefaultMode(r)
			}
			return stream.Complete
		}, document, choice{stream.Complete, "", ""}},
		{"one that calls it and decides otherwise", func(r *http.Request) stream.Mode {
			stream.DefaultMode(r)
			return stream.OutOfOrder
		}, []string{"HX-Request", "true", "Accept", "*/*"}, choice{stream.OutOfOrder, varyParts + strings.TrimPrefix(varyUpgrade, varyScript) + varyPrefix, random}},
		{"one that calls it with a request of its own context", func(r *http.Request) stream.Mode {
			return stream.DefaultMode(r.WithContext(templ.WithNonce(r.Context(), "1")))
		}, document, choice{stream.OutOfOrder, varyDest, ""}},
		{"one that calls it twice, with other headers", func(r *http.Request) stream.Mode {
			other := r.Clone(r.Context())
			other.Header.Set("HX-Request", "true")
			stream.DefaultMode(r)
			return stream.DefaultMode(other)
		}, document, choice{stream.Complete, varyDest + ", Accept", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := chosen(t, tt.mode, header(tt.header...)); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestFormOfMode is about a Mode function that parses the form, and so reads the
// body.
func TestFormOfMode(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader("mode=order"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rd := stream.Renderer{Mode: func(r *http.Request) stream.Mode {
		if r.FormValue("mode") == "order" {
			return stream.InOrder
		}
		return stream.OutOfOrder
	}}
	var got string
	rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		got = r.PostFormValue("mode")
		return page(), nil
	}).ServeHTTP(httptest.NewRecorder(), r)
	if got != "order" || r.PostForm == nil {
		t.Errorf("the Page finds mode=%q, and the request %v; want order", got, r.PostForm)
	}
}

// TestVaryOfAnAnswerThatIsAPage sends the answer to a page that was decided as a page of
// its own, which depends on the same headers.
func TestVaryOfAnAnswerThatIsAPage(t *testing.T) {
	rd := stream.Renderer{ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
		_ = stream.Render(w, r, html("missing"))
	}}
	synctest.Test(t, func(t *testing.T) {
		rec := httptest.NewRecorder()
		rd.Handler(pageOf(critical(failing(ms, errMissing)))).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		if got := rec.Header().Values("Vary"); len(got) != 1 || !strings.Contains(got[0], "HX-Request") {
			t.Errorf("Vary = %q, want one value", got)
		}
	})
}
