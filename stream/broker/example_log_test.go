package broker_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A log for two brokers of one program, which forgets nothing. Package natsbroker
// has one for several programs.
type memoryLog struct {
	mu     sync.Mutex
	events []struct {
		topic string
		event sse.Event
	}
	more chan struct{} // closed when there is more
}

func (l *memoryLog) Retention() broker.Retention { return broker.Retention{} }
func (l *memoryLog) Stats() broker.LogStats      { return broker.LogStats{Connected: true} }

func (l *memoryLog) Append(_ context.Context, topic string, e sse.Event) (broker.Mark, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, struct {
		topic string
		event sse.Event
	}{topic, e})
	close(l.more)
	l.more = make(chan struct{})
	return l.last(), nil
}

func (l *memoryLog) Last(context.Context) (broker.Mark, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last(), nil
}

func (l *memoryLog) last() broker.Mark {
	return broker.Mark{Life: "the only one", Number: uint64(len(l.events))}
}

func (l *memoryLog) Follow(ctx context.Context, topic string, f *broker.Feed) {
	f.Start(broker.Mark{Life: "the only one"})
	for n := 0; ctx.Err() == nil; {
		l.mu.Lock()
		events, more := l.events[n:], l.more
		l.mu.Unlock()
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

// What is published with one broker arrives at the subscribers of another that
// has the same log.
func ExampleLog() {
	ctx := context.Background()
	log := &memoryLog{more: make(chan struct{})}
	here, there := broker.Broker{Log: log}, broker.Broker{Log: log}
	events := there.Topic("news").Subscribe(ctx, "")
	_, _ = here.Topic("news").Publish(ctx, sse.Event{Data: "hello"})
	for e := range events {
		fmt.Println(e.Data)
		break
	}
	_, _ = here.Shutdown(ctx), there.Shutdown(ctx)
	// Output: hello
}
