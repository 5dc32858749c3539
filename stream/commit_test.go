package stream_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func TestHeaders(t *testing.T) {
	streamed := page(slot(after(100*ms, html("1"))))
	failed := page(slot(failing(100*ms, errBoom)))
	for _, tt := range []struct {
		name string
		set  func(http.ResponseWriter)
		mode stream.Mode
		page templ.Component
		code int
		kind string
	}{
		{"200 and HTML unless they are set", func(http.ResponseWriter) {}, stream.OutOfOrder, streamed, 200, "text/html; charset=utf-8"},
		{"a status that was set stays", func(w http.ResponseWriter) { w.WriteHeader(404) }, stream.OutOfOrder, streamed, 404, "text/html; charset=utf-8"},
		{"a status that was set stays when a complete page fails", func(w http.ResponseWriter) { w.WriteHeader(404) }, stream.Complete, failed, 404, "text/html; charset=utf-8"},
		{"a content type that was set stays", func(w http.ResponseWriter) { w.Header().Set("Content-Type", "application/xhtml+xml") }, stream.OutOfOrder, streamed, 200, "application/xhtml+xml"},
		{"a content type that was suppressed stays so", func(w http.ResponseWriter) { w.Header()["Content-Type"] = []string{} }, stream.OutOfOrder, streamed, 200, ""},
		{"a complete page that fails is a 500", func(http.ResponseWriter) {}, stream.Complete, failed, 500, "text/html; charset=utf-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rec := newRecorder()
				rd := stream.Renderer{Mode: always(tt.mode), Trace: &quiet}
				rd.Handler(func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
					tt.set(w)
					return tt.page, nil
				}).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
				if rec.Status != tt.code {
					t.Errorf("status = %d, want %d", rec.Status, tt.code)
				}
				if got := rec.Header().Get("Content-Type"); got != tt.kind {
					t.Errorf("Content-Type = %q, want %q", got, tt.kind)
				}
				// Mode is the caller's, and so is the Vary that it needs.
				want := ""
				if tt.mode == stream.OutOfOrder {
					want = "Sec-Fetch-Dest, Sec-Fetch-Mode, Upgrade-Insecure-Requests, Accept" // of the prefix
				}
				if got := rec.Header().Get("Vary"); got != want {
					t.Errorf("Vary = %q, want %q", got, want)
				}
			})
		})
	}
}

// TestMiddleware has headers that are there before the page.
func TestMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := newRecorder()
		rec.Header().Set("Content-Type", "application/xhtml+xml")
		rec.Header().Set("Vary", "Accept-Language")
		if err := stream.Render(rec, httptest.NewRequest("GET", "/", nil), page(slot(after(100*ms, html("1"))))); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		if got, want := rec.Header().Get("Content-Type"), "application/xhtml+xml"; got != want {
			t.Errorf("Content-Type = %q, want %q", got, want)
		}
		if got, want := rec.Header().Values("Vary"), []string{"Accept-Language", varyAccept}; !slices.Equal(got, want) {
			t.Errorf("Vary = %q, want %q", got, want)
		}
	})
}

// TestHandlerErrors is about pages that fail before their first byte, and
// those that fail later.
func TestHandlerErrors(t *testing.T) {
	teapot := func(w http.ResponseWriter, _ *http.Request, err error) {
		if !errors.Is(err, errBoom) {
			t.Errorf("Error was given %v, want an error that matches %v", err, errBoom)
		}
		w.WriteHeader(http.StatusTeapot)
	}
	fails := half("<p>lost", func() error { return errBoom })
	for _, tt := range []struct {
		name string
		page stream.Page
		want string
	}{
		{"the page function fails", func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, errBoom },
			"0s     -- end (status 418)\n"},
		{"the shell fails", func(http.ResponseWriter, *http.Request) (templ.Component, error) { return page(fails), nil },
			"0s     -- end (status 418)\n"},
		{"the shell fails after a flush", func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			return page(html("<p>"), templ.Flush(), fails), nil
		}, "0s     <body><p>\n0s     -- panic: net/http: abort Handler\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rec, rd := newRecorder(), stream.Renderer{ErrorHandler: teapot}
				rec.end(func() error {
					rd.Handler(tt.page).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
					return nil
				})
				if got := rec.String(); got != tt.want {
					t.Errorf("response:\n%s\nwant:\n%s", got, tt.want)
				}
			})
		})
	}
	t.Run("without an Error the answer is a 500 without details", func(t *testing.T) {
		logs := captureLog(t)
		rec := httptest.NewRecorder()
		stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return page(fails), nil }).
			ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		if got, want := rec.Code, 500; got != want {
			t.Errorf("status = %d, want %d", got, want)
		}
		if got, want := rec.Body.String(), "Internal Server Error\n"; got != want {
			t.Errorf("body = %q, want %q", got, want)
		}
		logs.want(t, `msg="stream: page failed" path=/ error="stream: page not sent: boom"`)
	})
	t.Run("a nil component is an error", func(t *testing.T) {
		err := stream.Render(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), nil)
		if !errors.Is(err, stream.ErrShell) {
			t.Errorf("Render(nil) = %v, want an error that matches ErrShell", err)
		}
	})
}

// TestWriteDeadlines looks at the deadline when bytes are written and while the response
// waits. Over HTTP/1 it may stay then, and may serve another write.
func TestWriteDeadlines(t *testing.T) {
	for _, tt := range []struct {
		name    string
		timeout time.Duration
		server  *http.Server
		want    time.Duration // zero: none
	}{
		{"30 s unless it is set", 0, nil, 30 * time.Second},
		{"as set", time.Second, nil, time.Second},
		{"as the server's", 0, &http.Server{WriteTimeout: 2 * time.Second}, 2 * time.Second},
		{"as set and not as the server's", time.Second, &http.Server{WriteTimeout: 2 * time.Second}, time.Second},
		{"none", -1, nil, 0},
	} {
		for _, proto := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, over HTTP/%d", tt.name, proto), func(t *testing.T) {
				stays, want := proto == 1 && tt.want > 0, []time.Duration{tt.want, tt.want}
				if stays {
					want[1] -= 100 * ms
				}
				synctest.Test(t, func(t *testing.T) {
					rec := &deadlines{recorder: newRecorder()}
					r := httptest.NewRequest("GET", "/", nil)
					r.ProtoMajor = proto
					if tt.server != nil {
						r = r.WithContext(withServer(r.Context(), tt.server))
						rec.Deadline = rec.Start.Add(tt.server.WriteTimeout)
					}
					var waiting time.Time
					time.AfterFunc(50*ms, func() {
						rec.Lock()
						defer rec.Unlock()
						waiting = rec.Deadline
					})
					rd := stream.Renderer{WriteTimeout: tt.timeout}
					if err := rd.Render(rec, r, page(slot(after(100*ms, html("1"))))); err != nil {
						t.Errorf("Render() = %v, want nil", err)
					}
					if len(rec.writes) != 2 {
						t.Fatalf("%d writes, want 2", len(rec.writes))
					}
					for i, got := range rec.writes {
						if got.Round(time.Microsecond) != want[i] {
							t.Errorf("write %d has a deadline after %v, want %v", i, got, want[i])
						}
					}
					rec.Lock()
					defer rec.Unlock()
					if waiting.IsZero() == stays {
						t.Errorf("a deadline at %v while the response waits, want one: %t", waiting, stays)
					}
				})
			})
		}
	}
}

// deadlines notes how much time each write has.
type deadlines struct {
	*recorder
	writes []time.Duration
}

func (d *deadlines) Write(p []byte) (int, error) {
	var left time.Duration
	if !d.Deadline.IsZero() {
		left = time.Until(d.Deadline)
	}
	d.writes = append(d.writes, left)
	return d.recorder.Write(p)
}
