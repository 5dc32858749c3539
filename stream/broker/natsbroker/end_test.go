package natsbroker_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// rest returns the data of the events of a topic that has ended or will end.
func rest(t *testing.T, b *broker.Broker, topic, after string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var data []string
	for e, err := range b.Topic(topic).Subscribe(ctx, after) {
		if err != nil {
			t.Fatalf("error after %q: %v", data, err)
		}
		data = append(data, e.Data)
	}
	return strings.Join(data, " ")
}

func TestEnd(t *testing.T) {
	t.Parallel()
	t.Run("reaches all processes and outlives a restart of everything", func(t *testing.T) {
		const topic = "an.answer"
		dir, start := t.TempDir(), ""
		refuses := func(t *testing.T, b *broker.Broker) {
			t.Helper()
			if _, err := b.Topic(topic).Publish(t.Context(), sse.Event{Data: "late"}); !errors.Is(err, broker.ErrEnded) {
				t.Errorf("Publish() = %v, want %v", err, broker.ErrEnded)
			}
		}
		t.Run("before", func(t *testing.T) {
			s := newServer(t, embedded.Options{Dir: dir})
			o := natsbroker.Options{Server: s, Bytes: 64 << 20}
			here, there := join(t, o), join(t, o)
			var err error
			if start, err = here.Topic(topic).Position(t.Context()); err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			all.Go(func() {
				if got := rest(t, there, topic, start); got != "one two" {
					t.Errorf("data = %q, want %q", got, "one two")
				}
			})
			publish(t, here, topic, "one")
			publish(t, here, topic, "two")
			if err := here.Topic(topic).End(t.Context()); err != nil {
				t.Errorf("End() = %v, want nil", err)
			}
			all.Wait()
			refuses(t, here)
			refuses(t, there)
			if err := there.Topic(topic).End(t.Context()); err != nil {
				t.Errorf("End() = %v of another process, want nil", err)
			}
			publish(t, there, "another", "x")
		})
		t.Run("after", func(t *testing.T) {
			s := newServer(t, embedded.Options{Dir: dir})
			b := join(t, natsbroker.Options{Server: s, Bytes: 64 << 20})
			refuses(t, b)
			if got := rest(t, b, topic, start); got != "one two" {
				t.Errorf("data = %q, want %q", got, "one two")
			}
			site := serve(t, b, topic)
			res, err := site.Client().Get(site.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusNoContent {
				t.Errorf("status = %d, want 204", res.StatusCode)
			}
		})
	})
	t.Run("is kept as long as an event", func(t *testing.T) {
		s := newServer(t, embedded.Options{})
		b := newNode(t, natsbroker.Options{Server: s, Retain: broker.Retention{Age: time.Second}})
		if err := b.Topic("news").End(t.Context()); err != nil {
			t.Errorf("End() = %v, want nil", err)
		}
		refused := 0
		until(t, "a topic that is forgotten", func() bool {
			_, err := b.Topic("news").Publish(t.Context(), sse.Event{})
			if errors.Is(err, broker.ErrEnded) {
				refused++
			}
			return err == nil
		})
		if refused == 0 {
			t.Error("an event was published after the end")
		}
	})
	t.Run("of a run comes at once, since one process writes it", func(t *testing.T) {
		s := newServer(t, embedded.Options{})
		o := natsbroker.Options{Server: s, Stream: "ATONCE"}
		here, there := newNode(t, o), newNode(t, o)
		until(t, "an end within less than a lease", func() bool {
			var began time.Time
			r, err := here.Start(t.Context(), "", broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] {
				return func(yield func(string, error) bool) {
					yield("x", nil)
					began = time.Now()
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := rest(t, there, r.Topic, r.Position); got != "x" {
				t.Errorf("data = %q, want %q", got, "x")
			}
			took := time.Since(began)
			for _, b := range []*broker.Broker{here, there} {
				if _, err := b.Topic(r.Topic).Publish(t.Context(), sse.Event{Data: "late"}); !errors.Is(err, broker.ErrEnded) {
					t.Errorf("Publish() = %v after the end, want %v", err, broker.ErrEnded)
				}
			}
			return took < 150*time.Millisecond
		})
	})
	t.Run("needs no permission that publishing does not need", func(t *testing.T) {
		c := newCluster(t)
		o := c.options("ROLLING")
		o.URL = strings.ReplaceAll(o.URL, "nats://", "nats://board:"+secret+"@")
		here, there := newNode(t, o), newNode(t, o)
		for round := range 5 {
			endInTheMiddle(t, fmt.Sprint("round-", round), here, there)
		}
	})
}

// endInTheMiddle ends a topic while two processes publish on it. Events that have
// been published are received, and the publishers are told of the end.
func endInTheMiddle(t *testing.T, topic string, here, there *broker.Broker) {
	start, err := here.Topic(topic).Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const publishers, before = 8, 200
	var all sync.WaitGroup
	var count atomic.Int32
	published := make([][]string, publishers)
	for p := range publishers {
		all.Go(func() {
			b := []*broker.Broker{here, there}[p%2]
			for i := 0; ; i++ {
				data := fmt.Sprint(p, "-", i)
				_, err := b.Topic(topic).Publish(t.Context(), sse.Event{Data: data})
				if errors.Is(err, broker.ErrEnded) {
					return
				}
				if err != nil {
					t.Errorf("Publish() = %v, want nil", err)
					return
				}
				published[p] = append(published[p], data)
				if count.Add(1) == before {
					if err := b.Topic(topic).End(t.Context()); err != nil {
						t.Errorf("End() = %v, want nil", err)
					}
				}
			}
		})
	}
	received := map[string]bool{}
	for data := range strings.FieldsSeq(rest(t, there, topic, start)) {
		received[data] = true
	}
	all.Wait()
	for _, list := range published {
		for _, data := range list {
			if !received[data] {
				t.Errorf("%s was published and not received", data)
			}
		}
	}
}
