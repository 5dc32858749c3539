package stream

import (
	"context"
	"runtime"
	"time"
)

// patience is how long a response that has not been sent whole waits for loads
// to notice that it has ended. Its client, or who answers in its place, waits as
// long.
const patience = 100 * time.Millisecond

// expire fails b if the reason why its context has ended is time.
func (b *boundary) expire() {
	l := &b.resp.loads
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.load.ctx.Err() == context.DeadlineExceeded {
		l.fail(b, context.Cause(&b.load.ctx))
		l.startQueued()
	}
}

// expireTimed fails every boundary to which the deadline of the response
// applies, which has ended with cause. Their own contexts end with it, but
// perhaps a moment later.
func (l *loads) expireTimed(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for b, next := l.unsettled.first, (*boundary)(nil); b != nil; b = next {
		next = b.load.unsettled.next // fail may remove b
		if b.Timeout <= 0 {
			l.fail(b, cause)
		}
	}
	l.startQueued()
}

// fail settles b with the cause that ends its context. A load that is
// running is abandoned: nobody waits for it, and its slot is free. mu is held.
func (l *loads) fail(b *boundary, cause error) {
	if b.settled.Load() {
		return
	}
	switch b.load.phase {
	case queued:
		l.queue.remove(b)
	case loading:
		l.abandon(b)
	}
	l.settle(b, nil, cause)
}

// abandon waits for b no more. At the end of the response overdue may do so
// before expire does. mu is held.
func (l *loads) abandon(b *boundary) {
	if b.load.abandoned {
		return
	}
	l.resume(b)
	b.load.abandoned = true
	l.abandoned++
	l.running--
}

// abandonTask leaves behind t, a load in place, if it has not returned. Where it
// is not late it has until the end of the response.
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
	l.signal() // the response may be waiting for nothing else
}

// abandonTasks leaves behind all tasks that have not returned. mu is held.
func (l *loads) abandonTasks() {
	l.noTasks = true
	l.abandoned += l.tasks
	l.tasks = 0
}

// shutDown fails all loads that have not ended, because the server is stopping.
// Nobody waits for one that does not listen.
func (l *loads) shutDown() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.life.stop(ErrShutdown)
	for b, next := l.unsettled.first, (*boundary)(nil); b != nil; b = next {
		next = b.load.unsettled.next // fail may remove b
		if b.load.phase == loading {
			l.abandon(b)
		}
		l.fail(b, ErrShutdown)
	}
	l.abandonTasks()
	l.signal()
}

// finish ends the loads, waits for them, and returns those that it has left
// behind: a load whose time has passed, and if not whole any that has not ended
// when the patience is over. It does so once.
func (l *loads) finish(whole bool) (abandoned []*boundary) {
	if l.end() || !l.life.isOpen() {
		return nil
	}
	if l.life.stay != nil {
		defer l.life.stay() // not before: it ends what is waited for here
	}
	l.life.unhook()
	l.life.cancel(errEnded)
	var last time.Time
	if !whole {
		last = time.Now().Add(patience)
	}
	next := l.overdue(time.Now(), last)
	for l.busy() {
		l.sleep(next)
		// Nothing starts any more, so before next none is overdue.
		if now := time.Now(); !next.IsZero() && !next.After(now) {
			next = l.overdue(now, last)
		}
	}
	if !l.idle() {
		// Most of what has run out of time has heard so and is about to return.
		runtime.Gosched()
		settle()
	}
	if l.idle() {
		_ = l.group.Wait()
		return nil
	}
	return l.leftBehind()
}

// sleep returns when a load has returned, or at the time t if it is not zero.
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

// overdue abandons the loads whose time has passed and returns when the next
// one's will have, or zero. Tasks have until the deadline of the response, and
// none has longer than until last, unless that is zero.
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
	for b := l.unsettled.first; b != nil; b = b.load.unsettled.next {
		if b.load.phase != loading || b.load.abandoned {
			continue
		}
		t, _ := b.load.ctx.Deadline()
		if t = atMost(t); t.IsZero() {
			continue
		}
		if t.After(now) {
			earlier(t)
		} else {
			l.abandon(b)
		}
	}
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
	for b := l.unsettled.first; b != nil; b = b.load.unsettled.next {
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
