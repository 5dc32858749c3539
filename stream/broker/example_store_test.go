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
	retain broker.Retention
	mu     sync.Mutex
	events []storedEvent
	ended  map[string]broker.Mark
	more   chan struct{} // closed when there is more
}

type storedEvent struct {
	topic string
	event sse.Event
	end   bool // of the topic
}

func newMemoryStore() *memoryStore {
	return &memoryStore{ended: map[string]broker.Mark{}, more: make(chan struct{})}
}

func (s *memoryStore) Retention() broker.Retention { return s.retain }
func (s *memoryStore) Stats() broker.StoreStats    { return broker.StoreStats{Connected: true} }

func (s *memoryStore) Append(_ context.Context, topic string, e sse.Event) (broker.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ended := s.ended[topic]; ended {
		return broker.Mark{}, broker.ErrEnded
	}
	return s.add(storedEvent{topic: topic, event: e}), nil
}

func (s *memoryStore) AppendAfter(_ context.Context, topic string, last uint64, e sse.Event) (broker.Mark, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := uint64(0)
	for i, old := range s.events {
		if old.topic == topic {
			number = uint64(i + 1)
		}
	}
	if number != last {
		return broker.Mark{}, false, nil
	}
	return s.add(storedEvent{topic: topic, event: e}), true, nil
}

func (s *memoryStore) End(_ context.Context, topic string) (broker.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ended := s.ended[topic]; !ended {
		s.ended[topic] = s.add(storedEvent{topic: topic, end: true})
	}
	return s.ended[topic], nil
}

func (s *memoryStore) add(e storedEvent) broker.Mark {
	s.events = append(s.events, e)
	close(s.more)
	s.more = make(chan struct{})
	return s.last()
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
			switch n++; {
			case e.topic != topic:
			case e.end:
				f.End(uint64(n))
			default:
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
	store := newMemoryStore()
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
