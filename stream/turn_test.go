package stream_test

import (
	"context"
	"io"
	"iter"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// A busyServer has one processor. Another goroutine counts the turns of the
// scheduler.
type busyServer struct {
	turns atomic.Int64
	stop  chan struct{}
}

func newBusyServer(t *testing.T) *busyServer {
	testkit.SkipWithRace(t, "the race detector makes the order of goroutines random")
	undo, procs := stream.AsInProduction(), runtime.GOMAXPROCS(1)
	s := &busyServer{stop: make(chan struct{})}
	done := make(chan struct{})
	go func() { // waited for by the cleanup
		defer close(done)
		for {
			select {
			case <-s.stop:
				return
			default:
				s.turns.Add(1)
				runtime.Gosched()
			}
		}
	}()
	t.Cleanup(func() {
		close(s.stop)
		<-done
		runtime.GOMAXPROCS(procs)
		undo()
	})
	return s
}

// serve serves a page of boundaries with that load at path. It returns the body, and
// the number of turns between the end of the page component and the first flush.
func (s *busyServer) serve(t *testing.T, path string, boundaries int, load func(shell <-chan struct{})) (body string, turns int64) {
	t.Helper()
	return s.servePage(t, path, func(shell <-chan struct{}) []templ.Component {
		return several(boundaries, func() (templ.Component, error) {
			load(shell)
			return html("content"), nil
		})
	})
}

// several returns n boundaries with that load.
func several(n int, load func() (templ.Component, error)) []templ.Component {
	parts := make([]templ.Component, n)
	for i := range parts {
		parts[i] = stream.Boundary{Fallback: html("…"), Load: func(context.Context) (templ.Component, error) { return load() }}
	}
	return parts
}

// servePage is serve for a page of any parts.
func (s *busyServer) servePage(t *testing.T, path string, content func(shell <-chan struct{}) []templ.Component) (body string, turns int64) {
	t.Helper()
	shell := make(chan struct{})
	var atEnd int64
	parts := append(content(shell), templ.ComponentFunc(func(context.Context, io.Writer) error {
		atEnd = s.turns.Load()
		return nil
	}))
	w := &flushedRecorder{ResponseRecorder: httptest.NewRecorder(), flushed: func() {
		turns = s.turns.Load() - atEnd
		close(shell)
	}}
	if err := stream.Render(w, httptest.NewRequest("GET", path, nil), page(parts...)); err != nil {
		t.Fatal(err)
	}
	return w.Body.String(), turns
}

// A flushedRecorder calls flushed at its first flush.
type flushedRecorder struct {
	*httptest.ResponseRecorder
	flushed func()
}

func (w *flushedRecorder) Flush() {
	if w.flushed != nil {
		w.flushed()
		w.flushed = nil
	}
}

// The shell of a page whose loads take long leaves within the page's turn, however busy
// the server is.
func TestShellLeavesAtOnce(t *testing.T) {
	// Some pages look whether loads need little time. Others are preempted, and how many
	// depends on the machine, so the median of three runs counts.
	const pages, most = 100, 12
	s := newBusyServer(t)
	var late [3]float64
	for i := range late {
		for range pages {
			if _, turns := s.serve(t, "/at-once", 20, func(shell <-chan struct{}) { <-shell }); turns > 0 {
				late[i]++
			}
		}
	}
	if testkit.Median(late[:]) > most {
		t.Errorf("the shells of %v of %d pages waited for other goroutines, want at most %d", late, pages, most)
	}
}

// Content of loads that yield once stands in place: on every page of a route whose
// loads do so, and soon on a route whose loads took longer before.
func TestYieldingLoadsStandInPlace(t *testing.T) {
	s := newBusyServer(t)
	streamed := func(path string, load func(<-chan struct{})) bool {
		body, _ := s.serve(t, path, 10, load)
		return strings.Contains(body, "<?start")
	}
	yields := func(<-chan struct{}) { runtime.Gosched() }
	blocks := func(shell <-chan struct{}) { <-shell }
	for range 100 {
		if streamed("/yielding", yields) {
			t.Fatal("a page whose loads yield once was streamed")
		}
	}
	for range 5 {
		if !streamed("/changing", blocks) {
			t.Fatal("a page whose loads wait for the shell was not streamed")
		}
	}
	n := 1
	for streamed("/changing", yields) {
		n++
	}
	if n > 16 {
		t.Errorf("page %d after the change is the first one in place, want the 16th at the latest", n)
	}
}

// A page may look several times. If no load is running, it gives its turn to another page.
// Otherwise the turns might always fall to pages that have nothing to wait for.
func TestOnePageOfARoundLooks(t *testing.T) {
	s := newBusyServer(t)
	streamed := func(path string, within []templ.Component) bool {
		body, _ := s.servePage(t, path, func(<-chan struct{}) []templ.Component {
			return several(1, func() (templ.Component, error) { return templ.Join(within...), nil })
		})
		return strings.Contains(body, "<?start")
	}
	for shift, path := range []string{"/round", "/shifted-round"} {
		for range 5 + shift {
			s.serve(t, path, 3, func(shell <-chan struct{}) { <-shell })
		}
		n := 1
		for n < 100 && streamed(path, several(10, func() (templ.Component, error) {
			runtime.Gosched()
			return html("content"), nil
		})) {
			n++
		}
		if n > 16 {
			t.Errorf("%s: page %d is the first one in place, want the 16th at the latest", path, n)
		}
	}
}

// On a route whose loads take long, the shell of a page with many does not wait for all
// of them to begin, unless some need no time. A sequence whose first piece is there at
// once needs none.
func TestHastyShell(t *testing.T) {
	const n = 60
	s := newBusyServer(t)
	begunAtShell := func(path string, boundary func(load func()) stream.Boundary, quick int32) (all bool) {
		var begun, atShell atomic.Int32
		body, _ := s.servePage(t, path, func(shell <-chan struct{}) []templ.Component {
			parts := make([]templ.Component, n)
			for i := range parts {
				parts[i] = boundary(func() {
					if begun.Add(1) == quick {
						return
					}
					<-shell
					atShell.CompareAndSwap(0, begun.Load())
				})
			}
			return parts
		})
		if !strings.Contains(body, "<?start") || strings.Count(body, "content") < n {
			t.Fatal("the page was not streamed whole")
		}
		return atShell.Load() == n
	}
	loading := func(load func()) stream.Boundary {
		return stream.Boundary{Fallback: html("…"), Load: func(context.Context) (templ.Component, error) {
			load()
			return html("content"), nil
		}}
	}
	yielding := func(load func()) stream.Boundary {
		return stream.Boundary{Fallback: html("…"), Pieces: func(context.Context) iter.Seq2[templ.Component, error] {
			return func(yield func(templ.Component, error) bool) {
				if yield(html("first"), nil) {
					load()
					yield(html("content"), nil)
				}
			}
		}}
	}
	for _, c := range []struct {
		path     string
		boundary func(load func()) stream.Boundary
		quick    int32 // the number of the load that needs no time
		want     bool  // all loads have begun when the shell leaves
	}{
		{"/slow", loading, 0, false},
		{"/one-quick", loading, 3, true},
		{"/one-quick-behind-many", loading, n - 3, true},
		{"/sequences", yielding, 0, true},
	} {
		all := 0
		for range 64 {
			if begunAtShell(c.path, c.boundary, c.quick) {
				all++
			}
		}
		// Each 16th page looks whether loads need little time, and some are preempted.
		if c.want && all < 60 || !c.want && all > 8 {
			t.Errorf("%s: all loads of %d of 64 pages had begun when the shell left", c.path, all)
		}
	}
}

// What a load changes about its goroutine, such as a locked thread, must not reach
// another load.
func TestEachLoadHasAGoroutine(t *testing.T) {
	var mu sync.Mutex
	goroutines := map[string]bool{}
	load := func(context.Context) (templ.Component, error) {
		stack := make([]byte, 64)
		id, _, _ := strings.Cut(string(stack[:runtime.Stack(stack, false)]), " [")
		mu.Lock()
		defer mu.Unlock()
		goroutines[id] = true
		return html("content"), nil
	}
	const n = 20
	parts := make([]templ.Component, n)
	for i := range parts {
		parts[i] = stream.Boundary{Load: load}
	}
	if err := stream.Render(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), page(parts...)); err != nil {
		t.Fatal(err)
	}
	if len(goroutines) != n {
		t.Errorf("%d loads ran in %d goroutines, want %d", n, len(goroutines), n)
	}
}

// A page lets others run between its chunks, and between the contents in one of them, so
// that a shell need not wait for all that was loaded for other pages.
func TestContentGivesWay(t *testing.T) {
	const n = 40
	for _, c := range []struct {
		name string
		page func(shell <-chan struct{}, parts ...templ.Component) templ.Component
	}{
		{"chunks", func(_ <-chan struct{}, parts ...templ.Component) templ.Component { return templ.Join(parts...) }},
		{"contents in a chunk", func(shell <-chan struct{}, parts ...templ.Component) templ.Component {
			return stream.Boundary{Fallback: html("…"), Load: func(context.Context) (templ.Component, error) {
				<-shell
				return templ.Join(parts...), nil
			}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newBusyServer(t)
			shell, turns := make(chan struct{}), map[int64]bool{}
			large := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				turns[s.turns.Load()] = true // only the goroutine of the response calls it
				_, err := io.WriteString(w, strings.Repeat("x", 2<<10))
				return err
			})
			parts := make([]templ.Component, n)
			for i := range parts {
				parts[i] = stream.Boundary{Fallback: html("…"), Load: func(context.Context) (templ.Component, error) {
					<-shell
					return large, nil
				}}
			}
			w := &flushedRecorder{ResponseRecorder: httptest.NewRecorder(), flushed: func() { close(shell) }}
			if err := stream.Render(w, httptest.NewRequest("GET", "/", nil), page(c.page(shell, parts...))); err != nil {
				t.Fatal(err)
			}
			if len(turns) < n*9/10 {
				t.Errorf("%d contents were rendered in %d turns, want nearly one for each", n, len(turns))
			}
		})
	}
}
