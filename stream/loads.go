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

// loads runs the loads of one response, at most limit at once. The others wait in
// a queue. When a load ends or its time passes, its boundary is settled and the
// goroutine of the response is woken. Any goroutine may call the methods. Where a
// comment says that mu is held, the caller holds it.
type loads struct {
	limit   int             // zero or less means none
	group   *errgroup.Group // of tasks; nil without any; its goroutines never return an error
	wake    chan struct{}   // capacity 1; wakes the goroutine of the response
	started atomic.Int64    // number of boundaries and tasks so far
	life    lifetime        // of loads and views

	amending atomic.Int32 // number of boundaries placed by error views within error views so far
	deciding atomic.Bool  // a load has failed with an error that decides

	mu sync.Mutex // guards the fields below, and those that other types name

	unsettled list     // boundaries that are not settled, or whose load is running
	queue     list     // boundaries that wait for the limit: to load, or to go on after a pause
	arrived   arrivals // boundaries that were settled or have new pieces since the last take

	deep int32 // number of boundaries below maxLevels so far

	starting list           // boundaries whose load is about to begin
	worker   func()         // the function of a load's goroutine; made once
	workers  sync.WaitGroup // goroutines of loads; an errgroup would allocate a function for each
	begun    int32          // number of loads that have begun
	called   bool           // the goroutine of a load was started and has not begun
	rallying bool           // the goroutine of the response is in rally
	hasty    bool           // rally waits for hastyLoads loads only, unless one has a result
	result   bool           // a load has returned, or a sequence has offered a piece
	left     bool           // the first byte has left

	holding     int32 // boundaries that the first byte waits for
	metCritical bool  // there was one

	// Numbers of loads and tasks. Each is in one of running, tasks and abandoned.
	running   int32 // loads that have begun and those in starting
	paused    int32 // loads in running that wait for room for a piece; limit does not count them
	tasks     int32 // goroutines of Go, and loads in place
	abandoned int32 // loads and tasks that are not waited for

	inPlace []*task // abandoned loads in place
	noTasks bool    // all tasks have been abandoned
	aborted bool    // a load has panicked with http.ErrAbortHandler
	ended   bool    // nothing can be placed or started any more
}

func (l *loads) init(rd *Renderer) {
	l.limit = rd.Limit
	l.life = newLifetime(rd)
	l.queue.kind, l.starting.kind = queueList, queueList
}

// begin starts the time of a page, unless the Page has already started work.
func (l *loads) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.life.isOpen() {
		l.life.start = time.Now()
	}
}

// open makes what loads and tasks need. It is called when the first one is met,
// so that a page without any does not pay for it. mu is held.
func (l *loads) open(request context.Context) {
	if !l.life.isOpen() {
		l.wake = make(chan struct{}, 1)
		l.worker = l.newWorker()
		l.life.open(request, l.signal, l.shutDown)
	}
}

// startQueued starts queued loads while the limit allows. mu is held.
func (l *loads) startQueued() {
	for l.queue.first != nil && (l.limit <= 0 || int(l.running-l.paused) < l.limit) {
		b := l.queue.first
		l.queue.remove(b)
		if b.load.phase == loading {
			l.resume(b)
			continue
		}
		if l.isLate(b) {
			continue
		}
		b.load.phase = starting
		l.running++
		l.starting.add(b)
	}
	l.startWorker()
}

// isLate reports whether b needs no load: it is settled, or its context has ended
// before its load has started. In the second case isLate settles it. mu is held.
func (l *loads) isLate(b *boundary) bool {
	if !b.load.settled.Load() && b.load.scope.Err() == nil {
		return false
	}
	l.settle(b, nil, context.Cause(b.load.scope))
	return true
}

// returned is called when the load of b has returned r.
func (l *loads) returned(b *boundary, r *result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.load.phase, l.result = returned, true
	if b.load.abandoned {
		l.abandoned--
		l.unsettled.remove(b)
		b.clear()
		return
	}
	l.running--
	l.settle(b, r.view, r.err)
	l.tell() // the response may be waiting for just that
	l.startQueued()
}

// settle records how the load of b has ended, unless b is settled already. mu is
// held.
func (l *loads) settle(b *boundary, view templ.Component, err error) {
	if b.load.settled.Load() {
		return
	}
	if err != nil {
		err = b.reason(err)
	}
	b.content, b.err = view, err
	l.release(b)
	b.load.settled.Store(true)
	if b.rare != nil && b.rare.untimed != nil {
		b.rare.untimed()
		b.rare.untimed = nil
	}
	if b.load.phase != loading {
		l.unsettled.remove(b)
	}
	if err != nil {
		b.closeSubtree()
		if isAbort(err) {
			l.aborted = true
		}
		if decides(err) != nil {
			l.deciding.Store(true)
		}
	}
	l.announce(b)
}

// forget drops what b no longer needs, since its content has been rendered for
// the last time.
func (l *loads) forget(b *boundary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.load.forgotten, b.err = true, nil
	b.clear()
}

// clear drops the functions of the caller once neither the response nor the load
// needs them. resp.loads.mu is held.
func (b *boundary) clear() {
	if b.load.forgotten && b.load.phase != loading {
		b.Load, b.ErrorView = nil, nil
		if b.rare != nil {
			b.rare.sequence = nil
		}
	}
}

// announce adds b to arrived and wakes the goroutine of the response. mu is held.
func (l *loads) announce(b *boundary) {
	l.arrived.add(b)
	l.tell()
}

// tell wakes the goroutine of the response, except while it is in rally: it looks at
// all boundaries after that. mu is held.
func (l *loads) tell() {
	if !l.rallying {
		l.signal()
	}
}

// signal wakes the goroutine of the response, or keeps its next wait from
// blocking.
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
	return l.arrived.take()
}

// anyArrived reports whether take would return anything.
func (l *loads) anyArrived() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.arrived.first != nil
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
	for b := range l.unsettled.all() {
		note(b)
	}
	for b := range l.arrived.all() {
		note(b)
	}
	return names
}

// close makes f, which has been rendered, refuse further boundaries. If failed is
// true, it also ends what the owner of f has started.
func (l *loads) close(f *fragment, failed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f.closed = true
	if failed {
		f.owner.closeSubtree()
	}
}

// end makes the response refuse further boundaries and tasks. It reports whether
// it was called before.
func (l *loads) end() (before bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.ended = l.ended, true
	return before
}

// over reports whether end was called.
func (l *loads) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

// canceled reports whether the context of views has ended. Another goroutine may
// be making that context.
func (l *loads) canceled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.life.isOpen() && l.life.view.Err() != nil
}

// unfinished returns the number of loads that are running or about to begin.
func (l *loads) unfinished() int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}

// hasResult reports whether a load has returned, or a sequence has offered a piece.
func (l *loads) hasResult() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.result
}

// idle reports whether no goroutine of the response is running or queued.
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
