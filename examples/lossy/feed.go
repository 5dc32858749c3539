package lossy

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Feed serves all its events to whoever comes, or those after the one that a
// client has seen last. The zero value is ready to use.
type Feed struct {
	mu     sync.Mutex
	events []sse.Event
	more   chan struct{} // closed when there are more; nil: nobody waits
}

// Publish adds an event and returns its id.
func (f *Feed) Publish(e sse.Event) (id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e.ID = strconv.Itoa(len(f.events) + 1)
	f.events = append(f.events, e)
	if f.more != nil {
		close(f.more)
		f.more = nil
	}
	return e.ID
}

// Handler serves the feed. Clients are told to come back at once.
func (f *Feed) Handler() http.Handler {
	return sse.Options{Retry: time.Millisecond}.Handler(func(ctx context.Context, s *sse.Stream) error {
		seen, _ := strconv.Atoi(s.LastEventID())
		for {
			events, more := f.after(seen)
			for _, e := range events {
				if err := s.Send(e); err != nil {
					return err
				}
			}
			seen += len(events)
			select {
			case <-more:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	})
}

// after returns what has come after that many events, and what tells of more.
func (f *Feed) after(seen int) ([]sse.Event, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.more == nil {
		f.more = make(chan struct{})
	}
	return f.events[seen:], f.more
}
