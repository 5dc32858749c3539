package broker_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A memoryStore serves several brokers of one program and never drops an event.
// Package natsbroker has a Store for several programs.
type memoryStore struct {
	mu     sync.Mutex
	events []struct {
		topic string
		event sse.Event
	}
	more chan struct{} // closed when there is more
}

func (s *memoryStore) Retention() broker.Retention { return broker.Retention{} }
func (s *memoryStore) Stats() broker.StoreStats    { return broker.StoreStats{Connected: true} }

func (s *memoryStore) Append(_ context.Context, topic string, e sse.Event) (broker.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, struct {
		topic string
		event sse.Event
	}{topic, e})
	close(s.more)
	s.more = make(chan struct{})
	return s.last(), nil
}

func (s *memoryStore) Last(context.Context) (broker.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last(), nil
}

func (s *memoryStore) last() broker.Mark {
	return broker.Mark{Life: "the only one", Number: uint64(len(s.events))}
}

func (s *memoryStore) Follow(ctx context.Context, topic string, f *broker.Feed) {
	f.Start(broker.Mark{Life: "the only one"})
	for n := 0; ctx.Err() == nil; {
		s.mu.Lock()
		events, more := s.events[n:], s.more
		s.mu.Unlock()
		for _, e := range events {
			if n++; e.topic == topic {
				f.Event(uint64(n), e.event)
			}
		}
		f.Through(uint64(n))
		select {
		case <-more:
		case <-ctx.Done():
			f.Lost()
		}
	}
}

// Subscribers of one broker receive the events that another broker publishes, if
// both share a Store.
func ExampleStore() {
	ctx := context.Background()
	store := &memoryStore{more: make(chan struct{})}
	here, there := broker.Broker{Store: store}, broker.Broker{Store: store}
	events := there.Topic("news").Subscribe(ctx, "")
	_, _ = here.Topic("news").Publish(ctx, sse.Event{Data: "hello"})
	for e := range events {
		fmt.Println(e.Data)
		break
	}
	_, _ = here.Shutdown(ctx), there.Shutdown(ctx)
	// Output: hello
}
