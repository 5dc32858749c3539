package rivulet_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// patience is how long a test waits for what should happen at once.
const patience = 10 * time.Second

// overBoth runs test over HTTP/1.1 and over HTTP/2.
func overBoth(t *testing.T, test func(*testing.T, *site)) {
	t.Run("HTTP/1.1", func(t *testing.T) { test(t, &site{}) })
	t.Run("HTTP/2", func(t *testing.T) { test(t, &site{http2: true}) })
}

// A site serves one page on a real server.
type site struct {
	http2        bool
	writeTimeout time.Duration
	server       *httptest.Server
}

func (s *site) serve(t *testing.T, page templ.Component) {
	s.serveWith(t, stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return page, nil }))
}

func (s *site) serveWith(t *testing.T, h http.Handler) {
	t.Helper()
	s.server = httptest.NewUnstartedServer(h)
	s.server.Config.WriteTimeout = s.writeTimeout
	if s.http2 {
		s.server.EnableHTTP2 = true
		s.server.StartTLS()
	} else {
		s.server.Start()
	}
	t.Cleanup(s.server.Close)
}

// get asks for the page, with headers given as name and value.
func (s *site) get(t *testing.T, method string, headers ...string) *visit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, method, s.server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.server.Client().Do(r)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if got := res.ProtoMajor == 2; got != s.http2 {
		t.Fatalf("protocol = %s", res.Proto)
	}
	return &visit{Response: res, leave: cancel}
}

// A visit is a response that is read bit by bit.
type visit struct {
	*http.Response
	leave context.CancelFunc
	body  strings.Builder
}

// until reads until the page holds want. It reads no further than it must.
func (v *visit) until(t *testing.T, want string) {
	t.Helper()
	b := make([]byte, 1)
	for !strings.HasSuffix(v.body.String(), want) {
		n, err := v.Body.Read(b)
		v.body.Write(b[:n])
		if err != nil && !strings.HasSuffix(v.body.String(), want) {
			t.Fatalf("page = %q, %v; want %q", v.body.String(), err, want)
		}
	}
}

// end reads the rest and returns the page.
func (v *visit) end(t *testing.T) string {
	t.Helper()
	if err := v.rest(); err != nil {
		t.Fatalf("page = %q, %v", v.body.String(), err)
	}
	return v.body.String()
}

func (v *visit) rest() error {
	_, err := io.Copy(&v.body, v.Body)
	return err
}

var script = regexp.MustCompile(`<script>.*?</script>`)

// A gate is a load that a test opens.
type gate chan string

func (g gate) load(ctx context.Context) (string, error) {
	select {
	case s := <-g:
		return s, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func (g gate) open(t *testing.T, s string) {
	t.Helper()
	select {
	case g <- s:
	case <-time.After(patience):
		t.Fatal("the load does not run")
	}
}

func bold(s string) templ.Component { return templ.Raw("<b>" + s + "</b>") }

func dots() templ.Component { return templ.Raw("…") }

func body(parts ...templ.Component) templ.Component {
	all := append([]templ.Component{templ.Raw("<!doctype html><body>")}, parts...)
	return templ.Join(append(all, templ.Raw("</body></html>"))...)
}

func TestPage(t *testing.T) {
	overBoth(t, func(t *testing.T, s *site) {
		first, second := make(gate), make(gate)
		s.serve(t, body(suspense.Await(dots(), first.load, bold), suspense.Await(dots(), second.load, bold)))
		v := s.get(t, "GET")
		v.until(t, "</script>")
		shell := `<!doctype html><body><?start name="1">…<?end><?start name="2">…<?end>`
		t.Run("sends the shell while loads wait", func(t *testing.T) {
			if got := script.ReplaceAllString(v.body.String(), ""); got != shell {
				t.Errorf("shell = %q, want %q", got, shell)
			}
		})
		t.Run("sends each chunk when it is ready and the tail last", func(t *testing.T) {
			second.open(t, "Ada")
			v.until(t, `<template for="2"><b>Ada</b></template><!/>`)
			first.open(t, "Bob")
			want := shell + `<template for="2"><b>Ada</b></template><!/><template for="1"><b>Bob</b></template><!/></body></html>`
			if got := script.ReplaceAllString(v.end(t), ""); got != want {
				t.Errorf("page = %q, want %q", got, want)
			}
		})
		t.Run("has the headers of a streamed page", func(t *testing.T) {
			for name, want := range map[string]string{
				"Content-Type": "text/html; charset=utf-8", "X-Accel-Buffering": "no",
				"Vary":           "Rivulet, HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request, X-Requested-With, Sec-Fetch-Dest, Sec-Fetch-Mode, Upgrade-Insecure-Requests, Accept",
				"Content-Length": "",
			} {
				if got := v.Header.Get(name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
		})
	})
}

func TestFailure(t *testing.T) {
	overBoth(t, func(t *testing.T, s *site) {
		broken := make(gate)
		load := func(ctx context.Context) (string, error) {
			if _, err := broken.load(ctx); err != nil {
				return "", err
			}
			return "", errors.New("no such <basket>")
		}
		var digest string
		sorry := func(be *stream.BoundaryError) templ.Component {
			digest = be.Digest
			return templ.Raw("<em>Sorry " + be.Digest + "</em>")
		}
		s.serve(t, body(suspense.Await(dots(), load, bold, suspense.ErrorView(sorry)), bold("Bob")))
		v := s.get(t, "GET")
		v.until(t, "</script>")
		broken.open(t, "")
		page := v.end(t)
		if want := `<template for="1"><em>Sorry ` + digest + `</em></template><!/></body></html>`; digest == "" || !strings.HasSuffix(page, want) {
			t.Errorf("page = %q, want it to end in %q", page, want)
		}
		if strings.Contains(page, "basket") {
			t.Errorf("page = %q, which holds the text of the error", page)
		}
	})
}

func TestDeparture(t *testing.T) {
	overBoth(t, func(t *testing.T, s *site) {
		ended := make(chan error, 2)
		load := func(ctx context.Context) (string, error) {
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return "", ctx.Err()
		}
		s.serve(t, body(suspense.Await(dots(), load, bold), suspense.Await(dots(), load, bold)))
		v := s.get(t, "GET")
		v.until(t, "</script>")
		v.leave()
		for range 2 {
			select {
			case err := <-ended:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("cause = %v, want %v", err, context.Canceled)
				}
			case <-time.After(patience):
				t.Fatal("the load goes on although the client has left")
			}
		}
	})
}

func TestWriteTimeout(t *testing.T) {
	t.Run("does not cut a page that waits for longer", func(t *testing.T) {
		overBoth(t, func(t *testing.T, s *site) {
			s.writeTimeout = time.Second // it covers the handshake, too
			late := make(gate)
			s.serve(t, body(suspense.Await(dots(), late.load, bold)))
			v := s.get(t, "GET")
			v.until(t, "</script>")
			// The time that must pass is the server's own, so it is a real one.
			<-time.After(s.writeTimeout + 200*time.Millisecond)
			late.open(t, "Ada")
			if page := v.end(t); !strings.HasSuffix(page, "<b>Ada</b></template><!/></body></html>") {
				t.Errorf("page = %q", page)
			}
		})
	})
}

// unfinished are pages that end too soon.
var unfinished = map[string]func() templ.Component{
	"a load panics with http.ErrAbortHandler": func() templ.Component {
		abort := func(context.Context) (string, error) { panic(http.ErrAbortHandler) }
		return body(templ.Flush(), suspense.Await(dots(), abort, bold))
	},
	"the page fails after a flush": func() templ.Component {
		return body(templ.Flush(), templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("no") }))
	},
	"the page panics after a flush": func() templ.Component {
		return body(templ.Flush(), templ.ComponentFunc(func(context.Context, io.Writer) error { panic(http.ErrAbortHandler) }))
	},
}

// careless are servers that do not see to it that such a page looks unfinished.
var careless = map[string]func(templ.Component) http.Handler{
	"": func(page templ.Component) http.Handler {
		return stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return page, nil })
	},
	" and a middleware swallows every panic": func(page templ.Component) http.Handler {
		h := stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return page, nil })
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() { _ = recover() }()
			h.ServeHTTP(w, r)
		})
	},
	" and a middleware answers every panic": func(page templ.Component) http.Handler {
		h := stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return page, nil })
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					_, _ = io.WriteString(w, "Internal Server Error</body></html>")
				}
			}()
			h.ServeHTTP(w, r)
		})
	},
	" and its error is ignored": func(page templ.Component) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() { _ = recover() }()
			_ = stream.Render(w, r, page)
		})
	},
}

func TestUnfinished(t *testing.T) {
	for name, page := range unfinished {
		for how, handler := range careless {
			t.Run(name+how, func(t *testing.T) {
				overBoth(t, func(t *testing.T, s *site) {
					s.serveWith(t, handler(page()))
					v := s.get(t, "GET")
					v.until(t, "<body>")
					if err := v.rest(); err == nil {
						t.Errorf("page = %q, which looks finished", v.body.String())
					}
				})
				t.Run("HTTP/1.0", func(t *testing.T) {
					var s site
					s.serveWith(t, handler(page()))
					if got, err := s.get10(t); err == nil {
						t.Errorf("page = %q, which looks finished", got)
					}
				})
			})
		}
	}
	t.Run("a finished page ends properly over HTTP/1.0", func(t *testing.T) {
		var s site
		now := func(context.Context) (string, error) { return "Ada", nil }
		s.serve(t, body(suspense.Await(dots(), now, bold)))
		got, err := s.get10(t)
		if err != nil || !strings.HasSuffix(got, "</body></html>") {
			t.Errorf("page = %q, %v", got, err)
		}
	})
}

// get10 reads the page as a client that speaks HTTP/1.0.
func (s *site) get10(t *testing.T) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", s.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	return string(page), err
}

func TestRequests(t *testing.T) {
	overBoth(t, func(t *testing.T, s *site) {
		loads := make(chan struct{}, 10)
		load := func(context.Context) (string, error) {
			loads <- struct{}{}
			return "", errors.New("no")
		}
		// Logs of failed boundaries are not what is tested.
		rd := stream.Renderer{Trace: &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}}
		s.serveWith(t, rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			return body(suspense.Await(dots(), load, bold)), nil
		}))
		t.Run("HEAD starts no load and has the headers of GET", func(t *testing.T) {
			v := s.get(t, "HEAD")
			if page := v.end(t); page != "" {
				t.Errorf("body = %q, want none", page)
			}
			if got := v.Header.Get("Content-Type"); v.StatusCode != http.StatusOK || got != "text/html; charset=utf-8" {
				t.Errorf("status = %d, Content-Type = %q", v.StatusCode, got)
			}
			if len(loads) > 0 {
				t.Errorf("%d loads have started", len(loads))
			}
		})
		for _, header := range [][]string{{"HX-Request", "true"}, {"Sec-Fetch-Dest", "empty"}} {
			t.Run(header[0]+" "+header[1]+" gets a whole page with its status", func(t *testing.T) {
				v := s.get(t, "GET", header...)
				page := v.end(t)
				if v.StatusCode != http.StatusInternalServerError {
					t.Errorf("status = %d, want %d", v.StatusCode, http.StatusInternalServerError)
				}
				if strings.Contains(page, "<?") || strings.Contains(page, "<script") || !strings.Contains(page, `role="alert"`) {
					t.Errorf("page = %q", page)
				}
			})
		}
	})
}
