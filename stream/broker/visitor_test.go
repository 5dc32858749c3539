package broker_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// A visitor is a subscriber with the ResponseWriter that serves it.
type visitor struct {
	*history
	topic  *modelTopic
	from   int  // the index of the event that is due
	now    int  // what it was for who has seen all
	gap    bool // is due
	slowed bool // it has stopped reading
	left   bool
	cancel context.CancelFunc
	gone   <-chan struct{}
	header http.Header

	mu       sync.Mutex
	blocked  chan struct{} // nil: it reads
	received strings.Builder
	ended    bool
}

func (v *visitor) Header() http.Header { return v.header }
func (v *visitor) WriteHeader(int)     {}
func (v *visitor) Flush()              {}

func (v *visitor) Write(p []byte) (int, error) {
	v.mu.Lock()
	blocked := v.blocked
	v.mu.Unlock()
	if blocked != nil {
		select {
		case <-blocked:
		case <-v.gone:
			return 0, context.Canceled
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.received.Write(p)
}

func (v *visitor) leave() {
	v.left = true
	v.cancel()
}

func (v *visitor) stop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.blocked == nil {
		v.blocked, v.slowed = make(chan struct{}), true
	}
}

func (v *visitor) read() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.blocked != nil {
		close(v.blocked)
		v.blocked = nil
	}
}

// check checks the events received so far. None may be missing, and none may come
// twice. A connected visitor that reads must have all events.
func (v *visitor) check() {
	v.mu.Lock()
	defer v.mu.Unlock()
	blocks := strings.Split(v.received.String(), "\n\n")
	v.received.Reset()
	for _, block := range blocks[:len(blocks)-1] {
		if gap := strings.Contains(block, "event: gap"); gap {
			if !v.gap && !v.topic.forgotten {
				v.Errorf("a gap before %d that there is not: %q", v.from, block)
			}
			v.gap, v.from = false, v.now
			continue
		}
		_, data, _ := strings.Cut(block, "data: ")
		data, id, _ := strings.Cut(data, "\nid: ")
		i, err := strconv.Atoi(data)
		switch {
		case err != nil || i >= len(v.topic.ids) || v.topic.ids[i] != id:
			v.Errorf("received %q, which was not published", block)
		case v.gap:
			v.Errorf("received %d without being told of a gap", i)
		case i < v.from || i > v.from && !(v.slowed && v.b.Slow == broker.DropOldest):
			v.Errorf("received %d, want %d", i, v.from)
		}
		v.from = i + 1
	}
	if v.ended {
		if !v.slowed && !v.left {
			v.Error("the stream has ended without a reason")
		}
		return
	}
	skipped := v.slowed && v.b.Slow == broker.DropOldest && v.topic.oldest(v.b.Retain) == len(v.topic.ids)
	if v.blocked == nil && v.from < len(v.topic.ids) && !skipped {
		v.Errorf("%d has not come, of %d", v.from, len(v.topic.ids))
	}
	if v.blocked == nil && v.gap {
		v.Error("a gap has not been told of")
	}
}
