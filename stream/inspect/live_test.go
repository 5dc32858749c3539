package inspect_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/suspense"
)

// A live is an open stream of events.
type live struct {
	*recorder
	leave context.CancelFunc
	done  sync.WaitGroup
}

func follow(t *testing.T, in *inspect.Inspector, query string) *live {
	ctx, leave := context.WithCancel(t.Context())
	l := &live{recorder: newRecorder(), leave: leave}
	l.done.Go(func() { in.ServeHTTP(l, opened(in, "/inspect"+query).WithContext(ctx)) })
	return l
}

func TestLive(t *testing.T) {
	settle := func() {
		time.Sleep(time.Second)
		synctest.Wait()
	}
	t.Run("the list is sent at once and when it changes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := inspect.New(3)
			l := follow(t, in, "?events")
			settle()
			want(t, l.take(), "data: ", "None yet")
			if got := l.header.Get("Content-Type"); got != "text/event-stream" {
				t.Errorf("Content-Type = %q", got)
			}
			settle()
			if got := l.take(); got != "" {
				t.Errorf("nothing has changed, and %q was sent", got)
			}
			var page sync.WaitGroup
			page.Go(func() { _ = visit(in, "/prices", await("a", after(time.Hour))) })
			settle()
			want(t, l.take(), "/prices", "running")
			time.Sleep(time.Minute) // the page's timeout
			page.Wait()
			settle()
			want(t, l.take(), "/prices", `<strong class="bad">1</strong>`)
			if got := in.Watching(); got != 1 {
				t.Errorf("%d look on, want 1", got)
			}
			l.leave()
			l.done.Wait()
			if got := in.Watching(); got != 0 {
				t.Errorf("%d look on, want none", got)
			}
		})
	})
	t.Run("a response is sent until it cannot change any more", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := inspect.New(3)
			_ = visit(in, "/other", html("1"))
			var page sync.WaitGroup
			stubborn := func(context.Context) (string, error) { time.Sleep(time.Minute); return "", nil }
			page.Go(func() {
				_ = visit(in, "/prices", templ.Join(await("a", after(2500*ms)), await("b", stubborn, suspense.Timeout(4*time.Second))))
			})
			synctest.Wait()
			l := follow(t, in, "?id=2&events")
			settle()
			want(t, l.take(), `class="loading"`, "running", "0 failures, 1 chunks")
			settle()
			want(t, l.take(), "1 chunks, 1.20 s in all") // the bars grow
			settle()
			want(t, l.take(), "chunk, 2.50 s")
			page.Wait()
			settle()
			want(t, l.take(), "its load still runs", "timeout after 4s")
			l.done.Wait() // the load has returned
			want(t, l.take(), "its load returned at 60.00 s", "event: end\n")
		})
	})
	t.Run("a busy site is told in pieces", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := inspect.New(3)
			l := follow(t, in, "?events")
			for range 1000 {
				_ = visit(in, "/", await("", after(ms)))
			}
			settle()
			if got := strings.Count(l.take(), "\n\n"); got < 3 || got > 8 {
				t.Errorf("%d events were sent in a second, want about 5", got)
			}
			l.leave()
			l.done.Wait()
		})
	})
}

// TestShutdown shuts a server down while a page is watching.
func TestShutdown(t *testing.T) {
	in := inspect.New(1)
	server := httptest.NewServer(in)
	defer server.Close()
	for range 2 {
		res, err := http.Get(in.URL(server.URL + "/?events"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if _, err := bufio.NewReader(res.Body).ReadString('>'); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := server.Config.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown() = %v, want nil", err)
	}
}
