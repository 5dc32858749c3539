package stream_test

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// An empty element of svg or math has no end tag, and an open template in one
// takes the end tag of the chunk.
func TestForeignEnds(t *testing.T) {
	for _, tt := range []struct {
		content bool
		html    string
		warned  bool
	}{
		{false, `<svg width="1"/>`, false},
		{false, `<math/>`, false},
		{false, `<svg width=1/>`, true}, // the slash is of the value
		{false, `<svg><g id=a/></g></svg>`, false},
		{true, `<svg/><script>`, true},
		{true, `<svg><script>`, false},
		{true, `<svg><template>`, true},
		{true, `<math><template>`, true},
		{true, `<svg><template/>`, false},
		{true, `<svg><template></template>`, false},
		{true, `<svg/>`, false},
		{true, `<p>whole</p>`, false},
	} {
		var log strings.Builder
		rd := &stream.Renderer{Mode: func(*http.Request) stream.Mode { return stream.OutOfOrder }, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		parts := []templ.Component{html(tt.html), slot(after(5*ms, html("x")))}
		if tt.content {
			parts = []templ.Component{slot(after(ms, html(tt.html))), slot(after(5*ms, html("x")))}
		}
		r := httptest.NewRequest("GET", "/foreignends/"+rand.Text(), nil)
		synctest.Test(t, func(t *testing.T) {
			if err := rd.Render(httptest.NewRecorder(), r, page(parts...)); err != nil {
				t.Fatal(err)
			}
		})
		if got := log.Len() > 0; got != tt.warned {
			t.Errorf("%s (content: %v): warned %v, want %v: %s", tt.html, tt.content, got, tt.warned, log.String())
		}
	}
}

// What stands around html is a child of the document, where no content can be put.
func TestBoundaryAroundHTML(t *testing.T) {
	for i, parts := range [][]templ.Component{
		{html("<html><body>x</body></html>"), at(stream.Boundary{Load: after(ms, html("<p>y</p>"))})},
		{at(stream.Boundary{Load: after(ms, html("<p>y</p>"))}), html("<html><body>x</body></html>")},
	} {
		var log strings.Builder
		rd := &stream.Renderer{Mode: func(*http.Request) stream.Mode { return stream.OutOfOrder }, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		r := httptest.NewRequest("GET", "/aroundhtml/"+rand.Text(), nil)
		synctest.Test(t, func(t *testing.T) {
			if err := rd.Render(httptest.NewRecorder(), r, templ.Join(parts...)); err != nil {
				t.Fatal(err)
			}
		})
		if !strings.Contains(log.String(), "#document") {
			t.Errorf("%d: no warning: %s", i, log.String())
		}
	}
}
