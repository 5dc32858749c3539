package stream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestAnswersThatAreNoPage has requests that are answered by a Page itself, or
// by Renderer.ErrorHandler: what they say passes as it is, with no header of a page.
func TestAnswersThatAreNoPage(t *testing.T) {
	upload := filepath.Join(t.TempDir(), "upload")
	if err := os.WriteFile(upload, []byte("just text <script>alert(1)</script>"), 0o600); err != nil {
		t.Fatal(err)
	}
	self := func(answer http.HandlerFunc) stream.Page {
		return func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			answer(w, r)
			return nil, nil
		}
	}
	shellFails := page(half("<p>lost", func() error { return errBoom }))
	const text = "text/plain; charset=utf-8"
	for _, tt := range []struct {
		name   string
		page   stream.Page
		onErr  func(http.ResponseWriter, *http.Request, error)
		code   int
		header map[string]string // all of it but Date
		body   string
	}{
		{name: "a file", page: self(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, upload) }),
			code: 200, body: "just text <script>alert(1)</script>",
			header: map[string]string{"Content-Type": text, "Accept-Ranges": "bytes", "Content-Length": "35", "Last-Modified": "*"}},
		{name: "a file that is not there", page: self(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, upload+"2") }),
			code: 404, body: "404 page not found\n",
			header: map[string]string{"Content-Type": text, "X-Content-Type-Options": "nosniff", "Content-Length": "19"}},
		{name: "text", page: self(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "a < b") }),
			code: 200, body: "a < b", header: map[string]string{"Content-Type": text, "Content-Length": "5"}},
		{name: "JSON with a status", page: self(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(422)
			_, _ = io.WriteString(w, "{}")
		}), code: 422, body: "{}", header: map[string]string{"Content-Type": "application/json", "Content-Length": "2"}},
		{name: "a POST that redirects", page: self(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/next")
			w.WriteHeader(303)
		}), code: 303, header: map[string]string{"Location": "/next", "Content-Length": "0"}},
		{name: "204", page: self(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) }), code: 204},
		{name: "304", page: self(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			w.WriteHeader(304)
		}), code: 304, header: map[string]string{"Etag": `"1"`}},
		{name: "nothing at all", page: self(func(http.ResponseWriter, *http.Request) {}), code: 200, header: map[string]string{"Content-Length": "0"}},
		{name: "a flush before the body", page: self(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/csv")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "1,2")
		}), code: 200, body: "1,2", header: map[string]string{"Content-Type": "text/csv"}},
		{name: "an event stream", page: self(func(w http.ResponseWriter, r *http.Request) {
			sse.Options{Heartbeat: -1}.Handler(func(_ context.Context, s *sse.Stream) error { return s.Send(sse.Event{Data: "1"}) }).ServeHTTP(w, r)
		}), code: 200, body: "data: 1\n\n",
			header: map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}},
		{name: "a failed Page", page: func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			w.WriteHeader(201)
			return nil, errBoom
		}, code: 500, body: "Internal Server Error\n",
			header: map[string]string{"Content-Type": text, "X-Content-Type-Options": "nosniff", "Content-Length": "22"}},
		{name: "an Error that writes text", page: pageOf(shellFails), onErr: func(w http.ResponseWriter, _ *http.Request, err error) {
			_, _ = io.WriteString(w, "sorry: "+err.Error())
		}, code: 500, body: "sorry: stream: page not sent: boom", header: map[string]string{"Content-Type": text, "Content-Length": "34"}},
		{name: "an Error with a status of its own", page: func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			w.WriteHeader(404)
			return shellFails, nil
		}, onErr: func(w http.ResponseWriter, _ *http.Request, err error) {
			w.WriteHeader(503)
			_, _ = io.WriteString(w, "later")
		}, code: 503, body: "later", header: map[string]string{"Content-Type": text, "Content-Length": "5"}},
		{name: "an Error that redirects", page: pageOf(shellFails), onErr: func(w http.ResponseWriter, r *http.Request, err error) {
			w.Header().Set("Location", "/login")
			w.WriteHeader(302)
		}, code: 302, header: map[string]string{"Location": "/login", "Content-Length": "0"}},
		{name: "an Error that renders a page of its own", page: pageOf(shellFails), onErr: func(w http.ResponseWriter, r *http.Request, err error) {
			w.WriteHeader(404)
			rd := stream.Renderer{Mode: always(stream.Complete)}
			_ = rd.Render(w, r, html("<p>gone"))
		}, code: 404, body: "<p>gone", header: map[string]string{"Content-Type": "text/html; charset=utf-8", "Content-Length": "7"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rd := stream.Renderer{ErrorHandler: tt.onErr}
			overPipes(t, rd.Handler(tt.page), func(t *testing.T, p *pipeline) {
				res, err := p.get(t, t.Context())
				if err != nil {
					t.Fatalf("Get() = %v", err)
				}
				defer func() { _ = res.Body.Close() }()
				if body, err := io.ReadAll(res.Body); err != nil || string(body) != tt.body {
					t.Errorf("body = %q, %v, want %q", body, err, tt.body)
				}
				if res.StatusCode != tt.code {
					t.Errorf("status = %d, want %d", res.StatusCode, tt.code)
				}
				got := make(map[string]string)
				for key, values := range res.Header {
					got[key] = strings.Join(values, " | ")
				}
				delete(got, "Date")
				if tt.header["Last-Modified"] != "" {
					got["Last-Modified"] = "*"
				}
				if tt.header["Content-Length"] == "0" && res.ContentLength <= 0 {
					got["Content-Length"] = "0" // of HTTP/2 it may be missing
				}
				if !maps.Equal(got, tt.header) {
					t.Errorf("header = %v, want %v", got, tt.header)
				}
			})
		})
	}
}

// TestStatusOfAPage has pages whose status the Page has set.
func TestStatusOfAPage(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		codes        []int
		want         int
	}{
		{"404", "GET", []int{404}, 404},
		{"the first of two", "GET", []int{410, 200}, 410},
		{"404 of HEAD", "HEAD", []int{404}, 404},
		{"after early hints", "GET", []int{103, 404}, 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			overPipes(t, stream.Handler(writing(tt.codes...)), func(t *testing.T, p *pipeline) {
				r, _ := http.NewRequestWithContext(t.Context(), tt.method, "http://site/", nil)
				res, err := p.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = res.Body.Close() }()
				if res.StatusCode != tt.want {
					t.Errorf("status = %d, want %d", res.StatusCode, tt.want)
				}
				for key, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "X-Accel-Buffering": "no"} {
					if got := res.Header.Get(key); got != want {
						t.Errorf("%s = %q, want %q", key, got, want)
					}
				}
				if body, err := io.ReadAll(res.Body); err != nil || tt.method == "GET" && string(body) != "1" {
					t.Errorf("body = %q, %v", body, err)
				}
				p.log.wantNone(t)
			})
		})
	}
	t.Run("a status without a body sends none of the page", func(t *testing.T) {
		for _, code := range []int{204, 304} {
			overPipes(t, stream.Handler(func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
				w.WriteHeader(code)
				return page(slot(after(time.Hour))), nil
			}), func(t *testing.T, p *pipeline) {
				res, err := p.get(t, t.Context())
				if err != nil || res.StatusCode != code {
					t.Fatalf("Get() = %v, %v, want status %d", res, err, code)
				}
				_ = res.Body.Close()
				p.log.wantNone(t)
			})
		}
	})
}

// TestPageThatAnswersTwice has a Page that has written and then says that it
// has not: what is on its way cannot be taken back, and must not look finished.
func TestPageThatAnswersTwice(t *testing.T) {
	for _, tt := range []struct {
		name   string
		c      templ.Component
		err    error
		panics any
		log    string
	}{
		{"with a component", html("1"), nil, nil, "component from a Page that has already answered by itself"},
		{"with an error", nil, errBoom, nil, "error=boom"},
		{"with a panic", nil, nil, "boom", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rd := stream.Renderer{ErrorHandler: func(http.ResponseWriter, *http.Request, error) { t.Error("Error was called") }}
			overPipes(t, rd.Handler(func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
				_, _ = io.WriteString(w, "secret")
				if tt.panics != nil {
					panic(tt.panics)
				}
				return tt.c, tt.err
			}), func(t *testing.T, p *pipeline) {
				res, err := p.get(t, t.Context())
				if err == nil {
					body, err := io.ReadAll(res.Body)
					_ = res.Body.Close()
					if err == nil {
						t.Errorf("body = %q, which looks finished", body)
					}
				}
				p.log.want(t, tt.log)
			})
		})
	}
}

// TestPanicOfAPage has a middleware that answers for a Page that has panicked.
func TestPanicOfAPage(t *testing.T) {
	h := stream.Handler(func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
		w.WriteHeader(404)
		panic("boom")
	})
	rec := httptest.NewRecorder()
	func() {
		defer func() {
			if recover() != nil {
				http.Error(rec, "sorry", 500)
			}
		}()
		h.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	}()
	if got := rec.Result(); got.StatusCode != 500 || got.Header.Get("Vary") != "" || got.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("answer = %d, %v, want that of the middleware", got.StatusCode, got.Header)
	}
}

// abilities is a ResponseWriter with some of what net/http's can do.
type abilities struct {
	*httptest.ResponseRecorder
	readFrom int
	deadline time.Time
}

func (a *abilities) ReadFrom(r io.Reader) (int64, error) {
	a.readFrom++
	return io.Copy(a.Body, r)
}
func (a *abilities) SetReadDeadline(t time.Time) error { a.deadline = t; return nil }

func TestPageWriterAbilities(t *testing.T) {
	file := strings.NewReader("all of it")
	w := &abilities{ResponseRecorder: httptest.NewRecorder()}
	stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		if err := http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)); err != nil {
			t.Errorf("SetReadDeadline() = %v", err)
		}
		http.ServeContent(w, r, "a.txt", time.Time{}, file)
		if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("Hijack() = %v, want %v", err, http.ErrNotSupported)
		}
		return nil, nil
	}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.readFrom != 1 || w.deadline.IsZero() || w.Body.String() != "all of it" || w.Code != 200 {
		t.Errorf("ReadFrom was called %d times, deadline %v, body %q, status %d", w.readFrom, w.deadline, w.Body, w.Code)
	}
}

func TestPageHijacks(t *testing.T) {
	h := stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return nil, err
		}
		_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
		return nil, errors.Join(err, conn.Close())
	})
	s := httptest.NewServer(h)
	defer s.Close()
	res, err := s.Client().Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "hello" {
		t.Errorf("body = %q, %v", body, err)
	}
}

// TestTraceOfAnswers holds that every request that a Handler serves is told of,
// and that the Page has the context of Start.
func TestTraceOfAnswers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		page  stream.Page
		onErr func(http.ResponseWriter, *http.Request, error)
		want  string
	}{
		{"a redirect", func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return nil, nil
		}, nil, `level=INFO msg="stream: response" path=/a mode="out of order" status=303 duration=D bytes=28 boundaries=0 failed=0`},
		{"a 404 without a page", func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			http.NotFound(w, r)
			return nil, nil
		}, nil, `level=INFO msg="stream: response" path=/a mode="out of order" status=404 duration=D bytes=19 boundaries=0 failed=0`},
		{"a file", func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader("hello"))
			return nil, nil
		}, nil, `level=INFO msg="stream: response" path=/a mode="out of order" status=200 duration=D bytes=5 boundaries=0 failed=0`},
		{"an error of the Page", func(w http.ResponseWriter, r *http.Request) (templ.Component, error) { return nil, errBoom },
			nil, `level=ERROR msg="stream: response" path=/a mode="out of order" status=500 duration=D bytes=22 boundaries=0 failed=0 error=boom`},
		{"an error that Error makes a 404", func(w http.ResponseWriter, r *http.Request) (templ.Component, error) { return nil, errBoom },
			func(w http.ResponseWriter, r *http.Request, _ error) { http.NotFound(w, r) },
			`level=WARN msg="stream: response" path=/a mode="out of order" status=404 duration=D bytes=19 boundaries=0 failed=0 error=boom`},
		{"a shell that fails", pageOf(half("", func() error { return errBoom })),
			func(w http.ResponseWriter, r *http.Request, _ error) { w.WriteHeader(503) },
			`level=ERROR msg="stream: response" path=/a mode="out of order" status=503 duration=D bytes=0 boundaries=0 failed=0 error="stream: page not sent: boom"`},
		{"a page", pageOf(html("1")), nil,
			`level=INFO msg="stream: response" path=/a mode="out of order" status=200 duration=D bytes=1 boundaries=0 failed=0`},
		{"a panic", func(w http.ResponseWriter, r *http.Request) (templ.Component, error) { panic("boom") }, nil,
			`level=ERROR msg="stream: response" path=/a mode="out of order" status=0 duration=D bytes=0 boundaries=0 failed=0 error="stream: panic in the page"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			e := new(events)
			rd := stream.Renderer{ErrorHandler: tt.onErr, Trace: stream.JoinTraces(e.trace(), stream.Slog(slog.New(slog.NewTextHandler(&out, withoutTime))))}
			h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
				e.note(r.Context(), "page")
				return tt.page(w, r)
			})
			func() {
				defer func() { _ = recover() }()
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/a", nil))
			}()
			got := regexp.MustCompile(`duration=\S+`).ReplaceAllString(strings.TrimSpace(out.String()), "duration=D")
			if got != tt.want {
				t.Errorf("log = %s\nwant  %s", got, tt.want)
			}
			if e.lines[0] != "start /a out of order" || e.lines[1] != "page" || !strings.HasPrefix(e.lines[len(e.lines)-1], "done ") {
				t.Errorf("events = %q", e.lines)
			}
			if n := len(slices.DeleteFunc(e.lines, func(s string) bool { return !strings.HasPrefix(s, "done ") })); n != 1 {
				t.Errorf("Done was called %d times", n)
			}
		})
	}
}

// TestFormsOfAPage has forms that are parsed by the Page, by work that it begins, and
// by a load. Their files do not stay behind, though the Page has a request of its
// own, and nothing reads the forms meanwhile.
func TestFormsOfAPage(t *testing.T) {
	var file string
	parse := func(r *http.Request) error {
		if err := r.ParseMultipartForm(1); err != nil {
			return err
		}
		f, err := r.MultipartForm.File["a"][0].Open()
		if err != nil {
			return err
		}
		file = f.(*os.File).Name()
		return f.Close()
	}
	for name, page := range map[string]stream.Page{
		"by the Page": func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			return html("1"), parse(r)
		},
		"by a Start": func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			stream.Go(r.Context(), func(context.Context) error { return parse(r) })
			return html("1"), nil
		},
		"by a load": func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			return page(slot(func(context.Context) (templ.Component, error) { return html("1"), parse(r) })), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			file = ""
			rd := stream.Renderer{Mode: always(stream.Complete), Trace: new(events).trace()}
			s := httptest.NewServer(rd.Handler(page))
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			part, _ := form.CreateFormFile("a", "a.txt")
			fmt.Fprint(part, strings.Repeat("x", 11<<20)) // more than what stays in memory
			_ = form.Close()
			res, err := s.Client().Post(s.URL, form.FormDataContentType(), &body)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			s.Close()
			if _, err := os.Stat(file); file == "" || !os.IsNotExist(err) {
				t.Errorf("the file %q is still there, %v", file, err)
			}
		})
	}
}
