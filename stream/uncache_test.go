package stream_test

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestFailuresAreNotCached has pages that may be kept by caches, unless they
// fail.
func TestFailuresAreNotCached(t *testing.T) {
	const body = "<body>1</body>"
	allowed := http.Header{
		"Cache-Control": {"public, max-age=3600"}, "Etag": {`"1"`}, "Last-Modified": {"Mon, 02 Nov 2026 10:00:00 GMT"},
		"Expires": {"Thu, 02 Dec 2027 10:00:00 GMT"}, "Age": {"3"}, "Cdn-Cache-Control": {"max-age=60"},
		"Cloudflare-Cdn-Cache-Control": {"max-age=60"}, "Surrogate-Control": {"max-age=60"}, "X-Accel-Expires": {"60"},
		"Content-Length": {"14"}, "Accept-Ranges": {"bytes"}, "Repr-Digest": {"sha-256=:AA==:"},
		"Set-Cookie": {"a=1"}, "Content-Security-Policy": {"default-src 'self'"}, "Content-Language": {"en"},
	}
	stays := []string{"Set-Cookie", "Content-Security-Policy", "Content-Language"}
	good := page(slot(after(ms, html("1"))))
	failed := page(slot(failing(ms, errBoom)))
	excused := page(at(stream.Boundary{Load: failing(ms, errBoom), ErrorView: view("1")}))
	shellFails := page(half("<p>", func() error { return errBoom }))
	for _, tt := range []struct {
		name  string
		mode  stream.Mode
		page  stream.Page
		onErr func(http.ResponseWriter, *http.Request, error)
		code  int
		kept  bool
		cache string // "": no-store
	}{
		{name: "a complete page that is good", mode: stream.Complete, page: pageOf(good), code: 200, kept: true},
		{name: "a complete page that fails", mode: stream.Complete, page: pageOf(failed), code: 500},
		{name: "a complete page that fails with a status of the Page", mode: stream.Complete, page: func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			w.WriteHeader(404)
			return failed, nil
		}, code: 404},
		{name: "a complete page that shows a view of the boundary", mode: stream.Complete, page: pageOf(excused), code: 500},
		{name: "a streamed page that has failed before it leaves", mode: stream.OutOfOrder, page: pageOf(page(slot(failing(0, errBoom)))), code: 200},
		{name: "a page in order that fails first", mode: stream.InOrder, page: pageOf(slot(failing(ms, errBoom))), code: 200},
		{name: "a shell that fails", mode: stream.OutOfOrder, page: pageOf(shellFails), code: 500},
		{name: "a Page that fails", mode: stream.OutOfOrder, page: func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, errBoom }, code: 500},
		{name: "an Error", mode: stream.OutOfOrder, page: pageOf(shellFails), code: 404,
			onErr: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(404) }},
		{name: "an Error that knows better", mode: stream.OutOfOrder, page: pageOf(shellFails), code: 404, cache: "max-age=5",
			onErr: func(w http.ResponseWriter, _ *http.Request, _ error) {
				w.Header().Set("Cache-Control", "max-age=5")
				w.WriteHeader(404)
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rd := stream.Renderer{Mode: always(tt.mode), ErrorHandler: tt.onErr, Trace: &quiet}
			h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
				maps.Copy(w.Header(), allowed.Clone())
				if tt.mode != stream.Complete && tt.code == 200 {
					w.Header().Del("Content-Length") // the chunks have another
				}
				return tt.page(w, r)
			})
			overPipes(t, h, func(t *testing.T, p *pipeline) {
				res, err := p.get(t, t.Context())
				if err != nil {
					t.Fatalf("Get() = %v", err)
				}
				defer func() { _ = res.Body.Close() }()
				got, err := io.ReadAll(res.Body)
				if err != nil || res.StatusCode != tt.code {
					t.Errorf("status = %d, want %d; body = %q, %v", res.StatusCode, tt.code, got, err)
				}
				if tt.kept && string(got) != body {
					t.Errorf("body = %q, want %q", got, body)
				}
				for key, values := range allowed {
					want := strings.Join(values, "")
					switch {
					case tt.kept || strings.Contains(strings.Join(stays, " "), key):
					case key == "Cache-Control" && tt.cache != "":
						want = tt.cache
					case key == "Cache-Control":
						want = "no-store"
					case key == "Content-Length":
						continue // the server's own
					default:
						want = ""
					}
					if got := res.Header.Get(key); got != want {
						t.Errorf("%s = %q, want %q", key, got, want)
					}
				}
			})
		})
	}
}
