package start

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// parts are the boundaries of the page by name, with their titles in the picture.
// The picture itself is another boundary, the last.
var parts = []struct{ name, title string }{
	{"totals", "All flights"},
	{"busiest", "Busiest route"},
	{"worst", "Least punctual"},
	{"hub", "One airport"},
	{"route", "Its first route"},
}

const picture = "picture"

// A timeline records the events of one response. The goroutines of its loads and
// of the response write to it.
type timeline struct {
	start time.Time
	mode  stream.Mode

	mu      sync.Mutex
	shell   time.Duration // when the shell was sent; 0 if it was not
	bytes   int           // size of the shell
	bars    map[string]*bar
	settled chan struct{} // closed when all bars except the picture's are complete
}

// A bar records the events of one boundary, as times since the start. Zero means
// that an event has not happened.
type bar struct {
	Met, Loading, Loaded, Sent time.Duration
	InPlace                    bool
	Failed                     bool
}

type timelineKey struct{}

// timelineOf returns the timeline of the response with the context ctx, or nil.
func timelineOf(ctx context.Context) *timeline {
	t, _ := ctx.Value(timelineKey{}).(*timeline)
	return t
}

// watch returns a Trace that keeps a timeline of each response in its context,
// where the load of the picture finds it.
func watch() *stream.Trace {
	// note changes the bar of a boundary.
	note := func(ctx context.Context, name string, change func(*bar, time.Duration)) {
		t := timelineOf(ctx)
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.bars[name] == nil {
			t.bars[name] = new(bar)
		}
		change(t.bars[name], time.Since(t.start))
		t.settle()
	}
	return &stream.Trace{
		Start: func(ctx context.Context, _ *http.Request, mode stream.Mode) context.Context {
			t := &timeline{start: time.Now(), mode: mode, bars: map[string]*bar{}, settled: make(chan struct{})}
			return context.WithValue(ctx, timelineKey{}, t)
		},
		Flushed: func(ctx context.Context, bytes int) {
			t := timelineOf(ctx)
			t.mu.Lock()
			defer t.mu.Unlock()
			if t.shell == 0 {
				t.shell, t.bytes = time.Since(t.start), bytes
			}
			t.settle()
		},
		Met: func(ctx context.Context, b stream.BoundaryInfo) {
			note(ctx, b.Name, func(bar *bar, now time.Duration) { bar.Met = now })
		},
		Loading: func(ctx context.Context, b stream.BoundaryInfo) context.Context {
			note(ctx, b.Name, func(bar *bar, now time.Duration) { bar.Loading = now })
			return ctx
		},
		Loaded: func(ctx context.Context, b stream.BoundaryInfo, _ error) {
			note(ctx, b.Name, func(bar *bar, now time.Duration) { bar.Loaded = now })
		},
		Sent: func(ctx context.Context, b stream.BoundaryInfo, _ int, inPlace bool) {
			note(ctx, b.Name, func(bar *bar, now time.Duration) { bar.Sent, bar.InPlace = now, inPlace })
		},
		Failed: func(ctx context.Context, err *stream.BoundaryError) {
			note(ctx, err.Name, func(bar *bar, _ time.Duration) { bar.Failed = true })
		},
		LogFailures: true,
	}
}

// settle closes settled when nothing more will happen. In general, the shell and
// every part must have been sent. In a complete page, every part must have been
// loaded. Parts inside a part that has failed are not waited for.
func (t *timeline) settle() {
	if t.mode != stream.Complete && t.shell == 0 {
		return // fast parts are sent in place, before the shell is
	}
	failed := false
	for _, p := range parts {
		b := t.bars[p.name]
		switch {
		case b != nil && b.Failed:
			failed = true
		case b == nil && failed:
		case b == nil, t.mode == stream.Complete && b.Loaded == 0, t.mode != stream.Complete && b.Sent == 0:
			return
		}
	}
	select {
	case <-t.settled:
	default:
		close(t.settled)
	}
}

// Picture waits until all other parts are complete, and draws the events.
func (questions) Picture(ctx context.Context) (Picture, error) {
	t := timelineOf(ctx)
	if t == nil {
		return Picture{}, nil // not in a response
	}
	select {
	case <-t.settled:
	case <-ctx.Done():
		return Picture{}, context.Cause(ctx)
	}
	return t.picture(time.Since(t.start)), nil
}
