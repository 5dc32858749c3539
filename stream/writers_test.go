package stream_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Writers of middleware around one that cannot flush.
type (
	flushing  struct{ http.ResponseWriter } // hides what is within, and says it can flush
	unwrapped struct{ http.ResponseWriter } // tells what is within
	promising struct{ unwrapped }           // tells, and says it can flush
	asserting struct{ http.ResponseWriter } // as many a status recorder
	erring    struct{ http.ResponseWriter } // finds out when it is asked
	nothing   struct{ http.ResponseWriter } // unwraps to nil
)

func (flushing) Flush()                         {}
func (w unwrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w promising) Flush()                      { panic(fmt.Sprintf("%T does not support flushing", w.ResponseWriter)) }
func (w asserting) Flush()                      { w.ResponseWriter.(http.Flusher).Flush() }
func (erring) FlushError() error                { return http.ErrNotSupported }
func (nothing) Unwrap() http.ResponseWriter     { return nil }

func TestWritersThatCannotFlush(t *testing.T) {
	const whole = "<body>1</body>"
	const chunked = `<body><?start name="1">dots<?end><template for="1">1</template><!/></body>`
	for _, tt := range []struct {
		name string
		wrap func(http.ResponseWriter) http.ResponseWriter
		want string
		warn string // "": nothing can be noticed
	}{
		{"none", func(w http.ResponseWriter) http.ResponseWriter { return w }, whole, "unflushable"},
		{"one that tells", func(w http.ResponseWriter) http.ResponseWriter { return unwrapped{w} }, whole, "unwrapped"},
		{"one that tells and promises", func(w http.ResponseWriter) http.ResponseWriter { return promising{unwrapped{w}} }, whole, "promising"},
		{"two of them", func(w http.ResponseWriter) http.ResponseWriter { return promising{unwrapped{promising{unwrapped{w}}}} }, whole, ""},
		{"one that unwraps to nil", func(w http.ResponseWriter) http.ResponseWriter { return nothing{w} }, whole, "nothing"},
		{"one that panics", func(w http.ResponseWriter) http.ResponseWriter { return asserting{w} }, chunked, "asserting"},
		{"one that panics within one that tells", func(w http.ResponseWriter) http.ResponseWriter { return unwrapped{asserting{w}} }, chunked, "innermost=stream_test.asserting"},
		{"one that finds out when it is asked", func(w http.ResponseWriter) http.ResponseWriter { return erring{w} }, chunked, "erring"},
		{"one that promises and hides", func(w http.ResponseWriter) http.ResponseWriter { return flushing{w} }, chunked, ""},
	} {
		for _, status := range []int{200, 404} {
			t.Run(fmt.Sprintf("%s, %d", tt.name, status), func(t *testing.T) {
				logs := captureLog(t)
				synctest.Test(t, func(t *testing.T) {
					rec := httptest.NewRecorder()
					rd := stream.Renderer{Script: stream.NoScript()}
					rd.Handler(func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
						w.WriteHeader(status)
						return page(slot(after(100*ms, html("1")))), nil
					}).ServeHTTP(tt.wrap(unflushable{rec}), httptest.NewRequest("GET", "/", nil))
					if got := rec.Body.String(); got != tt.want || rec.Code != status {
						t.Errorf("status = %d, page = %q, want %d, %q", rec.Code, got, status, tt.want)
					}
				})
				if tt.warn != "" {
					logs.want(t, tt.warn)
				}
				if n := strings.Count(logs.String(), "cannot flush"); n > 1 {
					t.Errorf("log = %q, want one warning for each cause", logs.String())
				}
			})
		}
	}
}

// TestAbortInFlush has a middleware that ends the response.
func TestAbortInFlush(t *testing.T) {
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("panic = %v, want %v", v, http.ErrAbortHandler)
		}
	}()
	_ = stream.Render(aborting{httptest.NewRecorder()}, httptest.NewRequest("GET", "/", nil), page(html("1"), templ.Flush()))
}

type aborting struct{ *httptest.ResponseRecorder }

func (aborting) Flush() { panic(http.ErrAbortHandler) }

// TestWarningsForEachCause has two reasons for one warning.
func TestWarningsForEachCause(t *testing.T) {
	type one struct{ http.ResponseWriter }
	type two struct{ http.ResponseWriter }
	logs := captureLog(t)
	for range 3 {
		for _, w := range []http.ResponseWriter{one{httptest.NewRecorder()}, two{httptest.NewRecorder()}} {
			r := httptest.NewRequest("GET", "/", nil)
			r = r.WithContext(withServer(r.Context(), &http.Server{WriteTimeout: time.Second}))
			if err := stream.Render(w, r, page(html("1"))); err != nil {
				t.Errorf("Render() = %v", err)
			}
		}
		for _, c := range []templ.Component{upper(at(stream.Boundary{Name: "first of two", Load: after(0)})), upper(at(stream.Boundary{Name: "second of two", Load: after(0)}))} {
			if err := stream.Render(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), c); err != nil {
				t.Errorf("Render() = %v", err)
			}
		}
	}
	for _, what := range []string{"pages are sent whole", "WriteTimeout cuts pages", "loads in place"} {
		if got := strings.Count(logs.String(), what); got != 2 {
			t.Errorf("%d warnings that %s, want 2:\n%s", got, what, logs.String())
		}
	}
}

// Writers that know a status, as those of frameworks do.
type (
	likeGin struct {
		*httptest.ResponseRecorder
		status  int
		written bool
	}
	likeEcho struct {
		*httptest.ResponseRecorder
		Status    int
		Committed bool
	}
	always200 struct{ *httptest.ResponseRecorder }
)

func (w *likeGin) Status() int   { return w.status }
func (w *likeGin) Written() bool { return w.written }
func (w *likeGin) WriteHeader(code int) {
	if !w.written {
		w.status = code
	}
}
func (w *likeGin) Write(b []byte) (int, error) {
	if !w.written {
		w.written = true
		w.ResponseRecorder.WriteHeader(w.status)
	}
	return w.ResponseRecorder.Write(b)
}

func (w *likeEcho) Unwrap() http.ResponseWriter { return w.ResponseRecorder }
func (w *likeEcho) WriteHeader(code int) {
	w.Status, w.Committed = code, true
	w.ResponseRecorder.WriteHeader(code)
}
func (w *likeEcho) Write(b []byte) (int, error) {
	if !w.Committed {
		w.WriteHeader(w.Status)
	}
	return w.ResponseRecorder.Write(b)
}

func (always200) Status() int { return 200 }

// TestStatusOfWriters holds that a status counts once it has been sent, and one
// that waits is used.
func TestStatusOfWriters(t *testing.T) {
	good, failed := page(slot(after(ms, html("1")))), page(slot(failing(ms, errBoom)))
	type writer interface {
		http.ResponseWriter
		Result() *http.Response
	}
	for _, tt := range []struct {
		name   string
		w      func() writer
		page   templ.Component
		set    int // by the caller, before
		want   int
		timing bool // the headers are there in time
	}{
		{"gin", func() writer { return &likeGin{ResponseRecorder: httptest.NewRecorder(), status: 200} }, good, 0, 200, true},
		{"gin, a failure", func() writer { return &likeGin{ResponseRecorder: httptest.NewRecorder(), status: 200} }, failed, 0, 500, true},
		{"gin, a status that waits", func() writer { return &likeGin{ResponseRecorder: httptest.NewRecorder(), status: 404} }, good, 0, 404, true},
		{"gin, a status that waits and a failure", func() writer { return &likeGin{ResponseRecorder: httptest.NewRecorder(), status: 404} }, failed, 0, 404, true},
		{"echo", func() writer { return &likeEcho{ResponseRecorder: httptest.NewRecorder(), Status: 200} }, good, 0, 200, true},
		{"echo, a failure", func() writer { return &likeEcho{ResponseRecorder: httptest.NewRecorder(), Status: 200} }, failed, 0, 500, true},
		{"echo, a status that was sent", func() writer { return &likeEcho{ResponseRecorder: httptest.NewRecorder(), Status: 200} }, failed, 404, 404, false},
		{"one that says 200 from the beginning", func() writer { return always200{httptest.NewRecorder()} }, failed, 0, 500, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, w, status := new(events), tt.w(), 0
				trace := stream.JoinTraces(e.trace(), &stream.Trace{Status: func(_ context.Context, code int) { status = code }})
				rd := stream.Renderer{Mode: always(stream.Complete), ServerTiming: true, Trace: trace}
				if tt.set != 0 {
					w.WriteHeader(tt.set)
				}
				if err := rd.Render(w, httptest.NewRequest("GET", "/", nil), tt.page); err != nil {
					t.Errorf("Render() = %v", err)
				}
				res := w.Result()
				_, _ = io.Copy(io.Discard, res.Body)
				if res.StatusCode != tt.want || status != tt.want {
					t.Errorf("status = %d, and the Trace was told %d, want %d", res.StatusCode, status, tt.want)
				}
				if got := res.Header.Get("Server-Timing") != ""; got != tt.timing {
					t.Errorf("a Server-Timing was sent: %t, want %t", got, tt.timing)
				}
			})
		})
	}
}
