package stream

// work is a goroutine that runs loads, one after the other. Before it runs one, it
// starts the goroutine for the next. The scheduler runs the goroutine that was
// started last as soon as this one waits. So all loads of a page begin in one turn
// of the page, however busy the server is, and loads that take no time share a
// goroutine.
//
// The goroutine keeps little on its stack, since a waiting page has one for each
// load.
func (l *loads) work() {
	defer l.workers.Done()
	defer l.startNext() // a load can end the goroutine
	for b := l.next(true); b != nil; b = l.next(false) {
		b.run()
	}
}

// next takes the next load that is to be run. If there is none, it returns nil.
// called says that a goroutine of work has just begun.
func (l *loads) next(called bool) *boundary {
	l.mu.Lock()
	defer l.mu.Unlock()
	if called {
		l.called = false
	}
	b := l.starting.first
	if b != nil {
		l.starting.remove(b)
	}
	l.startWorker()
	if l.rallying && l.starting.first == nil {
		l.signal()
	}
	return b
}

// startWorker starts a goroutine of work if there is a load for it. mu is held.
func (l *loads) startWorker() {
	if l.starting.first != nil && !l.called {
		l.called = true
		l.workers.Add(1)
		go l.worker() // waited for by finish
	}
}

// startNext is startWorker for callers that do not hold mu.
func (l *loads) startNext() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.startWorker()
}

// rally waits until all loads have begun that the limit allows.
func (l *loads) rally() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.starting.first != nil {
		l.rallying = true
		l.mu.Unlock()
		<-l.wake
		l.mu.Lock()
	}
	l.rallying = false
}
