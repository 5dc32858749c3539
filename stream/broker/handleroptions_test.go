package broker_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

var ids = regexp.MustCompile(`(?m)^id: .*\n`)

// received returns what a handler sends within some time to a client that has an
// id, without ids.
func received(t *testing.T, h http.Handler, after string, within time.Duration) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil)
	r.Header.Set("Last-Event-ID", after)
	h.ServeHTTP(w, r)
	return ids.ReplaceAllString(w.Body.String(), "")
}

func TestHandlerOptions(t *testing.T) {
	type options = broker.HandlerOptions
	t.Run("replace those of the broker where they are set", func(t *testing.T) {
		for _, c := range []struct {
			name string
			o    options
			want string // within 25 s
		}{
			{"none", options{}, "retry: 5000\n::"},
			{"another heartbeat", options{Heartbeat: 5 * time.Second}, "retry: 5000\n:::::"},
			{"no heartbeat", options{Heartbeat: -1}, "retry: 5000\n"},
			{"another retry", options{Retry: time.Second}, "retry: 1000\n::"},
			{"no retry", options{Retry: -1}, ":::"},
			{"a life", options{MaxLife: 15 * time.Second}, "retry: 5000\n:"},
		} {
			t.Run(c.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := broker.Broker{Stream: sse.Options{Heartbeat: 10 * time.Second, Retry: 5 * time.Second}}
					got := received(t, b.Topic("news").HandlerWith(c.o), "", 24*time.Second)
					got = strings.ReplaceAll(got, ":\n", ":")
					if strings.HasPrefix(c.want, "retry: 5000\n:::::") {
						if !strings.HasPrefix(got, c.want[:len(c.want)-1]) {
							t.Errorf("received %q, want %q", got, c.want)
						}
					} else if got != c.want {
						t.Errorf("received %q, want %q", got, c.want)
					}
				})
			})
		}
	})
	t.Run("limit the replay", func(t *testing.T) {
		const gap = "event: gap\ndata: expired\n\n"
		const end = "event: end\ndata: \n\n"
		for _, c := range []struct {
			name   string
			slow   broker.Policy
			replay int
			missed int
			end    bool
			want   string
		}{
			{"to all that are retained", broker.Disconnect, 0, 3, false, "012"},
			{"to a number, which has been missed", broker.Disconnect, 3, 3, false, "012"},
			{"to a number, which is too small", broker.Disconnect, 2, 3, false, gap},
			{"to none", broker.Disconnect, -1, 1, false, gap},
			{"to none, where nothing was missed", broker.Disconnect, -1, 0, false, ""},
			{"to a number and the end", broker.Disconnect, 3, 3, true, "012" + end},
			{"to a number that is too small, before an end", broker.Disconnect, 2, 3, true, gap},
			{"to none, where only the end was missed", broker.Disconnect, -1, 0, true, end},
			{"to the last ones", broker.DropOldest, 2, 3, false, "12"},
			{"to the last ones and the end", broker.DropOldest, 2, 3, true, "12" + end},
			{"to none without a gap", broker.DropOldest, -1, 3, false, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := broker.Broker{Slow: c.slow, Stream: sse.Options{Heartbeat: -1}}
					topic := b.Topic("news")
					start, err := topic.Position(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					for i := range c.missed {
						publish(t, topic, fmt.Sprint(i))
					}
					if c.end {
						if err := topic.End(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
					got := received(t, topic.HandlerWith(options{Replay: c.replay}), start, time.Second)
					got = regexp.MustCompile(`(?m)^data: (\d)\n\n`).ReplaceAllString(got, "$1")
					if got != c.want {
						t.Errorf("received %q, want %q", got, c.want)
					}
				})
			})
		}
	})
}

func TestTopicStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broker.Broker{Retain: broker.Retention{Count: 2, Age: time.Minute}}
		news, weather := b.Topic("news"), b.Topic("weather")
		want := func(topic broker.Topic, want broker.TopicStats) {
			t.Helper()
			synctest.Wait()
			got := topic.Stats()
			if (got.Bytes > 0) != (got.Events > 0) {
				t.Errorf("Stats().Bytes = %d of %d events", got.Bytes, got.Events)
			}
			if got.Bytes = 0; got != want {
				t.Errorf("Stats() = %+v, want %+v", got, want)
			}
		}
		want(news, broker.TopicStats{})
		ctx, leave := context.WithCancel(t.Context())
		for range 2 {
			hear(ctx, &b, "news", "")
		}
		for range 3 {
			publish(t, news, "x")
			synctest.Wait()
		}
		want(news, broker.TopicStats{Subscribers: 2, Events: 2, Published: 3, Delivered: 6})
		want(weather, broker.TopicStats{})
		hear(ctx, &b, "news", "garbage")
		want(news, broker.TopicStats{Subscribers: 3, Events: 2, Published: 3, Delivered: 6, Gaps: 1})
		leave()
		if err := news.End(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(news, broker.TopicStats{Events: 3, Ended: true, Published: 4, Delivered: 6, Gaps: 1})
		time.Sleep(2 * time.Minute)
		want(news, broker.TopicStats{})
	})
}
