package stream

import (
	"context"
	"runtime"
	"time"
)

// patience limits the time for which a response that was not sent whole waits for
// loads to notice that their contexts have ended. The answer to a page that has
// failed waits, too.
const patience = 100 * time.Millisecond

// expire fails b if its context has ended because of a deadline.
func (b *boundary) expire() {
	l := &b.resp.loads
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.load.scope.Err() == context.DeadlineExceeded {
		l.fail(b, context.Cause(b.load.scope))
		l.startQueued()
	}
}

// expireTimed fails every boundary to which the deadline of the response applies.
// It is called after the deadline has passed with cause. The contexts of these
// boundaries end, too, but perhaps a moment later.
func (l *loads) expireTimed(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for b := range l.unsettled.all() {
		if b.timeout() <= 0 {
			l.fail(b, cause)
		}
	}
	l.startQueued()
}

// fail settles b with cause, the cause with which its context ends. A load that is
// running is abandoned. mu is held.
func (l *loads) fail(b *boundary, cause error) {
	if b.load.settled.Load() {
		return
	}
	switch b.load.phase {
	case queued:
		l.queue.remove(b)
	case starting:
		l.starting.remove(b)
		l.running--
	case loading:
		l.abandon(b)
	}
	l.settle(b, nil, cause)
}

// abandon makes the response no longer wait for the load of b. The limit no longer
// counts it. At the end of the response, overdue may call it before expire does. mu is
// held.
func (l *loads) abandon(b *boundary) {
	if b.load.abandoned {
		return
	}
	l.resume(b)
	b.load.abandoned = true
	l.abandoned++
	l.running--
}

// abandonTask makes the response no longer wait for t, a load in place, if t has
// not returned. If late is false, the response waits for t when it ends.
func (l *loads) abandonTask(t *task, late bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case t.ended:
		return
	case !late:
		l.inPlace = append(l.inPlace, t)
		return
	case !l.noTasks:
		l.tasks--
		l.abandoned++
	}
	t.abandoned = true
	l.inPlace = append(l.inPlace, t)
	l.signal() // the response may be waiting for just that
}

// abandonTasks makes the response no longer wait for any task. mu is held.
func (l *loads) abandonTasks() {
	l.noTasks = true
	l.abandoned += l.tasks
	l.tasks = 0
}

// shutDown fails all loads that have not ended, because Renderer.Until is done. It
// abandons them.
func (l *loads) shutDown() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.life.stop(ErrShutdown)
	for b := range l.unsettled.all() {
		if b.load.phase == loading {
			l.abandon(b)
		}
		l.fail(b, ErrShutdown)
	}
	l.abandonTasks()
	l.signal()
}

// finish ends the loads, waits for them, and returns those that were abandoned and
// are still running. It abandons a load whose time has passed. If the page was not
// sent whole, it abandons all loads when the patience is over. Only the first call
// has an effect.
func (l *loads) finish(whole bool) (abandoned []*boundary) {
	if l.end() || !l.life.isOpen() {
		return nil
	}
	if l.life.stay != nil {
		defer l.life.stay() // until may still end the loads that are waited for here
	}
	if l.life.unhook != nil {
		l.life.unhook()
	}
	l.life.cancel(errEnded)
	var last time.Time
	if !whole {
		last = time.Now().Add(patience)
	}
	next := l.overdue(time.Now(), last)
	for l.busy() {
		l.sleep(next)
		// No load begins any more, so none is overdue before next.
		if now := time.Now(); !next.IsZero() && !next.After(now) {
			next = l.overdue(now, last)
		}
	}
	if !l.idle() {
		// Most loads whose time has passed have noticed it and are about to return.
		runtime.Gosched()
		settle()
	}
	if l.idle() {
		l.workers.Wait()
		if l.group != nil {
			_ = l.group.Wait()
		}
		return nil
	}
	return l.leftBehind()
}

// cancel ends the contexts of the loads. It does not wait for the loads.
func (l *loads) cancel() {
	l.mu.Lock()
	open := l.life.isOpen()
	l.mu.Unlock()
	if open {
		l.life.cancel(errEnded)
	}
}

// sleep returns when a load has returned or, if t is not zero, at the time t.
func (l *loads) sleep(t time.Time) {
	var over <-chan time.Time
	if !t.IsZero() {
		timer := time.NewTimer(time.Until(t))
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-l.wake:
	case <-over:
	}
}

// overdue abandons the loads and tasks whose time has passed, when the response has
// ended. It returns the instant at which the time of the next one passes, or zero if
// there is none. The time of tasks passes at the deadline of the response. If last is
// not zero, the time of all passes at last.
func (l *loads) overdue(now, last time.Time) (next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	atMost := func(t time.Time) time.Time {
		if t.IsZero() || !last.IsZero() && last.Before(t) {
			return last
		}
		return t
	}
	deadline := atMost(l.life.deadline)
	earlier := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for b := range l.unsettled.all() {
		if b.load.phase != loading || b.load.abandoned {
			continue
		}
		t, _ := b.load.scope.Deadline()
		if t = atMost(t); t.IsZero() {
			continue
		}
		if t.After(now) {
			earlier(t)
		} else {
			l.abandon(b)
		}
	}
	l.startQueued() // the contexts of queued loads have ended, so it settles them
	if !deadline.IsZero() && !deadline.After(now) {
		l.abandonTasks()
	} else if l.tasks > 0 && !deadline.IsZero() {
		earlier(deadline)
	}
	return next
}

// leftBehind returns the loads that were abandoned and are still running.
func (l *loads) leftBehind() (abandoned []*boundary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for b := range l.unsettled.all() {
		if b.load.abandoned && b.load.phase == loading {
			abandoned = append(abandoned, b)
		}
	}
	for _, t := range l.inPlace {
		if !t.ended {
			abandoned = append(abandoned, t.ctx.owner)
		}
	}
	return abandoned
}
