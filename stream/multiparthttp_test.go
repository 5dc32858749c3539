package stream_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestMultipartHeaders is about what the Page decides before the first part.
func TestMultipartHeaders(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		page         func(w http.ResponseWriter, r *http.Request)
		status       int
		kind         string // the media type
	}{
		{"nothing", "GET", nil, 200, "multipart/mixed"},
		{"nothing, for a POST", "POST", nil, 200, "multipart/mixed"},
		{"nothing, for a HEAD", "HEAD", nil, 200, "text/html"},
		{"a 200", "GET", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }, 200, "multipart/mixed"},
		{"a 422", "POST", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(422) }, 422, "text/html"},
		{"a 204", "GET", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 204, "text/html"},
		{"HTML", "GET", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "Text/HTML") }, 200, "multipart/mixed"},
		{"another type", "GET", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/svg+xml") }, 200, "image/svg+xml"},
		{"the type in a load that has begun", "GET", func(_ http.ResponseWriter, r *http.Request) {
			stream.Go(r.Context(), func(ctx context.Context) error {
				return stream.Header(ctx, func(h http.Header) { h.Set("X-Load", "1") })
			})
		}, 200, "multipart/mixed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rec := httptest.NewRecorder()
				stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
					if tt.page != nil {
						tt.page(w, r)
					}
					return dotted(after(time.Second, html("1"))), nil
				}).ServeHTTP(rec, acceptsParts(httptest.NewRequest(tt.method, "/", nil)))
				kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
				if rec.Code != tt.status || kind != tt.kind {
					t.Errorf("status %d, Content-Type %q; want %d, %q", rec.Code, kind, tt.status, tt.kind)
				}
				if got := rec.Header().Get("Vary"); got != varyPartial {
					t.Errorf("Vary = %q, want %q", got, varyPartial)
				}
				if got := rec.Header().Get("X-Accel-Buffering"); (got == "no") != (tt.kind == "multipart/mixed") {
					t.Errorf("X-Accel-Buffering = %q", got)
				}
			})
		})
	}
}

// TestMultipartRedirect is about a request that is to leave: as without parts, an
// ErrorHandler answers it.
func TestMultipartRedirect(t *testing.T) {
	rd := stream.Renderer{ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
		var e *stream.StatusError
		if errors.As(err, &e) {
			w.Header().Set("HX-Redirect", e.Location)
			w.Header().Del("Location")
			w.WriteHeader(http.StatusNoContent)
		}
	}}
	rec := httptest.NewRecorder()
	rd.Handler(stream.Component(at(stream.Boundary{Critical: true, Load: failing(0, stream.Redirect("/login", http.StatusSeeOther))}))).
		ServeHTTP(rec, acceptsParts(httptest.NewRequest("GET", "/", nil)))
	if rec.Code != http.StatusNoContent || rec.Header().Get("HX-Redirect") != "/login" || rec.Header().Get("Content-Type") != "" {
		t.Errorf("status %d, header %v", rec.Code, rec.Header())
	}
}

// TestMultipartOverHTTP is about a server, without and with a middleware that
// compresses: a part can be read before the next one is ready, and an answer that was
// cut has no end.
func TestMultipartOverHTTP(t *testing.T) {
	for _, compressed := range []bool{false, true} {
		for _, cuts := range []bool{false, true} {
			name := map[bool]string{false: "plain", true: "compressed"}[compressed] + map[bool]string{false: "", true: ", cut"}[cuts]
			t.Run(name, func(t *testing.T) {
				gate, end := make(chan struct{}), make(chan struct{})
				rd := stream.Renderer{Logger: slog.New(slog.DiscardHandler)}
				h := rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
					return templ.Join(dotted(func(context.Context) (templ.Component, error) {
						<-gate
						return html("\r\n--x--\r\n<b>1</b>"), nil
					}), dotted(func(context.Context) (templ.Component, error) {
						<-end
						if cuts {
							return templ.ComponentFunc(func(context.Context, io.Writer) error { panic(http.ErrAbortHandler) }), nil
						}
						return html("2"), nil
					})), nil
				})
				if compressed {
					h = compress(h)
				}
				server := httptest.NewServer(h)
				defer server.Close()
				r, _ := http.NewRequest("GET", server.URL, nil)
				resp, err := server.Client().Do(acceptsParts(r))
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				var body strings.Builder
				if resp.Uncompressed != compressed { // by the client
					t.Errorf("the answer was compressed: %t", resp.Uncompressed)
				}
				lines := bufio.NewReader(io.TeeReader(resp.Body, &body))
				wait := func(text string) {
					t.Helper()
					for line, err := "", error(nil); !strings.Contains(line, text); line, err = lines.ReadString('\n') {
						if err != nil {
							t.Fatalf("%q has not come: %v", text, err)
						}
					}
				}
				wait("dots")
				close(gate)
				wait("<b>1</b>")
				close(end)
				_, err = io.Copy(io.Discard, lines)
				if got := readParts(resp.Header, body.String()); (got == io.EOF) == cuts || (err == nil) == cuts {
					t.Errorf("reading ends with %v, the parts end with %v: %q", err, got, body.String())
				}
			})
		}
	}
}

// compress is a middleware that compresses all that h writes.
func compress(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		h.ServeHTTP(&compressor{w, z}, r)
		z.Close()
	})
}

type compressor struct {
	http.ResponseWriter
	z *gzip.Writer
}

func (c *compressor) Write(p []byte) (int, error) { return c.z.Write(p) }

func (c *compressor) FlushError() error {
	if err := c.z.Flush(); err != nil {
		return err
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }
