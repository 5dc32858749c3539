package broker_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestHooksThatPanic(t *testing.T) {
	for _, where := range []string{"Authorize", "Subject", "topic"} {
		t.Run(where+" takes nothing with it", func(t *testing.T) {
			broken := true
			may := func(who string) {
				if broken && who == where {
					panic(who)
				}
			}
			b := &broker.Broker{
				Limits:    broker.Limits{Subscribers: 1, PerSubject: 1},
				Authorize: func(*http.Request, string) error { may("Authorize"); return nil },
				Subject:   func(*http.Request) string { may("Subject"); return "ada" },
			}
			h := b.Handler(func(*http.Request) string { may("topic"); return "news" })
			func() {
				defer func() {
					if p := recover(); p != where {
						t.Errorf("panic %v, want %v", p, where)
					}
				}()
				ask(h, "GET")
			}()
			broken = false
			if res := ask(h, "GET"); res.StatusCode != http.StatusOK {
				t.Errorf("status = %d, want 200", res.StatusCode)
			}
			if got := b.Stats(); got.Subscribers != 0 || got.Topics != 0 {
				t.Errorf("Stats() = %+v, want nothing", got)
			}
		})
	}
	t.Run("the match of Disconnect holds no lock, and may use the broker", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := &broker.Broker{}
			p := overPipes(t, b.Topic("news").Handler())
			p.listen(t, "/")
			synctest.Wait()
			func() {
				defer func() { _ = recover() }()
				b.Disconnect(func(topic, _ string) bool {
					publish(t, b.Topic(topic), "x")
					panic(topic)
				})
			}()
			if got := b.Stats(); got.Subscribers != 1 || got.Published != 1 {
				t.Errorf("Stats() = %+v, want a subscriber and an event", got)
			}
		})
	})
}

func TestHandlersThatCannotBeBuilt(t *testing.T) {
	for name, build := range map[string]func(){
		"a topic from the request without Authorize": func() { new(broker.Broker).Handler(byPath) },
		"no function for the topic":                  func() { (&broker.Broker{Authorize: everyone}).Handler(nil) },
		"a bad name":                                 func() { new(broker.Broker).Topic("a b").Handler() },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "broker: ") {
					t.Errorf("panic %q, want one of the broker", s)
				}
			}()
			build()
		})
	}
}

func TestSubjectIsThePeer(t *testing.T) {
	for _, c := range []struct{ peer, subject string }{
		{"192.0.2.7:1234", "192.0.2.7"},
		{"[::ffff:192.0.2.7]:1234", "192.0.2.7"},
		{"[2001:db8:1:2:3:4:5:6]:1234", "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:1234", "fe80::/64"},
		{"@", "@"},
	} {
		t.Run(c.peer, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &broker.Broker{}
				ctx, cancel := context.WithCancel(t.Context())
				r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
				r.RemoteAddr = c.peer
				go b.Topic("news").Handler().ServeHTTP(httptest.NewRecorder(), r) // waited for by the bubble
				synctest.Wait()
				var got []string
				b.Disconnect(func(_, subject string) bool {
					got = append(got, subject)
					return false
				})
				cancel()
				if want := []string{c.subject}; !slices.Equal(got, want) {
					t.Errorf("subjects = %q, want %q", got, want)
				}
			})
		})
	}
}

func TestMaxLifeAsksAuthorizeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		b := &broker.Broker{
			Authorize: func(*http.Request, string) error { asked++; return nil },
			Stream:    sse.Options{MaxLife: time.Minute},
		}
		p := overPipes(t, b.Handler(byPath))
		for n := 1; n <= 3; n++ {
			start := time.Now()
			_, err := io.ReadAll(p.listen(t, "/news").body)
			if took := time.Since(start); err != nil || took < 54*time.Second || took > time.Minute || asked != n {
				t.Errorf("the stream ended after %v, %v, asked %d times, want a minute and %d times", took, err, asked, n)
			}
		}
	})
}

func TestHeartbeatsAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{}
		topic := b.Topic("news")
		p := overPipes(t, topic.Handler())
		var listeners []*listener
		for range 20 {
			listeners = append(listeners, p.listen(t, "/"))
		}
		synctest.Wait()
		publish(t, topic, "x")
		for _, l := range listeners {
			l.data(t)
		}
		start := time.Now()
		beats := map[time.Duration]bool{}
		took := make(chan time.Duration)
		for _, l := range listeners {
			go func() { // waited for below
				line, err := l.body.ReadString('\n')
				if err != nil || line != ":\n" {
					t.Errorf("line = %q, %v, want a heartbeat", line, err)
				}
				took <- time.Since(start)
			}()
		}
		for range listeners {
			d := <-took
			if beats[d] = true; d < 12*time.Second || d > 15*time.Second {
				t.Errorf("a heartbeat came after %v, want 12 to 15 s", d)
			}
		}
		if len(beats) < 10 {
			t.Errorf("20 subscribers have %d times of their heartbeats", len(beats))
		}
	})
}

func TestServerShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{Stream: sse.Options{Retry: 10 * time.Second}}
		p := overPipes(t, b.Topic("news").Handler())
		p.server.RegisterOnShutdown(func() { _ = b.Shutdown(context.Background()) })
		l := p.listen(t, "/")
		synctest.Wait()
		done := make(chan error)
		go func() { done <- p.server.Shutdown(context.Background()) }()
		body, err := io.ReadAll(l.body)
		if lines := strings.Split(string(body), "\n"); err != nil || len(lines) != 3 || lines[0] != "retry: 10000" || !strings.HasPrefix(lines[1], "retry: ") {
			t.Errorf("body = %q, %v, want two retry lines", body, err)
		}
		if err := <-done; err != nil {
			t.Errorf("http.Server.Shutdown() = %v, want nil", err)
		}
	})
}

type key struct{}

func TestSend(t *testing.T) {
	t.Run("renders without the values of the context", func(t *testing.T) {
		b := &broker.Broker{}
		topic := b.Topic("news")
		events := topic.Subscribe(t.Context(), "")
		ctx := templ.WithNonce(context.WithValue(t.Context(), key{}, "ada"), "n0nce")
		view := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if v, nonce := ctx.Value(key{}), templ.GetNonce(ctx); v != nil || nonce != "" {
				t.Errorf("the view sees %v and %q, want nothing", v, nonce)
			}
			_, err := io.WriteString(w, "<b>Ada</b>\n<i>Lovelace</i>")
			return err
		})
		id, err := topic.Send(ctx, view)
		if err != nil {
			t.Fatalf("Send() = %v, want nil", err)
		}
		for e, err := range events {
			if want := (sse.Event{ID: id, Data: "<b>Ada</b>\n<i>Lovelace</i>"}); err != nil || e != want {
				t.Errorf("event = %+v, %v, want %+v", e, err, want)
			}
			break
		}
	})
	t.Run("ends with the context", func(t *testing.T) {
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		_, err := new(broker.Broker).Topic("news").Send(ctx, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			cancel(cause)
			<-ctx.Done()
			return context.Cause(ctx)
		}))
		if !errors.Is(err, cause) {
			t.Errorf("Send() = %v, want %v", err, cause)
		}
	})
	t.Run("publishes nothing of a view that fails", func(t *testing.T) {
		b := &broker.Broker{}
		_, err := b.Topic("news").Send(t.Context(), templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "half")
			return io.ErrUnexpectedEOF
		}))
		if !errors.Is(err, io.ErrUnexpectedEOF) || b.Stats().Published != 0 {
			t.Errorf("Send() = %v, Stats() = %+v, want %v and nothing", err, b.Stats(), io.ErrUnexpectedEOF)
		}
	})
}
