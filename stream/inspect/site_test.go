package inspect_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/suspense"
)

const ms = time.Millisecond

var errRefused = errors.New("connection refused")

// visit renders page for a request for path with a Renderer that is inspected.
func visit(in *inspect.Inspector, path string, page templ.Component) error {
	return inspected(in).Render(newRecorder(), httptest.NewRequest("GET", path, nil), page)
}

func inspected(in *inspect.Inspector) *stream.Renderer {
	return &stream.Renderer{Script: stream.NoScript(), Trace: stream.JoinTraces(in.Trace(), quiet)}
}

// quiet keeps failures out of the log.
var quiet = &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}

// get asks the inspector, as a browser does that has opened it.
func get(in *inspect.Inspector, url string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	in.ServeHTTP(rec, opened(in, url))
	return rec
}

// opened is a request with the cookie.
func opened(in *inspect.Inspector, url string) *http.Request {
	path, _, _ := strings.Cut(url, "?")
	rec := httptest.NewRecorder()
	in.ServeHTTP(rec, httptest.NewRequest("GET", in.URL(path), nil))
	r := httptest.NewRequest("GET", url, nil)
	for _, c := range rec.Result().Cookies() {
		r.AddCookie(c)
	}
	return r
}

func html(s string) templ.Component { return templ.Raw(s) }

func await(name string, load func(context.Context) (string, error), opts ...suspense.Option) templ.Component {
	return suspense.Await(html("…"), load, func(s string) templ.Component { return html(s) }, append(opts, suspense.Name(name))...)
}

// after is a load that takes so long.
func after(d time.Duration) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) { return "<b>here</b>", pass(ctx, d) }
}

func failing(d time.Duration, err error) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) { return "", errors.Join(pass(ctx, d), err) }
}

// pass lets d pass.
func pass(ctx context.Context, d time.Duration) error {
	passed, cancel := context.WithTimeout(context.WithoutCancel(ctx), d)
	defer cancel()
	select {
	case <-passed.Done():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// working is a component that takes so long to render.
func working(d time.Duration) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error { return pass(ctx, d) })
}

func with(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// A recorder is a ResponseWriter that can flush and be read meanwhile.
type recorder struct {
	header http.Header

	mu     sync.Mutex
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: make(http.Header)} }

func (rec *recorder) Header() http.Header { return rec.header }
func (rec *recorder) Flush()              {}

func (rec *recorder) WriteHeader(status int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.status = status
}

func (rec *recorder) Write(p []byte) (int, error) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.body.Write(p)
}

// take returns what was written since the last call.
func (rec *recorder) take() string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	s := rec.body.String()
	rec.body.Reset()
	return s
}

// want checks that a page has all of these.
func want(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !bytes.Contains([]byte(page), []byte(part)) {
			t.Errorf("%q is missing in\n%s", part, page)
		}
	}
}
