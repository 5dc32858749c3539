package stream_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// swallow is a middleware that answers panics.
func swallow(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		h.ServeHTTP(w, r)
	})
}

// No cache keeps what a middleware makes of a panic, nor what a Page has allowed
// with keys that are not canonical.
func TestFailedAnswerIsNotCached(t *testing.T) {
	for name, page := range map[string]stream.Page{
		"error": func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
			w.Header()["ETag"] = []string{`"x"`}
			w.Header()["cache-control"] = []string{"public, max-age=3600"}
			w.Header()["CDN-Cache-Control"] = []string{"max-age=3600"}
			return nil, errBoom
		},
		"panic of the Page": func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
			w.Header().Set("Cache-Control", "public, max-age=3600")
			w.Header().Set("ETag", `"x"`)
			panic("x")
		},
		"panic of the component": func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
			w.Header().Set("Cache-Control", "public, max-age=3600")
			w.Header().Set("ETag", `"x"`)
			return half("a", func() error { panic("x") }), nil
		},
	} {
		rd := &stream.Renderer{Logger: slog.New(slog.DiscardHandler)}
		w := httptest.NewRecorder()
		swallow(rd.Handler(page)).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		for key, values := range w.Result().Header {
			switch http.CanonicalHeaderKey(key) {
			case "Etag", "Cdn-Cache-Control":
				t.Errorf("%s: %s: %q", name, key, values)
			case "Cache-Control":
				if key != "Cache-Control" || values[0] != "no-store" {
					t.Errorf("%s: %s: %q", name, key, values)
				}
			}
		}
		if w.Code != 500 || w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
}

// The answer of an ErrorHandler that panics does not look whole.
func TestErrorHandlerPanicCuts(t *testing.T) {
	rd := &stream.Renderer{ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
		_, _ = io.WriteString(w, "<h1>half")
		panic("x")
	}}
	h := rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, errBoom })
	srv := httptest.NewUnstartedServer(swallow(h))
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	defer srv.Close()
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("looks whole: %d %q", resp.StatusCode, b)
	}
}

// An ErrorHandler that writes more than the server buffers does not wait for ever
// for a body that never comes.
func TestErrorHandlerBodyNeverComes(t *testing.T) {
	rd := &stream.Renderer{WriteTimeout: 200 * ms, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, strings.Repeat("x", 10_000))
	}}
	srv := httptest.NewServer(rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, errBoom }))
	defer srv.Close()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	line, err := bufio.NewReader(c).ReadString('\n')
	if !strings.Contains(line, "500") {
		t.Errorf("%q, %v", line, err)
	}
}
