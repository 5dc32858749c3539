package stream

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/sync/errgroup"
)

// loads runs the loads of one response: at most limit at once, the others
// queue. A load that ends, and one whose time passes, settles its boundary and
// wakes the goroutine of the response. Any goroutine may call its methods but
// for those that say that mu is held.
type loads struct {
	limit   int
	group   errgroup.Group // its goroutines never return an error; finish waits for them
	wake    chan struct{}  // capacity 1: something was settled or has returned
	started atomic.Int64   // loads and tasks, ever
	life    lifetime       // of what runs

	starting atomic.Int32 // goroutines of loads that have not had their first turn

	amending atomic.Int32 // boundaries placed by error views within error views, ever

	mu sync.Mutex // guards what follows, and what boundary and task say

	unsettled list        // boundaries that are not settled or whose load is running
	queue     list        // of these, not yet loading, or paused with room again
	arrived   []*boundary // settled, or with more pieces, since the response last looked

	deep int // boundaries below maxLevels, ever

	// How many goroutines run, each counted once.
	running   int // loads that hold a slot of the limit, and those that are paused
	paused    int // sequences that wait for the response
	tasks     int // those of Go, and loads in place
	abandoned int // loads and tasks whose time has passed

	inPlace []*task // loads in place that were abandoned
	noTasks bool    // the time of all tasks has passed
	aborted bool    // a load has panicked with http.ErrAbortHandler
	ended   bool    // nothing can be placed or started any more
}

func (l *loads) init(rd *Renderer) {
	l.limit = rd.Limit
	l.life = newLifetime(rd)
	l.unsettled.links, l.queue.links = unsettledLinks, queueLinks
}

// begin starts the time of a page, unless its Page has started something.
func (l *loads) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.life.isOpen() {
		l.life.start = time.Now()
	}
}

// open makes what loads and tasks need, when the first is met: a page without any
// does not pay for it. mu is held.
func (l *loads) open(request context.Context) {
	if !l.life.isOpen() {
		l.wake = make(chan struct{}, 1)
		l.life.open(request, l.signal, l.shutDown)
	}
}

// startQueued starts loads while the limit allows. mu is held.
func (l *loads) startQueued() {
	for l.queue.first != nil && (l.limit <= 0 || l.running-l.paused < l.limit) {
		b := l.queue.first
		l.queue.remove(b)
		if b.load.phase == loading {
			l.resume(b)
			continue
		}
		if l.isLate(b) {
			continue
		}
		b.load.phase = loading
		l.running++
		l.starting.Add(1)
		l.group.Go(b.run)
	}
}

// isLate reports whether the context of b has ended before its load has started,
// and settles b then. mu is held.
func (l *loads) isLate(b *boundary) bool {
	if !b.settled.Load() && b.load.ctx.Err() == nil {
		return false
	}
	l.settle(b, nil, context.Cause(&b.load.ctx))
	return true
}

// returned is called when the load of b has ended.
func (l *loads) returned(b *boundary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.load.phase = returned
	view, err := b.load.result.view, b.load.result.err
	b.load.result.view, b.load.result.err = nil, nil
	if b.load.abandoned {
		l.abandoned--
		l.unsettled.remove(b)
		b.clear()
		return
	}
	l.running--
	l.settle(b, view, err)
	l.signal() // the response may wait for no more than that
	l.startQueued()
}

// settle notes how the load of b has ended, unless that is known already. mu is
// held.
func (l *loads) settle(b *boundary, view templ.Component, err error) {
	if b.settled.Load() {
		return
	}
	if err != nil {
		err = b.reason(err)
	}
	b.content, b.err = view, err
	b.settled.Store(true)
	if b.load.untimed != nil {
		b.load.untimed()
		b.load.untimed = nil
	}
	if b.load.phase != loading {
		l.unsettled.remove(b)
	}
	if err != nil {
		b.closeSubtree()
		if isAbort(err) {
			l.aborted = true
		}
	}
	l.announce(b)
}

// forget drops what b was made of, since its content has been rendered for the
// last time.
func (l *loads) forget(b *boundary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.over, b.err = true, nil
	b.clear()
}

// clear drops what was given with b once nobody needs it. resp.loads.mu is held.
func (b *boundary) clear() {
	if b.over && b.load.phase != loading {
		b.Load, b.Pieces, b.ErrorView = nil, nil, nil
	}
}

// announce tells the goroutine of the response of b. mu is held.
func (l *loads) announce(b *boundary) {
	if !b.announced {
		b.announced = true
		l.arrived = append(l.arrived, b)
	}
	l.signal()
}

// begun is the first that the goroutine of a load does.
func (l *loads) begun() {
	if l.starting.Add(-1) == 0 {
		l.signal()
	}
}

// signal wakes the goroutine of the response, now or when it next waits.
func (l *loads) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// take returns the boundaries that were announced since the last call.
func (l *loads) take() []*boundary {
	l.mu.Lock()
	defer l.mu.Unlock()
	arrived := l.arrived
	l.arrived = nil
	for _, b := range arrived {
		b.announced = false
	}
	return arrived
}

// anyArrived reports whether take would return anything.
func (l *loads) anyArrived() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.arrived) > 0
}

// names returns the names, by path, of the boundaries whose content was not sent.
func (l *loads) names() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := make(map[string]string)
	note := func(b *boundary) {
		if b.Name != "" {
			names[string(b.appendPath(nil))] = b.Name
		}
	}
	for b := l.unsettled.first; b != nil; b = b.load.unsettled.next {
		note(b)
	}
	for _, b := range l.arrived {
		note(b)
	}
	return names
}

// close refuses what is still to be placed in f, which has been rendered. If
// failed, what was placed in it ends, too.
func (l *loads) close(f *fragment, failed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f.closed = true
	if failed {
		f.owner.closeSubtree()
	}
}

// end refuses whatever is still to be placed or started. It reports whether that
// was so before.
func (l *loads) end() (before bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.ended = l.ended, true
	return before
}

// over reports whether nothing can be placed any more.
func (l *loads) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

// canceled reports whether the context of views has ended. A goroutine of the
// page may be making it just now.
func (l *loads) canceled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.life.isOpen() && l.life.view.Err() != nil
}

// idle reports whether no goroutine of the response is left.
func (l *loads) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running+l.tasks+l.abandoned == 0 && l.queue.first == nil
}

// busy reports whether the response has to wait for a goroutine.
func (l *loads) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running+l.tasks > 0
}

// checkAbort panics if a load has panicked with http.ErrAbortHandler.
func (l *loads) checkAbort() {
	l.mu.Lock()
	aborted := l.aborted
	l.mu.Unlock()
	if aborted {
		panic(http.ErrAbortHandler)
	}
}
