package stream

// work is the goroutine of a load. Before it runs the load, it starts the goroutine
// of the next one. The scheduler runs the goroutine that was started last as soon
// as this one waits. Goroutines that were started together would stand in a queue
// behind those of other pages. So all loads of a page begin in one turn of the page,
// however busy the server is.
//
// The goroutine keeps little on its stack, since a waiting page has one for each
// load.
func (l *loads) work() {
	defer l.workers.Done()
	l.next().run()
}

// next takes the load of a goroutine that has just begun.
func (l *loads) next() *boundary {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.called = false
	b := l.starting.first
	l.starting.remove(b)
	l.startWorker()
	if l.rallying && l.starting.first == nil {
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
