package sse_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// strict is a server whose every timeout is a second.
var strict = &http.Server{WriteTimeout: time.Second, ReadTimeout: time.Second, IdleTimeout: time.Second}

// A told is how a handler's function has ended.
type told struct {
	err   error
	cause error
	after time.Duration
}

// telling returns a handler that sends on the channel how f has ended.
func telling(o sse.Options, f func(context.Context, *sse.Stream) error) (http.Handler, <-chan told) {
	ends := make(chan told, 10)
	return o.Handler(func(ctx context.Context, s *sse.Stream) error {
		start := time.Now()
		err := f(ctx, s)
		ends <- told{err, context.Cause(ctx), time.Since(start)}
		return err
	}), ends
}

// TestConnection is about streams over real connections.
func TestConnection(t *testing.T) {
	t.Run("the headers arrive before the first event", func(t *testing.T) {
		overPipes(t, func() http.Handler {
			return sse.Options{Heartbeat: -1}.Handler(func(ctx context.Context, s *sse.Stream) error {
				<-ctx.Done()
				return ctx.Err()
			})
		}, &http.Server{}, func(t *testing.T, p *pipeline) {
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			res := p.ask(t, ctx, "GET", "")
			for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
		})
	})
	t.Run("a stream outlives the server's timeouts", func(t *testing.T) {
		for _, method := range []string{"GET", "POST"} {
			t.Run(method, func(t *testing.T) {
				overPipes(t, func() http.Handler {
					return sse.Handler(func(ctx context.Context, s *sse.Stream) error {
						for range 3 {
							sleep(ctx, time.Minute)
							if err := s.Send(sse.Event{Data: "x"}); err != nil {
								return err
							}
						}
						return nil
					})
				}, strict, func(t *testing.T, p *pipeline) {
					body, err := io.ReadAll(p.ask(t, t.Context(), method, "question").Body)
					if err != nil {
						t.Errorf("stream ends with %v, want nil", err)
					}
					if got, want := strings.ReplaceAll(string(body), ":\n", ""), strings.Repeat("data: x\n\n", 3); got != want {
						t.Errorf("stream = %q, want %q", got, want)
					}
				})
			})
		}
	})
	t.Run("a body that never comes holds nobody", func(t *testing.T) {
		overPipe(t, "HTTP/1.1", func() http.Handler {
			return sse.Options{WriteTimeout: time.Minute}.Handler(func(ctx context.Context, s *sse.Stream) error {
				<-ctx.Done()
				return ctx.Err()
			})
		}, &http.Server{}, func(t *testing.T, p *pipeline) {
			conn, err := p.Dial()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 10\r\n\r\n")
			_ = conn.SetReadDeadline(time.Now().Add(2 * time.Hour))
			start := time.Now()
			_, err = io.ReadAll(conn)
			if took := time.Since(start); err != nil || took > time.Minute {
				t.Errorf("the connection ended with %v after %v, want an end within a minute", err, took)
			}
		})
	})
	t.Run("a body that has been read does not end the stream later", func(t *testing.T) {
		overPipes(t, func() http.Handler {
			stream := sse.Options{WriteTimeout: time.Minute}.Handler(func(ctx context.Context, s *sse.Stream) error {
				sleep(ctx, time.Hour)
				return s.Send(sse.Event{Data: "x"})
			})
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				stream.ServeHTTP(w, r)
			})
		}, &http.Server{}, func(t *testing.T, p *pipeline) {
			body := bufio.NewReader(p.ask(t, t.Context(), "POST", "question").Body)
			if got := lines(t, body, 1); got != "data: x\n" {
				t.Errorf("read %q, want the event", got)
			}
		})
	})
	t.Run("the next request of the connection is none the wiser", func(t *testing.T) {
		overPipes(t, func() http.Handler {
			return sse.Handler(func(ctx context.Context, s *sse.Stream) error {
				sleep(ctx, time.Minute)
				return s.Send(sse.Event{Data: "x"})
			})
		}, &http.Server{}, func(t *testing.T, p *pipeline) {
			for range 3 {
				if _, err := io.ReadAll(p.ask(t, t.Context(), "GET", "").Body); err != nil {
					t.Errorf("stream ends with %v, want nil", err)
				}
				sleep(t.Context(), time.Minute)
			}
		})
	})
	t.Run("a client that leaves ends the context", func(t *testing.T) {
		for _, method := range []string{"GET", "POST"} {
			t.Run(method, func(t *testing.T) {
				var ends <-chan told
				overPipes(t, func() (h http.Handler) {
					h, ends = telling(sse.Options{Heartbeat: -1}, func(ctx context.Context, s *sse.Stream) error {
						<-ctx.Done()
						return ctx.Err()
					})
					return h
				}, strict, func(t *testing.T, p *pipeline) {
					ctx, leave := context.WithCancel(t.Context())
					p.ask(t, ctx, method, "question")
					sleep(t.Context(), 100*time.Second)
					leave()
					if got := <-ends; got.after != 100*time.Second || got.cause != context.Canceled {
						t.Errorf("context ended after %v with %v, want %v and %v", got.after, got.cause, 100*time.Second, context.Canceled)
					}
				})
			})
		}
	})
	t.Run("the deadline of a write ends the stream of a stuck client", func(t *testing.T) {
		big := strings.Repeat("0123456789abcdef", 8<<20/16) // HTTP/2 takes the first 4 MiB ahead of its reader
		for _, c := range []struct {
			name    string
			options sse.Options
			server  *http.Server
			want    time.Duration
		}{
			{"its own", sse.Options{WriteTimeout: 7 * time.Second}, strict, 7 * time.Second},
			{"the server's", sse.Options{}, strict, time.Second},
			{"30 s", sse.Options{}, &http.Server{}, 30 * time.Second},
		} {
			t.Run(c.name, func(t *testing.T) {
				var ends <-chan told
				overPipes(t, func() (h http.Handler) {
					h, ends = telling(c.options, func(ctx context.Context, s *sse.Stream) error {
						return s.Send(sse.Event{Data: big})
					})
					return h
				}, c.server, func(t *testing.T, p *pipeline) {
					res := p.ask(t, t.Context(), "GET", "")
					got := <-ends
					if got.after != c.want || got.err == nil || got.cause == nil {
						t.Errorf("Send() = %v after %v with cause %v, want an error after %v with one", got.err, got.after, got.cause, c.want)
					}
					if res.ProtoMajor == 1 && !errors.Is(got.err, os.ErrDeadlineExceeded) {
						t.Errorf("Send() = %v, want %v", got.err, os.ErrDeadlineExceeded)
					}
					if n, err := io.Copy(io.Discard, res.Body); err == nil {
						t.Errorf("the stream looks finished after %d bytes", n)
					}
				})
			})
		}
	})
	t.Run("the end of a stream does not wait for a stuck client", func(t *testing.T) {
		overPipes(t, func() http.Handler {
			return sse.Options{Heartbeat: -1}.Handler(nothing)
		}, &http.Server{}, func(t *testing.T, p *pipeline) {
			p.ask(t, t.Context(), "GET", "")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := p.Server.Shutdown(ctx); err != nil {
				t.Errorf("Shutdown() = %v, want nil", err)
			}
		})
	})
	t.Run("a heartbeat finds that a client does not read", func(t *testing.T) {
		var ends <-chan told
		overPipe(t, "HTTP/1.1", func() (h http.Handler) { // a client of HTTP/2 always reads
			h, ends = telling(sse.Options{Heartbeat: 10 * time.Second, WriteTimeout: 5 * time.Second}, func(ctx context.Context, s *sse.Stream) error {
				<-ctx.Done()
				return ctx.Err()
			})
			return h
		}, &http.Server{}, func(t *testing.T, p *pipeline) {
			p.ask(t, t.Context(), "GET", "")
			if got, want := (<-ends).after, 15*time.Second; got != want {
				t.Errorf("context ended after %v, want %v", got, want)
			}
		})
	})
	t.Run("a slow but steady client has time for a big event", func(t *testing.T) {
		big := strings.Repeat("0123456789abcdef", 6<<20/16)
		overPipes(t, func() http.Handler {
			return sse.Options{WriteTimeout: time.Second}.Handler(func(ctx context.Context, s *sse.Stream) error {
				return s.Send(sse.Event{Data: big})
			})
		}, &http.Server{}, func(t *testing.T, p *pipeline) {
			res := p.ask(t, t.Context(), "GET", "")
			var body bytes.Buffer
			for {
				_, err := io.CopyN(&body, res.Body, 64<<10)
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("stream ended after %d bytes with %v", body.Len(), err)
				}
				sleep(t.Context(), 500*ms)
			}
			if got, want := body.Len(), len(":\ndata: "+big+"\n\n"); got != want {
				t.Errorf("%d bytes, want %d", got, want)
			}
		})
	})
	t.Run("without a WriteTimeout a client may take its time", func(t *testing.T) {
		overPipes(t, func() http.Handler {
			return sse.Options{WriteTimeout: -1}.Handler(func(ctx context.Context, s *sse.Stream) error {
				return s.Send(sse.Event{Data: "x"})
			})
		}, strict, func(t *testing.T, p *pipeline) {
			res := p.ask(t, t.Context(), "GET", "")
			sleep(t.Context(), time.Hour)
			if got, want := lines(t, bufio.NewReader(res.Body), 2), "data: x\n\n"; got != want {
				t.Errorf("stream = %q, want %q", got, want)
			}
		})
	})
	t.Run("a failed stream does not look finished", func(t *testing.T) {
		for name, f := range map[string]func(context.Context, *sse.Stream) error{
			"by an error": func(context.Context, *sse.Stream) error { return errors.New("boom") },
			"by a panic":  func(context.Context, *sse.Stream) error { panic("boom") },
		} {
			t.Run(name, func(t *testing.T) {
				overPipes(t, func() http.Handler {
					h := sse.Handler(f)
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						defer func() { _ = recover() }() // as some middleware does
						h.ServeHTTP(w, r)
					})
				}, &http.Server{}, func(t *testing.T, p *pipeline) {
					if b, err := io.ReadAll(p.ask(t, t.Context(), "GET", "").Body); err == nil {
						t.Errorf("the stream looks finished after %q", b)
					}
				})
			})
		}
	})
	t.Run("nor does it over HTTP/1.0, which nginx speaks to its upstreams", func(t *testing.T) {
		for name, c := range map[string]struct {
			result error
			cut    bool
		}{"a failed one": {errors.New("boom"), true}, "a finished one": {nil, false}} {
			t.Run(name, func(t *testing.T) {
				server := httptest.NewServer(sse.Handler(func(context.Context, *sse.Stream) error { return c.result }))
				defer server.Close()
				conn, err := net.Dial("tcp", server.Listener.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = conn.Close() }()
				if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
					t.Fatal(err)
				}
				if b, err := io.ReadAll(conn); (err != nil) != c.cut {
					t.Errorf("stream ends after %q with %v", b, err)
				}
			})
		}
	})
	t.Run("Shutdown does not wait for a stream with Until", func(t *testing.T) {
		var ends <-chan told
		var shutdown context.CancelFunc
		overPipes(t, func() (h http.Handler) {
			var until context.Context
			until, shutdown = context.WithCancel(context.Background())
			h, ends = telling(sse.Options{Until: until}, func(ctx context.Context, s *sse.Stream) error {
				<-ctx.Done()
				return context.Cause(ctx)
			})
			return h
		}, &http.Server{}, func(t *testing.T, p *pipeline) {
			p.Server.RegisterOnShutdown(shutdown)
			res := p.ask(t, t.Context(), "GET", "")
			body := make(chan string, 1)
			go func() { // ends before the test, which waits for the body
				b, err := io.ReadAll(res.Body)
				if err != nil {
					t.Errorf("stream ends with %v, want nil", err)
				}
				body <- string(b)
			}()
			sleep(t.Context(), time.Second)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := p.Server.Shutdown(ctx); err != nil {
				t.Errorf("Shutdown() = %v, want nil", err)
			}
			if got := <-ends; got.err != sse.ErrShutdown {
				t.Errorf("cause = %v, want %v", got.err, sse.ErrShutdown)
			}
			if got := <-body; !strings.HasPrefix(got, ":\nretry: ") {
				t.Errorf("stream = %q, want a retry at its end", got)
			}
		})
	})
}

// sleep waits for d, or until ctx is done.
func sleep(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}
