package stream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestHeaderAfterTheEnd has a load that sets headers all the time, also while the
// caller of Render, or the ErrorHandler, answers. The race detector looks on.
func TestHeaderAfterTheEnd(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
	}{{"a page that fails", errBoom}, {"a page that is decided", errMissing}} {
		var loads sync.WaitGroup
		busy := func(stop chan struct{}) templ.Component {
			return slot(func(ctx context.Context) (templ.Component, error) {
				loads.Add(1)
				defer loads.Done()
				for i := 0; ; i++ {
					select {
					case <-stop:
						return html(""), nil
					default:
						_ = stream.Header(ctx, func(h http.Header) { h.Set("A", "b") })
						_ = stream.Preload(ctx, fmt.Sprint("/", i%100), "image")
					}
				}
			})
		}
		answer := func(w http.ResponseWriter) {
			for i := range 1000 {
				w.Header().Set("B", fmt.Sprint(i))
			}
			_, _ = io.WriteString(w, "answer")
		}
		t.Run(tt.name+", Render", func(t *testing.T) {
			stop := make(chan struct{})
			rd, w := stream.Renderer{Trace: &quiet}, httptest.NewRecorder()
			w.Header().Set("Cache-Control", "public")
			err := rd.Render(w, httptest.NewRequest("GET", "/", nil), page(busy(stop), half("", func() error { time.Sleep(ms); return tt.err })))
			if !errors.Is(err, stream.ErrShell) {
				t.Errorf("Render() = %v, want %v", err, stream.ErrShell)
			}
			answer(w)
			close(stop)
			loads.Wait()
		})
		t.Run(tt.name+", Handler", func(t *testing.T) {
			stop := make(chan struct{})
			rd, w := stream.Renderer{Trace: &quiet, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { answer(w) }}, httptest.NewRecorder()
			rd.Handler(func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
				for i := range 1000 {
					w.Header().Set(fmt.Sprint("C", i), "c")
				}
				w.Header().Set("Cache-Control", "public")
				return page(busy(stop), half("", func() error { time.Sleep(ms); return tt.err })), nil
			}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			close(stop)
			loads.Wait()
		})
	}
}

// TestUploadsOfDecidedPages holds that the server can remove the files of a form,
// although a load was running when the answer was made.
func TestUploadsOfDecidedPages(t *testing.T) {
	var name string
	rd := stream.Renderer{ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}}
	s := httptest.NewServer(rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		if err := r.ParseMultipartForm(1); err != nil {
			return nil, err
		}
		f, err := r.MultipartForm.File["f"][0].Open()
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		name = f.(*os.File).Name()
		_ = stream.Go(r.Context(), func(context.Context) error { time.Sleep(10 * ms); return nil })
		return page(critical(failing(0, errMissing))), nil
	}))
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	f, _ := form.CreateFormFile("f", "f")
	_, _ = f.Write(make([]byte, 11<<20))
	_ = form.Close()
	res, err := http.Post(s.URL, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	s.Close() // waits for the handler
	if _, err := os.Stat(name); res.StatusCode != 404 || name == "" || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("status %d, Stat(%q) = %v, want no file", res.StatusCode, name, err)
	}
}
