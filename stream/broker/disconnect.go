package broker

// Disconnect ends the streams of the clients that match and returns their number.
// match is called once for each client, without a lock held. Disconnect waits
// neither for the streams to end nor for events that are being written. A
// disconnected client receives nothing that is published from then on.
//
// A stream that Disconnect ends has no final retry, unlike a stream that Shutdown
// ends. The client therefore reconnects after its usual delay: Stream.Retry, or
// the default of the browser. Authorize has to refuse it then, so a logout ends
// the session first and calls Disconnect after that. A client that is being
// authorized during Disconnect is authorized again.
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

// everyone returns all clients.
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

// disconnect ends the subscription of a client. It reports false if the client
// has left or is disconnected already.
func (s *subscriber) disconnect() bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	_, there := s.feed.subs[s]
	if !there || s.stopped {
		return false
	}
	s.halt()
	return true
}
