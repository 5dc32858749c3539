package natsbroker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// The end of a topic is two messages. The first is the guard, on a subject of its
// own: processes that find it publish nothing more. The second is the last event
// of the topic, by which the subscribers of every process learn of the end. NATS
// drops both after the same time.
//
// A process does not ask for the guard before each event. It asks once and then has a
// lease: for leaseTime, it may publish without asking. A process that ends a topic
// waits for leaseTime between the guard and the last event, until no lease is left.
// An event that is acknowledged within a lease therefore comes before the last one.
//
// A process that has begun a run does not wait when it ends the topic. It is the only
// one that publishes there, except that another one may say why the run ends early. If
// it says so at the same moment, it comes too late.

// endName is the name of the last event. Programs cannot publish it.
const endName = "end"

// beginName is the name of the first event of a run. Programs cannot publish it.
const beginName = "open"

// leaseTime is how long a process publishes on a topic without asking again
// whether it has ended.
const leaseTime = 200 * time.Millisecond

// errNoTime means that there was no time to wait for leaseTime.
var errNoTime = errors.New("too little time for the end of a topic")

// leases holds the time at which the lease of each topic ends. It forgets leases that
// have ended.
type leases struct {
	begun           map[string]struct{} // topics that this process has begun and not ended
	began           time.Time           // when recent was made
	recent, earlier map[string]time.Time
}

// has reports whether a topic has a lease.
func (l *leases) has(topic string, now time.Time) bool {
	until, ok := l.recent[topic]
	if !ok {
		until = l.earlier[topic]
	}
	return now.Before(until)
}

// give gives a topic a lease that began when NATS was asked.
func (l *leases) give(topic string, asked time.Time) {
	if l.recent == nil || asked.Sub(l.began) > leaseTime {
		l.began, l.recent, l.earlier = asked, map[string]time.Time{}, l.recent
	}
	l.recent[topic] = asked.Add(leaseTime)
}

// end forgets a topic that has ended. It reports whether this process has begun it.
func (l *leases) end(topic string) (begun bool) {
	_, begun = l.begun[topic]
	delete(l.begun, topic)
	delete(l.recent, topic)
	delete(l.earlier, topic)
	return begun
}

// own notes that this process has begun a topic.
func (s *Store) own(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leases.begun == nil {
		s.leases.begun = map[string]struct{}{}
	}
	s.leases.begun[topic] = struct{}{}
}

// ended notes that a topic has ended. It reports whether this process has begun it.
func (s *Store) ended(topic string) (begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leases.end(topic)
}

// mayAppend returns nil if the topic has a lease or gets one. It returns
// broker.ErrEnded if the topic has a guard.
func (s *Store) mayAppend(ctx context.Context, topic string) error {
	asked := time.Now()
	s.mu.Lock()
	leased := s.leases.has(topic, asked)
	s.mu.Unlock()
	if leased {
		return nil
	}
	ended := false
	err := s.persist(ctx, s.aboutStream, func(ctx context.Context) (err error) {
		asked = time.Now()
		ended, err = s.hasGuard(ctx, topic)
		return err
	})
	switch {
	case err != nil:
		return err
	case ended:
		s.ended(topic)
		return broker.ErrEnded
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leases.give(topic, asked)
	return nil
}

// hasGuard asks NATS whether a topic has a guard. The leader of the stream
// answers.
func (s *Store) hasGuard(ctx context.Context, topic string) (bool, error) {
	s.mu.Lock()
	stream := s.stream
	s.mu.Unlock()
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(s.guard(topic)))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if _, missing := s.info(ctx); missing != nil {
			return false, fmt.Errorf("stream %q: %w", s.o.Stream, missing)
		}
	}
	if err != nil {
		return false, err
	}
	return len(info.State.Subjects) > 0, nil
}

// guard returns the subject of the guard of a topic. token does not make such a
// subject of any topic.
func (s *Store) guard(topic string) string { return s.subject(topic) + "%end" }

// End ends a topic for all processes. NATS keeps the end for as long as an event,
// so it outlives restarts. End takes a fifth of a second, in which processes that
// are publishing on the topic learn of it. The process that has begun a run ends it
// without that wait. It retries as Append does. After an
// error the topic may have ended, or may take no events although its subscribers
// are not told. Call End again then.
func (s *Store) End(ctx context.Context, topic string) (broker.Mark, error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	guard := nats.NewMsg(s.guard(topic))
	last := s.message(topic, sse.Event{Name: endName})
	// Calls that follow each other add one end.
	guard.Header.Set(jetstream.MsgIDHeader, guard.Subject)
	last.Header.Set(jetstream.MsgIDHeader, last.Subject)
	if _, err := s.add(ctx, guard); err != nil {
		return broker.Mark{}, err
	}
	if s.ended(topic) {
		m, err := s.add(ctx, last)
		if err != nil {
			s.own(topic) // for the next call
		}
		return m, err
	}
	t := time.NewTimer(leaseTime)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return broker.Mark{}, unavailable(ctx, errNoTime)
	}
	return s.add(ctx, last)
}
