package broker

import (
	"net/http"
	"net/netip"
)

// Limits bound what clients can take of the server. Zero or less means no
// limit. Subscribers in the same process are not counted, but what they
// subscribe to is.
type Limits struct {
	// Topics is the most topics that have subscribers or events. A client is
	// refused with the status 503, Publish returns ErrTopics. With a Store only
	// those with subscribers count, and Publish is not bounded.
	Topics int
	// Subscribers is the most clients. More are refused with the status 503.
	Subscribers int
	// PerSubject is the most clients of one subject, see Broker.Subject. More
	// are refused with the status 429.
	PerSubject int
}

// full returns why there is no room for another client. b.mu is held.
func (b *Broker) full(subject string) error {
	if n := b.Limits.PerSubject; n > 0 && b.subjects[subject] >= n {
		return errPerSubject
	}
	if n := b.Limits.Subscribers; n > 0 && b.clients >= n {
		return errSubscribers
	}
	return nil
}

// count counts a client that comes, or goes. b.mu is held.
func (b *Broker) count(subject string, n int) {
	b.clients += n
	if b.Limits.PerSubject <= 0 {
		return
	}
	if b.subjects[subject] += n; b.subjects[subject] == 0 {
		delete(b.subjects, subject)
	}
}

// subject returns who asks.
func (b *Broker) subject(r *http.Request) string {
	if b.Subject != nil {
		return b.Subject(r)
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := peer.Addr().Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	network, _ := addr.Prefix(64) // what one household has
	return network.String()
}
