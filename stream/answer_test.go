package stream_test

import (
	"context"
	"errors"
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

// TestStatusAfterFlush is about pages that fail after a templ.Flush that had
// nothing to send.
func TestStatusAfterFlush(t *testing.T) {
	flush, fails := templ.Flush(), half("<p>lost", func() error { return errBoom })
	inOrder := stream.Renderer{Mode: always(stream.InOrder)}
	for _, tt := range []struct {
		name string
		rd   stream.Renderer
		page templ.Component
		want int
	}{
		{"a flush before all else", stream.Renderer{}, templ.Join(flush, fails), 500},
		{"two of them", stream.Renderer{}, templ.Join(flush, flush, fails), 500},
		{"a flush behind a boundary that is ready and empty", stream.Renderer{}, templ.Join(slot(after(0)), waiting(ms, ""), flush, fails), 500},
		{"a flush before all else in order", inOrder, templ.Join(flush, fails), 500},
		{"a flush behind a boundary in order", inOrder, templ.Join(slot(after(time.Hour)), html("held"), flush, fails), 500},
		{"a flush behind a boundary in order that is ready and empty", inOrder, templ.Join(slot(after(0)), waiting(ms, ""), flush, fails), 500},
		{"a flush that sends nothing, of a page that does not fail", stream.Renderer{}, templ.Join(flush, html("1")), 200},
		{"a flush that sends something", stream.Renderer{}, templ.Join(html("1"), flush, fails), 200},
		{"a flush that sends a fallback", stream.Renderer{}, templ.Join(slot(after(time.Hour)), flush, fails), 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			overPipes(t, tt.rd.Handler(pageOf(tt.page)), func(t *testing.T, p *pipeline) {
				res, err := p.get(t, t.Context())
				if err != nil {
					t.Fatalf("Get() = %v", err)
				}
				defer func() { _ = res.Body.Close() }()
				if got := res.StatusCode; got != tt.want {
					t.Errorf("status = %d, want %d", got, tt.want)
				}
				if body, err := io.ReadAll(res.Body); tt.want == 500 && (err != nil || string(body) != "Internal Server Error\n") {
					t.Errorf("body = %q, %v, want the answer to an error", body, err)
				}
			})
		})
	}
}

// notAfterAll is a writer that says too late that it cannot flush.
type notAfterAll struct{ *recorder }

func (notAfterAll) FlushError() error { return fmt.Errorf("some middleware: %w", http.ErrNotSupported) }

func TestFlushIsNotSupported(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder} {
		t.Run("the whole page arrives "+mode.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rec, rd := newRecorder(), stream.Renderer{Mode: always(mode), Script: stream.NoScript()}
				err := rd.Render(notAfterAll{rec}, httptest.NewRequest("GET", "/", nil), page(
					html("1"), templ.Flush(), html("2"), slot(after(100*ms, html("3"))), slot(after(200*ms, html("4"))),
				))
				if err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
				want := `<body>12<?start name="1">dots<?end><?start name="2">dots<?end><template for="1">3</template><!/><template for="2">4</template><!/></body>`
				if mode == stream.InOrder {
					want = "<body>1234</body>"
				}
				if got := strings.Join(rec.Unflushed, ""); got != want {
					t.Errorf("page = %q, want %q", got, want)
				}
			})
		})
	}
}

// TestPageAnswers has pages that have answered by themselves.
func TestPageAnswers(t *testing.T) {
	h := stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return nil, nil
	})
	overPipes(t, h, func(t *testing.T, p *pipeline) {
		for range 2 { // the connection stays whole
			res, err := p.get(t, t.Context())
			if err != nil {
				t.Fatalf("Get() = %v", err)
			}
			body, err := io.ReadAll(res.Body)
			if got, want := res.StatusCode, http.StatusSeeOther; got != want {
				t.Errorf("status = %d, want %d", got, want)
			}
			if got, want := res.Header.Get("Location"), "/login"; got != want {
				t.Errorf("Location = %q, want %q", got, want)
			}
			if want := "<a href=\"/login\">See Other</a>.\n\n"; err != nil || string(body) != want {
				t.Errorf("body = %q, %v, want %q", body, err, want)
			}
		}
		p.log.wantNone(t)
	})
}

// A goneContext is one of some middleware whose Err says more.
type goneContext struct{ context.Context }

func (c goneContext) Err() error {
	if err := c.Context.Err(); err != nil {
		return fmt.Errorf("gone: %w", err)
	}
	return nil
}

// TestEarlyDepartures has clients that leave before the first byte: nothing of
// it is an error of the page.
func TestEarlyDepartures(t *testing.T) {
	deaf := half("", func() error { time.Sleep(100 * ms); return nil })
	for _, tt := range []struct {
		name string
		page stream.Page
	}{
		{"a page that listens", pageOf(page(waiting(100*ms, "1")))},
		{"a page that does not", pageOf(page(deaf, html("1")))},
		{"a page that flushes", pageOf(page(slot(after(time.Hour)), deaf, templ.Flush()))},
		{"a page with a boundary", pageOf(page(slot(after(time.Hour)), deaf))},
		{"a page with a boundary in another writer", pageOf(page(upper(slot(after(time.Hour)))))},
		{"a page that fails because of it", pageOf(page(half("", func() error { time.Sleep(100 * ms); return errBoom })))},
		{"a Page that fails because of it", func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			return nil, sleep(r.Context(), 100*ms)
		}},
	} {
		rd := stream.Renderer{ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) { t.Errorf("Error was given %v", err) }}
		h := rd.Handler(tt.page)
		more := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(w, r.WithContext(goneContext{r.Context()}))
		})
		leave := func(t *testing.T, p *pipeline) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*ms)
			defer cancel()
			if _, err := p.get(t, ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Get() = %v, want %v", err, context.DeadlineExceeded)
			}
			time.Sleep(time.Minute)
			p.log.wantNone(t)
		}
		t.Run(tt.name, func(t *testing.T) { overPipes(t, h, leave) })
		t.Run(tt.name+", in a context whose Err says more", func(t *testing.T) { overPipes(t, more, leave) })
	}
}

// TestDeparturesThatSayMore has contexts whose Err wraps context.Canceled.
func TestDeparturesThatSayMore(t *testing.T) {
	long := func(ended *time.Duration) templ.Component {
		return slot(func(ctx context.Context) (templ.Component, error) {
			start := time.Now()
			err := sleep(ctx, time.Hour)
			*ended = time.Since(start).Round(time.Microsecond)
			return nil, err
		})
	}
	for _, tt := range []struct {
		name string
		page func(load templ.Component) templ.Component
	}{
		{"after the shell", func(load templ.Component) templ.Component { return page(load) }},
		{"while the shell is rendered", func(load templ.Component) templ.Component { return page(load, waiting(time.Minute, "")) }},
		{"while the page loads in place", func(load templ.Component) templ.Component { return page(upper(load)) }},
		{"while a view loads in place", func(load templ.Component) templ.Component { return page(slot(after(10*ms, upper(load)))) }},
		{"while a Suspense's children load in place", func(load templ.Component) templ.Component { return page(slot(stream.Prerender(upper(load)))) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				time.AfterFunc(50*ms, cancel)
				var ended time.Duration
				rd := stream.Renderer{Trace: &stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) { t.Errorf("failed: %v", err) }}}
				start := time.Now()
				err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(goneContext{ctx}), tt.page(long(&ended)))
				if !errors.Is(err, context.Canceled) {
					t.Errorf("Render() = %v, want an error that matches %v", err, context.Canceled)
				}
				if got, want := time.Since(start).Round(time.Microsecond), 50*ms; got != want {
					t.Errorf("Render() returned after %v, want %v", got, want)
				}
				if ended == 0 {
					t.Error("the load goes on")
				}
			})
		})
	}
}
