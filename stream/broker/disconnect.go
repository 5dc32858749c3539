package broker

// Disconnect ends the streams of the clients that match, and returns how many.
// It does not wait for them, nor for events that are on their way. None of them
// is sent what is published from then on. Their streams end at once and tell
// them nothing, unlike those that Shutdown ends, so that each client comes back
// after the time it waits anyway: Stream.Retry, or what its browser takes. It is
// for Authorize to refuse it then, so a logout first ends the session and then
// disconnects. A client that is just being authorized is asked for again.
//
// match is called without a lock, once for each client.
func (b *Broker) Disconnect(match func(topic, subject string) bool) int {
	b.init()
	n := 0
	for _, s := range b.everyone() {
		if match(s.feed.name, s.subject) && s.disconnect() {
			n++
		}
	}
	return n
}

// everyone returns the clients.
func (b *Broker) everyone() []*subscriber {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rounds++
	clients := make([]*subscriber, 0, b.clients)
	for _, f := range b.feeds {
		f.mu.Lock()
		for s := range f.subs {
			if !s.local {
				clients = append(clients, s)
			}
		}
		f.mu.Unlock()
	}
	return clients
}

// disconnect ends a subscription from outside. It reports false if that has
// been done before, or if the client has gone.
func (s *subscriber) disconnect() bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	_, there := s.feed.subs[s]
	if !there || s.stopped {
		return false
	}
	s.stopped = true
	close(s.stop)
	return true
}
