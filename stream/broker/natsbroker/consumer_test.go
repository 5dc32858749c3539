package natsbroker_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
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

func publish(t testing.TB, b *broker.Broker, topic, data string) string {
	t.Helper()
	id, err := b.Topic(topic).Publish(t.Context(), sse.Event{Data: data})
	if err != nil {
		t.Fatalf("Publish() = %v, want nil", err)
	}
	return id
}

// A listener notes what it hears on a topic.
type listener struct {
	t   *testing.T
	mu  sync.Mutex
	got []string
}

// listen subscribes until the test ends.
func listen(t *testing.T, b *broker.Broker, topic, after string) *listener {
	t.Helper()
	l := &listener{t: t}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	t.Cleanup(func() { cancel(); all.Wait() })
	events := b.Topic(topic).Subscribe(ctx, after)
	n := b.Stats().Subscribers
	all.Go(func() {
		for e, err := range events {
			said := e.Data
			if err != nil {
				said = err.Error()
			}
			l.mu.Lock()
			l.got = append(l.got, said)
			l.mu.Unlock()
		}
	})
	until(t, "a subscriber", func() bool { return b.Stats().Subscribers > n })
	return l
}

func (l *listener) want(said ...string) {
	l.t.Helper()
	all := func() string {
		l.mu.Lock()
		defer l.mu.Unlock()
		return strings.Join(l.got, ", ")
	}
	want := strings.Join(said, ", ")
	for end := time.Now().Add(patience); all() != want; runtime.Gosched() {
		if time.Now().After(end) || len(all()) > len(want) {
			l.t.Fatalf("heard %q, want %q", all(), want)
		}
	}
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
		until(t, "subscribers", func() bool { return b.Stats().Subscribers == 100 && b.Stats().Log.Behind == 0 })
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
		if got := b.Stats(); got.Log.Restarts != 1 || got.Log.Err != nil || got.Gaps != 0 {
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

func TestPublish(t *testing.T) {
	s := newServer(t, embedded.Options{})
	l := open(t, natsbroker.Options{Server: s})
	b := &broker.Broker{Log: l}
	t.Run("a request that has been given up does not keep an event from being published", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.Topic("news").Publish(ctx, sse.Event{Data: "x"}); err != nil {
			t.Errorf("Publish() = %v, want nil", err)
		}
	})
	t.Run("an event keeps its name, whatever it is", func(t *testing.T) {
		for _, name := range []string{" padded ", "a/b%2F+c", "\u017c\u00f3\u0142w", "a:b"} {
			after := publish(t, b, "names", "before")
			want := sse.Event{Name: name, Data: "x\n\ny"}
			var err error
			if want.ID, err = b.Topic("names").Publish(t.Context(), want); err != nil {
				t.Fatalf("Publish() = %v, want nil", err)
			}
			for e, err := range b.Topic("names").Subscribe(t.Context(), after) {
				if err != nil || e != want {
					t.Errorf("event = %+v, %v, want %+v", e, err, want)
				}
				break
			}
		}
	})
	t.Run("an event larger than NATS takes is too large", func(t *testing.T) {
		if _, err := b.Topic("news").Publish(t.Context(), sse.Event{Data: strings.Repeat("x", 2<<20)}); !errors.Is(err, broker.ErrTooLarge) {
			t.Errorf("Publish() = %v, want %v", err, broker.ErrTooLarge)
		}
	})
	t.Run("without a server it waits until the deadline", func(t *testing.T) {
		s.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := b.Topic("news").Publish(ctx, sse.Event{Data: "x"}); !errors.Is(err, broker.ErrUnavailable) {
			t.Errorf("Publish() = %v, want %v", err, broker.ErrUnavailable)
		}
		if _, err := b.Topic("news").Position(ctx); !errors.Is(err, broker.ErrUnavailable) {
			t.Errorf("Position() = %v, want %v", err, broker.ErrUnavailable)
		}
	})
	shutdown(t, b)
	t.Run("a log that is closed says so at once", func(t *testing.T) {
		if err := l.Close(); err != nil {
			t.Errorf("Close() = %v, want nil", err)
		}
		if _, err := l.Last(t.Context()); !errors.Is(err, broker.ErrClosed) || errors.Is(err, broker.ErrUnavailable) {
			t.Errorf("Last() = %v, want %v", err, broker.ErrClosed)
		}
	})
}

func TestOpen(t *testing.T) {
	t.Run("says what is wrong with a stream", func(t *testing.T) {
		s := newServer(t, embedded.Options{})
		open(t, natsbroker.Options{Server: s, Stream: "MINE"})
		if _, err := natsbroker.Open(t.Context(), natsbroker.Options{Server: s, Stream: "MINE", Subjects: "others"}); err == nil {
			t.Error("Open() = nil, want an error")
		}
	})
	t.Run("changes the limits, and an id from before is told a gap rather than nothing", func(t *testing.T) {
		s := newServer(t, embedded.Options{})
		o := natsbroker.Options{Server: s, Stream: "LIMITS", Retain: broker.Retention{Count: 1000}}
		b := newNode(t, o)
		publish(t, b, "weather", "the first of the stream, which stays")
		id := publish(t, b, "news", "0")
		for i := range 100 {
			publish(t, b, "news", fmt.Sprint(i))
		}
		o.Retain.Count = 1
		newNode(t, o)
		o.Retain.Count = 2000
		again := newNode(t, o)
		for _, err := range again.Topic("news").Subscribe(t.Context(), id) {
			if !errors.Is(err, broker.ErrGap) {
				t.Errorf("the first is %v, want %v", err, broker.ErrGap)
			}
			break
		}
	})
	t.Run("gives up with its context", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := natsbroker.Open(ctx, natsbroker.Options{URL: "nats://" + freeAddr(t)}); err == nil {
			t.Error("Open() = nil, want an error")
		}
	})
}

// TestNothingIsLeft holds that memory and goroutines come back to where they
// were.
func TestNothingIsLeft(t *testing.T) {
	s := newServer(t, embedded.Options{})
	o := natsbroker.Options{Server: s, Stream: "LEFT"}
	b := newNode(t, o)
	_, st := operate(t, s, "LEFT")
	use := func(n int) {
		for i := range n {
			topic := fmt.Sprint("topic", i%10)
			after, err := b.Topic(topic).Position(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			publish(t, b, topic, strings.Repeat("x", 1000))
			for range b.Topic(topic).Subscribe(t.Context(), after) {
				break
			}
		}
		until(t, "no consumers", func() bool { return len(consumers(t, st)) == 0 })
	}
	use(50)
	goroutines, heap := runtime.NumGoroutine(), inUse()
	use(500)
	until(t, "goroutines", func() bool { return runtime.NumGoroutine() <= goroutines })
	if got := inUse(); got > heap+heap/4+(4<<20) {
		t.Errorf("%d bytes are in use, %d before", got, heap)
	}
	if got := b.Stats(); got.Topics != 0 || got.Events != 0 || got.Subscribers != 0 {
		t.Errorf("Stats() = %+v, want nothing", got)
	}
}

// inUse returns the bytes of live objects.
func inUse() uint64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
