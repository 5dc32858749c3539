package stream_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// TestUntil has pages whose server stops after 100 ms. They end at once and
// properly.
func TestUntil(t *testing.T) {
	sorry := func(err *stream.BoundaryError) templ.Component {
		if !errors.Is(err, stream.ErrShutdown) {
			return html("wrong: " + err.Err.Error())
		}
		return html("sorry")
	}
	long, deaf := after(20*time.Second, html("1")), stubborn(20*time.Second, html("1"))
	for _, tt := range []struct {
		name  string
		mode  stream.Mode
		limit int
		c     templ.Component
		want  string
	}{
		{"a load", 0, 0, page(slot(long)), `<body><?start name="1">dots<?end><template for="1">sorry</template><!/></body>`},
		{"a load that does not listen", 0, 0, page(slot(deaf)), `<body><?start name="1">dots<?end><template for="1">sorry</template><!/></body>`},
		{"a load with a time of its own", 0, 0, page(at(stream.Boundary{Timeout: time.Hour, Load: deaf})), `<body><?start name="1"><?end><template for="1">sorry</template><!/></body>`},
		{"a load in the queue", 0, 1, page(slot(deaf), slot(long)), `<body><?start name="1">dots<?end><?start name="2">dots<?end><template for="1">sorry</template><!/><template for="2">sorry</template><!/></body>`},
		{"a load in an error view", 0, 0, page(at(stream.Boundary{Load: long, ErrorView: func(*stream.BoundaryError) templ.Component { return slot(long) }})), `<body><?start name="1"><?end><template for="1">sorry</template><!/></body>`},
		{"in order", stream.InOrder, 0, page(slot(deaf), html("<hr>"), slot(long)), `<body>sorry<hr>sorry</body>`},
		{"complete", stream.Complete, 0, page(slot(deaf), html("<hr>"), slot(long)), `<body>sorry<hr>sorry</body>`},
		{"in place", 0, 0, page(upper(slot(long))), `<body>SORRY</body>`},
		{"in place, and does not listen", 0, 0, page(upper(slot(deaf))), `<body>SORRY</body>`},
		{"before the first byte", 0, 0, page(waiting(100*ms, ""), slot(long)), `<body>sorry</body>`},
		{"what has been loaded stays", 0, 0, page(slot(after(50*ms, html("1"))), slot(long)),
			`<body><?start name="1">dots<?end><?start name="2">dots<?end><template for="1">1</template><!/><template for="2">sorry</template><!/></body>`},
		{"a page without boundaries", 0, 0, page(waiting(100*ms, "1")), `<body>1</body>`},
	} {
		for _, deadline := range []time.Duration{0, time.Minute} {
			name := tt.name
			if deadline > 0 {
				name += ", in a request with a deadline"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					until, stop := context.WithCancel(t.Context())
					time.AfterFunc(100*ms, stop)
					rd := stream.Renderer{Mode: always(tt.mode), Limit: tt.limit, Until: until, ErrorView: sorry, Script: stream.NoScript(), Trace: &quiet}
					rec, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
					if deadline > 0 {
						ctx, cancel := context.WithTimeout(r.Context(), deadline)
						defer cancel()
						r = r.WithContext(ctx)
					}
					start := time.Now()
					if err := rd.Render(rec, r, tt.c); err != nil {
						t.Errorf("Render() = %v, want nil", err)
					}
					if got := time.Since(start).Round(time.Millisecond); got != 100*ms {
						t.Errorf("it took %v, want 100ms", got)
					}
					if got := rec.Body.String(); got != tt.want {
						t.Errorf("page = %q, want %q", got, tt.want)
					}
					time.Sleep(time.Minute) // until the loads that were left behind have ended
				})
			})
		}
	}
	t.Run("it may be done already", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			until, stop := context.WithCancel(t.Context())
			stop()
			rd := stream.Renderer{Until: until, ErrorView: sorry, Script: stream.NoScript(), Trace: &quiet}
			rec, start := httptest.NewRecorder(), time.Now()
			if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(slot(deaf))); err != nil || time.Since(start) > ms {
				t.Errorf("Render() = %v after %v", err, time.Since(start))
			}
			if !strings.Contains(rec.Body.String(), "sorry") {
				t.Errorf("page = %q", rec.Body)
			}
			time.Sleep(time.Minute)
		})
	})
	t.Run("a load that is waited for when the client has left", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			until, stop := context.WithCancel(t.Context())
			ctx, leave := context.WithCancel(t.Context())
			time.AfterFunc(50*ms, leave)
			time.AfterFunc(100*ms, stop)
			rd := stream.Renderer{Until: until, Trace: &quiet}
			start := time.Now()
			err := rd.Render(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(slot(deaf)))
			if got := time.Since(start).Round(time.Millisecond); !errors.Is(err, context.Canceled) || got != 100*ms {
				t.Errorf("Render() = %v after %v, want %v after 100ms", err, got, context.Canceled)
			}
			time.Sleep(time.Minute)
		})
	})
}

// TestShutdown stops a server with two hundred pages that would take twenty
// seconds.
func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until, stop := context.WithCancel(context.Background())
		rd := stream.Renderer{Until: until, Trace: &quiet}
		server := &http.Server{Handler: rd.Handler(pageOf(page(slot(stubborn(20*time.Second, html("1"))), slot(after(20*time.Second, html("2"))))))}
		server.RegisterOnShutdown(stop)
		p := &pipeline{Pipes: testkit.ServePipes(t, "HTTP/1.1", server)}
		var visits sync.WaitGroup
		var whole atomic.Int64
		for range 200 {
			visits.Go(func() {
				res, err := p.get(t, t.Context())
				if err != nil {
					t.Errorf("Get() = %v", err)
					return
				}
				defer func() { _ = res.Body.Close() }()
				if body, err := io.ReadAll(res.Body); err == nil && strings.HasSuffix(string(body), "</body>") {
					whole.Add(1)
				}
			})
		}
		time.Sleep(time.Second)
		start := time.Now()
		if err := server.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown() = %v", err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("Shutdown() took %v, want a second at most", took)
		}
		visits.Wait()
		if got := whole.Load(); got != 200 {
			t.Errorf("%d pages ended properly, want 200", got)
		}
		time.Sleep(time.Minute)
	})
}
