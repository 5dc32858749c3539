package broker

import (
	"net/http"
	"net/netip"
)

// Limits bound the resources that clients can take. Zero or less means no limit.
// Subscribers in the same process do not count as clients, but their topics
// count.
type Limits struct {
	// Topics limits the topics that have subscribers or events. Beyond it, clients
	// are refused with the status 503 and Publish returns ErrTopics. With a Store,
	// only topics with subscribers count, and Publish is not limited.
	Topics int
	// Subscribers limits the clients. Further ones are refused with the status
	// 503.
	Subscribers int
	// PerSubject limits the clients of one subject, see Broker.Subject. Further
	// ones are refused with the status 429.
	PerSubject int
	// Reconnects limits the connections per second of the clients that come back
	// after this process has ended, by Shutdown or by a kill. The page loads of live
	// regions that follow stay below it, too. It needs Subscribers: each stream begins
	// with a random time to reconnect, between a half and one and a half of
	// 3*Subscribers/Reconnects seconds. So 25,000 clients at 1,000 per second come
	// back after 37 to 112 s. Shutdown varies that time by up to half once more. A
	// client whose own connection is cut waits as long, unless its browser notices
	// that it was offline. A client whose stream the server ends for another reason
	// reconnects after about Stream.Retry. The limits of processes that end together
	// add up. Zero or less means no limit: after a kill, all clients come back at the
	// same moment.
	Reconnects int
	// Runs limits the runs that go on at once: see Broker.Start. Beyond it, Start
	// returns ErrRuns.
	Runs int
}

// full returns an error if there is no room for another client. b.mu is held.
func (b *Broker) full(subject string) error {
	if n := b.Limits.PerSubject; n > 0 && b.subjects[subject] >= n {
		return errPerSubject
	}
	if n := b.Limits.Subscribers; n > 0 && b.clients >= n {
		return errSubscribers
	}
	return nil
}

// count adds n clients of a subject; n is 1 or -1. b.mu is held.
func (b *Broker) count(subject string, n int) {
	b.clients += n
	if b.Limits.PerSubject <= 0 {
		return
	}
	if b.subjects[subject] += n; b.subjects[subject] == 0 {
		delete(b.subjects, subject)
	}
}

// subject returns the subject of a request.
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
	network, _ := addr.Prefix(64) // one household has a network of 64 bits
	return network.String()
}
