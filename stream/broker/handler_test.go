package broker_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestHandlersThatCannotBeBuilt(t *testing.T) {
	for name, build := range map[string]func(){
		"a topic from the request without Authorize": func() { new(broker.Broker).Handler(byPath) },
		"no function for the topic":                  func() { (&broker.Broker{Authorize: everyone}).Handler(nil) },
		"a bad name":                                 func() { new(broker.Broker).Topic("a b").Handler() },
	} {
		t.Run(name+" panics", func(t *testing.T) {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "broker: ") {
					t.Errorf("panic %q, want one of the broker", s)
				}
			}()
			build()
		})
	}
}

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

func TestHEADIsAnsweredWithoutAStream(t *testing.T) {
	b := &broker.Broker{}
	res := ask(b.Topic("news").Handler(), "HEAD")
	if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Errorf("status = %d, Content-Type = %q, want that of a stream", res.StatusCode, got)
	}
	if got := b.Stats().Subscribers; got != 0 {
		t.Errorf("Stats().Subscribers = %d, want 0", got)
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
