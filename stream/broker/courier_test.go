package broker_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestCouriers tests the writes of the goroutines that carry an event to many
// clients.
func TestCouriers(t *testing.T) {
	t.Run("few goroutines write an event to many clients", func(t *testing.T) {
		testkit.SkipWithRace(t, "with the race detector, goroutines take turns at random")
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		var b broker.Broker
		defer func() { _ = b.Shutdown(t.Context()) }()
		topic := b.Topic("news")
		const clients = 100
		written := make(chan string, clients)
		for range clients {
			go topic.Handler().ServeHTTP(&writer{header: http.Header{}, write: func(p []byte) { // ends with Shutdown
				if bytes.Contains(p, []byte("data: x")) {
					written <- goroutine()
				}
			}}, request(t))
		}
		for b.Stats().Subscribers < clients {
			runtime.Gosched()
		}
		publish(t, topic, "x")
		writers := map[string]bool{}
		for range clients {
			writers[<-written] = true
		}
		if got := len(writers); got > clients/10 {
			t.Errorf("%d goroutines have written to %d clients, want few", got, clients)
		}
	})
	for name, fail := range map[string]func(){
		"panics":             func() { panic("boom") },
		"ends the goroutine": runtime.Goexit,
	} {
		t.Run("a ResponseWriter that "+name+" ends its own stream only", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				b := broker.Broker{Logger: slog.New(slog.NewTextHandler(&log, nil))}
				topic := b.Topic("news")
				p := overPipes(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/bad" {
						w = &writer{ResponseWriter: w, write: func(p []byte) {
							if bytes.Contains(p, []byte("data: x")) {
								fail()
							}
						}}
					}
					topic.Handler().ServeHTTP(w, r)
				}))
				good, bad := []*listener{p.begin(t, "/")}, p.begin(t, "/bad")
				good = append(good, p.begin(t, "/"))
				publish(t, topic, "x")
				for _, l := range good {
					if got := l.data(t); got != "x" {
						t.Errorf("data = %q, want %q", got, "x")
					}
				}
				if body, err := io.ReadAll(bad.body); err == nil {
					t.Errorf("the stream looks finished after %q", body)
				}
				synctest.Wait()
				if got := b.Stats().Subscribers; got != 2 {
					t.Errorf("Stats().Subscribers = %d, want 2", got)
				}
				if got := strings.Contains(log.String(), "boom"); got != (name == "panics") {
					t.Errorf("logged %q", log.String())
				}
			})
		})
	}
	t.Run("Shutdown waits for what a courier writes, and sends the rest", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := broker.Broker{Stream: sse.Options{WriteTimeout: time.Minute}}
			topic := b.Topic("news")
			p := overPipes(t, topic.Handler())
			l := p.begin(t, "/")
			publish(t, topic, "one")
			synctest.Wait() // a courier is stuck with it
			publish(t, topic, "two")
			ended := make(chan error, 1)
			go func() { ended <- b.Shutdown(t.Context()) }() // waited for below
			time.Sleep(time.Second)
			for _, want := range []string{"one", "two"} {
				if got := l.data(t); got != want {
					t.Errorf("data = %q, want %q", got, want)
				}
			}
			if end, err := l.lines(); err != io.EOF || !strings.HasPrefix(end, "retry: ") {
				t.Errorf("the stream ends with %q, %v, want a retry and %v", end, err, io.EOF)
			}
			if err := <-ended; err != nil {
				t.Errorf("Shutdown() = %v, want nil", err)
			}
		})
	})
}

// begin is listen for a stream that waits for its first event.
func (p *pipeline) begin(t *testing.T, path string) *listener {
	t.Helper()
	l := p.listen(t, path)
	if line, err := l.body.ReadString('\n'); err != nil || line != ":\n" {
		t.Fatalf("the stream begins with %q, %v", line, err)
	}
	synctest.Wait()
	return l
}

// A writer calls write before each write.
type writer struct {
	http.ResponseWriter // may be nil
	header              http.Header
	write               func([]byte)
}

func (w *writer) Header() http.Header {
	if w.ResponseWriter == nil {
		return w.header
	}
	return w.ResponseWriter.Header()
}

func (w *writer) WriteHeader(status int) {
	if w.ResponseWriter != nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *writer) Write(p []byte) (int, error) {
	w.write(p)
	if w.ResponseWriter == nil {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

func (w *writer) FlushError() error {
	if w.ResponseWriter == nil {
		return nil
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *writer) SetWriteDeadline(d time.Time) error {
	if w.ResponseWriter == nil {
		return nil
	}
	return http.NewResponseController(w.ResponseWriter).SetWriteDeadline(d)
}

// goroutine names the goroutine that calls it.
func goroutine() string {
	stack := make([]byte, 64)
	name, _, _ := bytes.Cut(stack[:runtime.Stack(stack, false)], []byte(" ["))
	return string(name)
}

// request returns a request that lasts as long as the test.
func request(t *testing.T) *http.Request {
	r, err := http.NewRequestWithContext(t.Context(), "GET", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
