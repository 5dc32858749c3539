package stream

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/sync/errgroup"
)

// loads runs the loads of one response: at most limit at once, the others
// queue. A load that ends, and one whose time passes, settles its boundary and
// wakes the goroutine of the response.
type loads struct {
	limit int
	group errgroup.Group // its goroutines never return an error; response.end waits for them
	wake  chan struct{}  // capacity 1: something was settled or has returned

	started atomic.Int64 // loads and tasks, ever

	mu        sync.Mutex
	running   int  // loads that hold a slot of the limit
	tasks     int  // goroutines of Go, and loads in place
	abandoned int  // loads and tasks that run although their time has passed
	noTasks   bool // the time of all tasks has passed
	aborted   bool
	ended     bool
	queue     []*boundary
	ready     []*boundary // settled since the response last looked
	first     *boundary
	last      *boundary
	inPlace   []*boundary // loads in place that were abandoned
}

// add starts or queues the load of b, which has been met in f.
func (l *loads) add(ctx context.Context, f *fragment, b *boundary) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.admit(ctx, f, b); err != nil {
		return err
	}
	if p := b.resp; p.trace.Met != nil {
		func() {
			l.mu.Unlock()
			defer l.mu.Lock()
			p.trace.Met(p.ctx, b.info())
		}()
	}
	l.queue = append(l.queue, b)
	l.startQueued()
	return nil
}

// admit gives b its number and its contexts.
func (l *loads) admit(ctx context.Context, f *fragment, b *boundary) error {
	p, owner := b.resp, b.parent
	if l.ended || f.closed || f.kind == loadFragment && owner.settled.Load() {
		return errClosed
	}
	p.open(ctx)
	base := owner.scope(b.scopeKind())
	// Where only time has passed, the boundary fails by itself.
	if base.Err() == context.Canceled {
		return context.Cause(base)
	}
	l.started.Add(1)
	owner.children++
	b.index = owner.children
	if b.depth() > 8 && len(b.appendID(nil)) > maxID {
		return errTooDeep
	}
	if b.Timeout > 0 {
		base, b.end = context.WithDeadlineCause(base, time.Now().Add(b.Timeout), &timeoutError{b.Timeout})
	}
	b.state.nonce = p.nonce
	b.load = placeContext{Context: base, values: ctx, owner: b, state: &b.state}
	b.view = placeContext{Context: p.view, values: ctx, owner: b, state: &p.state}
	if l.last == nil {
		l.first = b
	} else {
		l.last.next = b
	}
	l.last = b
	if b.Timeout > 0 {
		context.AfterFunc(base, b.expire)
	}
	return nil
}

// startQueued starts loads while the limit allows.
func (l *loads) startQueued() {
	for len(l.queue) > 0 && (l.limit <= 0 || l.running < l.limit) {
		b := l.queue[0]
		l.queue = slices.Delete(l.queue, 0, 1)
		if b.settled.Load() {
			continue // its time had passed before it was queued
		}
		if b.load.Err() != nil {
			l.settle(b, nil, context.Cause(&b.load))
			continue
		}
		b.phase = loading
		l.running++
		l.group.Go(b.run)
	}
}

// run is the goroutine of a load. What it keeps on its stack counts for every
// load that a page waits for.
func (b *boundary) run() error {
	b.result.err = errGoexit
	defer b.finish()
	if t := b.resp.trace; t.Loading != nil {
		t.Loading(b.resp.ctx, b.info())
	}
	b.result.view, b.result.err = b.Load(&b.load)
	if b.result.err != nil {
		tryError(b.result.err)
	} else if b.result.view == nil {
		b.result.err = errNoView
	}
	return nil
}

// finish is deferred by run, and recovers its panic.
func (b *boundary) finish() {
	if v := recover(); v != nil {
		b.result.err = newPanicError(v)
	}
	if b.resp.trace.Loaded != nil {
		b.result.err = b.tellLoaded(b.result.err)
	}
	b.resp.loads.returned(b)
}

// tellLoaded tells the Trace how the load has ended. A panic of it is the
// load's.
func (b *boundary) tellLoaded(err error) error {
	told := safely(func() error {
		b.resp.trace.Loaded(b.resp.ctx, b.info(), err)
		return nil
	})
	if told != nil {
		return told
	}
	return err
}

// returned is called when the load of b has ended.
func (l *loads) returned(b *boundary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.phase = returned
	if b.abandoned {
		l.abandoned--
		return
	}
	l.running--
	l.settle(b, b.result.view, b.result.err)
	l.startQueued()
	l.signal()
}

// settle notes how the load of b has ended, unless that is known already.
func (l *loads) settle(b *boundary, view templ.Component, err error) {
	if b.settled.Load() {
		return
	}
	if err != nil {
		err = b.reason(err)
	}
	b.content, b.err = view, err
	b.settled.Store(true)
	if err != nil {
		b.closeSubtree()
		if isAbort(err) {
			l.aborted = true
		}
	}
	l.ready = append(l.ready, b)
	l.signal()
}

// reason returns the error of b, whose load has returned err. When its time
// has passed that is the reason, whatever the load makes of its context's end:
// whether the load or the clock is heard first is a matter of luck.
func (b *boundary) reason(err error) error {
	if b.load.Err() == context.DeadlineExceeded && !isAbort(err) {
		return context.Cause(&b.load)
	}
	return cause(&b.load, err)
}

// signal wakes the goroutine of the response, now or when it next waits.
func (l *loads) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// expire fails b if the reason why its context has ended is time.
func (b *boundary) expire() {
	l := &b.resp.loads
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.load.Err() == context.DeadlineExceeded {
		l.fail(b, context.Cause(&b.load))
		l.startQueued()
	}
}

// expireTimed fails every boundary to which the deadline of the response
// applies, which has ended with cause. Their own contexts end with it, but
// perhaps a moment later.
func (l *loads) expireTimed(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for b := l.first; b != nil; b = b.next {
		if b.Timeout <= 0 {
			l.fail(b, cause)
		}
	}
	l.startQueued()
}

// fail settles b with the cause that ends its context. A load that is
// running is abandoned: nobody waits for it, and its slot is free.
func (l *loads) fail(b *boundary, cause error) {
	if b.settled.Load() {
		return
	}
	switch b.phase {
	case queued:
		if i := slices.Index(l.queue, b); i >= 0 {
			l.queue = slices.Delete(l.queue, i, i+1)
		}
	case loading:
		l.abandon(b)
	}
	l.settle(b, nil, cause)
}

// abandon waits for b no more. At the end of the response overdue may do so
// before expire does.
func (l *loads) abandon(b *boundary) {
	if b.abandoned {
		return
	}
	b.abandoned = true
	l.abandoned++
	l.running--
}

// take returns what was settled since the last call, in document order.
func (l *loads) take() []*boundary {
	l.mu.Lock()
	defer l.mu.Unlock()
	ready := l.ready
	l.ready = nil
	slices.SortFunc(ready, func(b, c *boundary) int {
		if b.before(c) {
			return -1
		}
		return 1
	})
	return ready
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

// idle reports whether no goroutine of the response is left.
func (l *loads) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running+l.tasks+l.abandoned+len(l.queue) == 0
}

// busy reports whether the response has to wait for a goroutine.
func (l *loads) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running+l.tasks > 0
}

func (l *loads) taskDone(t *task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.ended = true
	if l.noTasks || t.abandoned {
		l.abandoned--
		return
	}
	l.tasks--
	l.signal()
}

// end refuses whatever is still to be placed or started.
func (l *loads) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
}

// abandonTask leaves behind t, the load in place of b, if it has not returned.
func (l *loads) abandonTask(t *task, b *boundary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case t.ended:
		return
	case !l.noTasks:
		l.tasks--
		l.abandoned++
	}
	t.abandoned, b.task = true, t
	l.inPlace = append(l.inPlace, b)
	l.signal() // the response may be waiting for nothing else
}

// overdue abandons the loads whose time has passed and returns when the next
// one's will have, or zero. Tasks have until deadline.
func (l *loads) overdue(now, deadline time.Time) (next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	earlier := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for b := l.first; b != nil; b = b.next {
		if b.phase != loading || b.abandoned {
			continue
		}
		if t, ok := b.load.Deadline(); ok && !t.After(now) {
			l.abandon(b)
		} else if ok {
			earlier(t)
		}
	}
	if !deadline.IsZero() && !deadline.After(now) {
		l.noTasks = true
		l.abandoned += l.tasks
		l.tasks = 0
	} else if l.tasks > 0 && !deadline.IsZero() {
		earlier(deadline)
	}
	return next
}

// left returns the loads that were abandoned and are still running.
func (l *loads) left() (abandoned []*boundary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for b := l.first; b != nil; b = b.next {
		if b.abandoned && b.phase == loading {
			abandoned = append(abandoned, b)
		}
	}
	for _, b := range l.inPlace {
		if !b.task.ended {
			abandoned = append(abandoned, b)
		}
	}
	return abandoned
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
