package stream_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// gzipped is a middleware that compresses what h answers.
func gzipped(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := &gzipWriter{ResponseWriter: w, z: gzip.NewWriter(w)}
		defer func() { _ = z.z.Close() }()
		h.ServeHTTP(z, r)
	})
}

type gzipWriter struct {
	http.ResponseWriter
	z *gzip.Writer
}

func (w *gzipWriter) WriteHeader(code int) {
	w.Header().Del("Content-Length")
	w.Header().Set("Content-Encoding", "gzip") // what is written is compressed
	w.ResponseWriter.WriteHeader(code)
}

func (w *gzipWriter) Write(b []byte) (int, error) { return w.z.Write(b) }
func (w *gzipWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w *gzipWriter) FlushError() error {
	_ = w.z.Flush()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// TestDecisionsBehindMiddleware sends decisions through writers of others.
func TestDecisionsBehindMiddleware(t *testing.T) {
	early := stream.Handler(pageOf(page(html("a"), slot(heedless(time.Second)), critical(failing(10*ms, errMoved)))))
	late := stream.Handler(pageOf(page(html("a"), slot(heedless(time.Second)), slot(failing(10*ms, errMoved)))))
	for _, tt := range []struct {
		name string
		h    http.Handler
		code int
		body string // the end
	}{
		{"early, TimeoutHandler", http.TimeoutHandler(early, time.Minute, "late"), 301, "Moved Permanently\n"},
		{"late, TimeoutHandler, which buffers the page", http.TimeoutHandler(late, time.Minute, "late"), 301, "Moved Permanently\n"},
		{"TimeoutHandler in time", http.TimeoutHandler(early, 5*ms, "late"), 503, "late"},
		{"early, gzip", gzipped(early), 301, "Moved Permanently\n"},
		{"late, gzip", gzipped(late), 200, `<meta http-equiv="refresh" content="0;url='/new?a=1&amp;b=%272%27'"></body>`},
		{"early, a recorder of the status", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { early.ServeHTTP(unwrapped{w}, r) }), 301, "Moved Permanently\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			overPipes(t, tt.h, func(t *testing.T, p *pipeline) {
				res, err := p.get(t, t.Context())
				if err != nil {
					t.Fatalf("Get() = %v", err)
				}
				body, err := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if res.StatusCode != tt.code || err != nil || !strings.HasSuffix(string(body), tt.body) {
					t.Errorf("status %d, body %q, %v, want %d and %q", res.StatusCode, body, err, tt.code, tt.body)
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

// TestDecisionsOfParts requests a boundary by its key.
func TestDecisionsOfParts(t *testing.T) {
	c := page(
		at(stream.Boundary{Key: "a", Load: failing(10*ms, errMissing)}),
		at(stream.Boundary{Key: "b", Load: after(10*ms, html("b"), at(stream.Boundary{Key: "c", Load: failing(10*ms, errMoved)}))}),
		at(stream.Boundary{Key: "d", Load: after(10*ms, html("d"))}),
	)
	for key, want := range map[string]int{"a": 404, "b": 301, "b/c": 301, "d": 200} {
		synctest.Test(t, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Rivulet", key)
			stream.Handler(pageOf(c)).ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%s: status %d, want %d", key, w.Code, want)
			}
		})
	}
}

// TestVaryOfDecidedAnswers holds that a cache does not show the 404 of one mode to
// those that get another mode.
func TestVaryOfDecidedAnswers(t *testing.T) {
	for _, tt := range []struct {
		name string
		page stream.Page
		want bool
	}{
		{"a load", pageOf(page(slot(failing(10*ms, errMissing)))), true},
		{"a Page, whose error has nothing to do with the mode", func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, errMissing }, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
			r.Header = header("Hx-Request", "true")
			stream.Handler(tt.page).ServeHTTP(w, r)
			if got := w.Header().Get("Vary"); w.Code != 404 || (got != "") != tt.want {
				t.Errorf("%s: status %d, Vary %q, want one: %t", tt.name, w.Code, got, tt.want)
			}
		})
	}
}

// TestPanicsInHeader has functions that panic while they have the header.
func TestPanicsInHeader(t *testing.T) {
	panics := func(ctx context.Context) error {
		return stream.Header(ctx, func(http.Header) { panic(errBoom) })
	}
	synctest.Test(t, func(t *testing.T) {
		ended := errors.New("not called")
		rd := stream.Renderer{Trace: &quiet, Script: stream.NoScript()}
		res, body, panicked := answerOf(&rd, pageOf(page(
			critical(func(ctx context.Context) (templ.Component, error) { return nil, panics(ctx) }),
			critical(func(ctx context.Context) (templ.Component, error) {
				err := sleep(ctx, ms)
				_ = stream.Header(ctx, func(h http.Header) { h.Set("A", "b") })
				return html("second"), err
			}),
			slot(func(ctx context.Context) (templ.Component, error) {
				err := sleep(ctx, time.Second)
				ended = stream.Header(ctx, func(http.Header) { t.Error("called too late") })
				return html("third"), err
			}),
		)))
		if panicked != nil || res.StatusCode != 200 || res.Header.Get("A") != "b" || !strings.Contains(body, "second") || ended != stream.ErrSent {
			t.Errorf("status %d, header %v, body %q, panic %v; Header() = %v", res.StatusCode, res.Header, body, panicked, ended)
		}
	})
	t.Run("while the Page is running", func(t *testing.T) {
		_, _, panicked := answerOf(&stream.Renderer{Trace: &quiet}, func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			return page(critical(failing(0, errMissing))), panics(r.Context())
		})
		if panicked != errBoom {
			t.Errorf("panic %v, want %v", panicked, errBoom)
		}
	})
}

// TestHeaderWhileThePageCommits calls Header and Preload from many loads at once.
// The race detector looks on.
func TestHeaderWhileThePageCommits(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		var parts []templ.Component
		for range 20 {
			parts = append(parts, at(stream.Boundary{Critical: len(parts)%4 == 0, Load: func(ctx context.Context) (templ.Component, error) {
				var calls sync.WaitGroup
				for range 4 {
					calls.Go(func() {
						for range 50 {
							_ = stream.Header(ctx, func(h http.Header) { h.Add("A", "b") })
							_ = stream.Preload(ctx, "/a", "image")
						}
					})
				}
				calls.Wait()
				return html("a"), nil
			}}))
		}
		h := (&stream.Renderer{Mode: always(mode)}).Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			_ = stream.Go(r.Context(), func(ctx context.Context) error {
				for range 50 {
					_ = stream.Header(ctx, func(h http.Header) { h.Add("A", "b") })
				}
				return nil
			})
			for range 50 {
				w.Header().Add("B", "b")
			}
			return page(parts...), nil
		})
		for range 5 {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		}
	}
}

// TestCriticalWithoutEnd has a client that leaves while the first byte waits.
func TestCriticalWithoutEnd(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		for _, part := range []templ.Component{critical(after(1000 * time.Hour)), upper(critical(after(1000 * time.Hour))), critical(stream.Prerender(critical(after(1000 * time.Hour))))} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Hour, cancel)
				start, rec := time.Now(), newRecorder()
				rd := stream.Renderer{Mode: always(mode), Timeout: -1}
				err := rd.Render(rec, httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(html("a"), slot(after(ms)), part, templ.Flush(), slot(failing(2*time.Hour, errMissing))))
				if took := time.Since(start).Round(time.Second); !errors.Is(err, context.Canceled) || took != time.Hour || rec.String() != "\n" {
					t.Errorf("%v: Render() = %v after %v, sent %q", mode, err, took, rec.String())
				}
			})
		}
	}
}

// A Head in order is filled when the bytes around it are sent. A redirect after the first
// byte takes the place of those bytes.
func TestRedirectBehindHead(t *testing.T) {
	for _, before := range []string{"b", strings.Repeat("b", 500)} {
		synctest.Test(t, func(t *testing.T) {
			rd := stream.Renderer{Mode: always(stream.InOrder), Trace: &quiet}
			w := httptest.NewRecorder()
			rd.Handler(pageOf(page(
				html("a"), slot(after(10*ms, html(before))), stream.Head("x", html("<p>x")), slot(failing(10*ms, errMoved)),
			))).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			want := `<body>a</title></textarea></style></noscript></select></template><meta http-equiv="refresh" content="0;url='/new?a=1&amp;b=%272%27'">`
			if got := w.Body.String(); w.Code != 200 || got != want {
				t.Errorf("answer = %d %s, want 200 %s", w.Code, got, want)
			}
		})
	}
}
