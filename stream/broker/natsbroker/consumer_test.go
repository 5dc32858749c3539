package natsbroker_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// operate returns the stream as an operator sees it.
func operate(t testing.TB, s *embedded.Server, stream string) (jetstream.JetStream, jetstream.Stream) {
	t.Helper()
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	st, err := js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	return js, st
}

func consumers(t testing.TB, s jetstream.Stream) (names []string) {
	list := s.ConsumerNames(t.Context())
	for name := range list.Name() {
		names = append(names, name)
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestConsumers(t *testing.T) {
	s := newServer(t, embedded.Options{})
	node := func(t *testing.T, o natsbroker.Options) (*broker.Broker, jetstream.JetStream, jetstream.Stream) {
		o.Server, o.Stream = s, fmt.Sprint("C", streams.Add(1))
		b := newNode(t, o)
		js, st := operate(t, s, o.Stream)
		return b, js, st
	}
	t.Run("one serves all subscribers of a topic, and ends with the last", func(t *testing.T) {
		b, _, st := node(t, natsbroker.Options{})
		ctx, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 100 {
			events := b.Topic("news").Subscribe(ctx, "")
			all.Go(func() {
				for range events {
				}
			})
		}
		until(t, "subscribers", func() bool { return b.Stats().Subscribers == 100 && b.Stats().Store.Behind == 0 })
		if n := len(consumers(t, st)); n != 1 {
			t.Errorf("%d consumers, want 1", n)
		}
		leave()
		all.Wait()
		until(t, "no consumer", func() bool { return len(consumers(t, st)) == 0 })
	})
	t.Run("one that an operator deletes is made anew, and nothing is lost", func(t *testing.T) {
		b, _, st := node(t, natsbroker.Options{})
		l := listen(t, b, "news", "")
		publish(t, b, "news", "one")
		l.want("one")
		for _, name := range consumers(t, st) {
			if err := st.DeleteConsumer(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
		publish(t, b, "news", "two")
		l.want("one", "two")
		publish(t, b, "news", "three")
		l.want("one", "two", "three")
		if got := b.Stats(); got.Store.Restarts != 1 || got.Store.Err != nil || got.Gaps != 0 {
			t.Errorf("Stats() = %+v, want one restart", got)
		}
	})
	t.Run("a stream that is deleted is made anew, and that is told", func(t *testing.T) {
		b, js, st := node(t, natsbroker.Options{})
		l := listen(t, b, "news", "")
		old := publish(t, b, "news", "one")
		l.want("one")
		if err := js.DeleteStream(t.Context(), st.CachedInfo().Config.Name); err != nil {
			t.Fatal(err)
		}
		l.want("one", broker.ErrGap.Error())
		id := publish(t, b, "news", "two")
		l.want("one", broker.ErrGap.Error(), "two")
		if a, _, _ := strings.Cut(old, "-"); strings.HasPrefix(id, a) {
			t.Errorf("the ids %q and %q have one epoch", old, id)
		}
	})
	t.Run("a node that was away longer than NATS retains tells of a gap", func(t *testing.T) {
		b, js, st := node(t, natsbroker.Options{Retain: broker.Retention{Count: 2}, Heartbeat: time.Second})
		publish(t, b, "weather", "the first of the stream, which stays")
		l := listen(t, b, "news", "")
		publish(t, b, "news", "one")
		l.want("one")
		for _, name := range consumers(t, st) {
			if err := st.DeleteConsumer(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
		subject := strings.TrimSuffix(st.CachedInfo().Config.Subjects[0], "*") + "news"
		for range 80 {
			if _, err := js.Publish(t.Context(), subject, []byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		until(t, "a gap", func() bool { return b.Stats().Gaps > 0 })
	})
	t.Run("what is published on the subject by others arrives", func(t *testing.T) {
		b, js, st := node(t, natsbroker.Options{})
		l := listen(t, b, "news.of", "")
		subject := strings.TrimSuffix(st.CachedInfo().Config.Subjects[0], "*") + "news%2Eof"
		if _, err := js.Publish(t.Context(), subject, []byte("raw")); err != nil {
			t.Fatal(err)
		}
		m := nats.NewMsg(subject)
		m.Header.Set("Rivulet-Event", "gap")
		if _, err := js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		publish(t, b, "news.of", "ours")
		l.want("raw", "ours")
	})
}
