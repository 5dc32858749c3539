package browsertest_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// A feed is a topic and the server of its events.
type feed struct {
	broker.Broker

	mu   sync.Mutex
	rows []pages.Row               // what pages show
	down func(http.ResponseWriter) // what answers instead, or nil
	cut  context.CancelFunc        // of the last stream
	last string                    // id that was asked for
	life int                       // of the topic
}

func newFeed(keys ...string) *feed {
	f := &feed{Broker: broker.Broker{Stream: sse.Options{Retry: 50 * time.Millisecond}}}
	for _, key := range keys {
		f.rows = append(f.rows, pages.Row{Key: key, Text: key})
	}
	return f
}

func (f *feed) topic() broker.Topic {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Topic("rows" + strconv.Itoa(f.life))
}

// restart makes a topic that knows nothing of the ids before.
func (f *feed) restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.life++
}

// show changes what the next page shows.
func (f *feed) show(rows ...pages.Row) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows = rows
}

func (f *feed) load(context.Context) ([]pages.Row, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rows, nil
}

func (f *feed) region(name string) live.Region {
	return live.Region{Name: name, URL: "events", Position: func(ctx context.Context) (string, error) {
		return f.topic().Position(ctx)
	}}
}

func (f *feed) send(views ...templ.Component) {
	for _, view := range views {
		if _, err := f.topic().PublishComponent(context.Background(), view); err != nil {
			panic(err)
		}
	}
}

// settle waits until so many streams are open. The server hears later of one that has
// been closed: Chromium may wait up to 5 s for the rest of its answer, to keep the
// connection.
func (f *feed) settle(t *testing.T, v *browsertest.Visit, want int) {
	t.Helper()
	for end := time.Now().Add(browsertest.Patience); f.Stats().Subscribers != want; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d streams are open, want %d", f.Stats().Subscribers, want)
		}
	}
	v.Picture() // the browser has had time for what goes with it
}

// set changes what answers the next request for the events, and ends the
// stream that is open.
func (f *feed) set(down func(http.ResponseWriter)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
	f.cut()
}

// lastAsked returns the id that the last request for the events came with.
func (f *feed) lastAsked() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// abort answers with nothing at all.
func abort(http.ResponseWriter) { panic(http.ErrAbortHandler) }

// files serves the events. It notes every request for them.
func (f *feed) files(state string) map[string]browsertest.File {
	return map[string]browsertest.File{
		"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) { script(w, state) },
		"events": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			f.mu.Lock()
			down := f.down
			f.cut, f.last = cancel, sse.LastEventID(r)
			f.mu.Unlock()
			v.Note("asked")
			if down != nil {
				down(w)
				return
			}
			f.topic().Handler().ServeHTTP(w, r.WithContext(ctx))
			if r.Context().Err() == nil {
				panic(http.ErrAbortHandler)
			}
		},
	}
}
