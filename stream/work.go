package stream

// newWorker returns the function of a load's goroutine. Before it runs the load, it
// starts the goroutine of the next one. The scheduler runs the goroutine that was
// started last as soon as this one waits. Goroutines that were started together would
// stand in a queue behind those of other pages. So the loads of a page begin in one
// turn of the page, however busy the server is. Behind a hasty shell, the rest of them
// begin later.
//
// The goroutine keeps little on its stack, since a waiting page has one for each
// load. It calls the load itself, without methods between them, and is no method
// value, which is a function around the method: the garbage collector spends more
// time on each frame of a waiting goroutine than on its bytes.
func (l *loads) newWorker() func() {
	return func() {
		defer l.workers.Done()
		b := l.next()
		if b == nil {
			return
		}
		r := result{err: errGoexit}
		defer b.returned(&r)
		switch t := b.resp.trace; {
		case t.Loading != nil || t.Loaded != nil:
			b.runTraced(t, &r)
		case b.isSequence():
			r.err = b.iterate((*loadContext)(b))
		default:
			r.view, r.err = b.Load((*loadContext)(b))
			r.check()
		}
	}
}

// next takes the load of a goroutine that has just begun. It returns nil if none needs to
// begin any more.
func (l *loads) next() *boundary {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.starting.first
	for ; b != nil; b = l.starting.first {
		l.starting.remove(b)
		if !l.isLate(b) {
			b.load.phase = loading
			l.begun++
			break
		}
		l.running--
		l.startQueued() // as called is set, it starts no goroutine
	}
	l.called = false
	l.startWorker()
	if l.rallying && l.beganEnough() {
		l.signal()
	}
	return b
}

// startWorker starts the goroutine of the next load, if there is one and the
// goroutine of the load before it has begun. mu is held.
func (l *loads) startWorker() {
	if l.starting.first != nil && !l.called {
		l.called = true
		l.workers.Add(1)
		go l.worker() // waited for by finish
	}
}

// rally waits until all loads have begun that the limit allows. If hasty is true, it
// does not wait for the others once the first ones have begun and none has a result.
func (l *loads) rally(hasty bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hasty = hasty
	for !l.beganEnough() {
		l.rallying = true
		l.mu.Unlock()
		<-l.wake
		l.mu.Lock()
	}
	l.rallying = false
}

// beganEnough reports whether rally need not wait any longer. mu is held.
func (l *loads) beganEnough() bool {
	return l.starting.first == nil || l.hasty && !l.result && l.begun >= hastyLoads
}

// hastyLoads is the number of loads that begin before a hasty shell leaves. Most pages
// have fewer.
const hastyLoads = 16
