package broker

import (
	"context"
	"encoding/json"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Log keeps the events of topics outside of the process, so that several
// processes can be brokers of the same topics: see Broker.Log. Package natsbroker
// has one on NATS JetStream. An implementation may be used by any number of
// goroutines, and by several brokers, at once.
//
// A Log numbers the events of all topics with one sequence that only grows. What
// it calls its life changes when the numbers do no longer mean what they meant,
// because the log has been made anew; all processes must see the same one.
type Log interface {
	// Retention says what the log retains of each topic, by now or more. The
	// broker retains as much in memory for each topic that has subscribers.
	Retention() Retention
	// Append adds an event, which has no ID, to a topic and returns its mark
	// when it is kept. It tries for as long as ctx lasts. An error that
	// matches ErrUnavailable leaves open whether the event has been added.
	Append(ctx context.Context, topic string, e sse.Event) (Mark, error)
	// Last returns the mark of the event that was added last, on whichever
	// topic. Whatever is added after Last has been called has a higher number,
	// or has been counted.
	Last(ctx context.Context) (Mark, error)
	// Follow tells f all that the log has of a topic, and then what is added
	// to it, until ctx ends. It goes on by itself when the log has been away.
	// The broker calls it when a topic has its first subscriber and ends ctx
	// when its last has gone; Shutdown waits for it to return.
	Follow(ctx context.Context, topic string, f *Feed)
	// Stats returns the state of the log. The broker fills in Behind.
	Stats() LogStats
}

// A Mark is a place in a Log.
type Mark struct {
	Life   string // of the log
	Number uint64 // of the event at the place, or of the last before it
}

// LogStats say how a Log is.
type LogStats struct {
	// Connected means that the log can be reached as far as is known.
	Connected bool
	// Behind is how many topics with subscribers do not have what the log has:
	// they are just starting, or the log is away.
	Behind int
	// Restarts is how many times following a topic began anew.
	Restarts uint64
	// Err is why the log could not be followed when that last went wrong. It
	// is nil when all is well.
	Err error
}

// MarshalJSON has the text of Err, which package json would leave out.
func (s LogStats) MarshalJSON() ([]byte, error) {
	type plain LogStats
	text := ""
	if s.Err != nil {
		text = s.Err.Error()
	}
	return json.Marshal(struct {
		plain
		Err string `json:",omitempty"`
	}{plain(s), text})
}

const (
	// unavailableAfter is how long the Log may take to add an event.
	unavailableAfter = 5 * time.Second
	// unknownAfter is how long it may take to say where it is. Pages wait for
	// that, and can do without.
	unknownAfter = 2 * time.Second
)

// patient returns a context for a call to the Log that has the deadline of ctx
// but does not end when ctx is cancelled: a change that has been committed is
// published even if the request that made it has been given up.
func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || time.Until(deadline) <= 0 {
		deadline = time.Now().Add(unavailableAfter)
	}
	return context.WithDeadlineCause(context.WithoutCancel(ctx), deadline, ErrUnavailable)
}

// last asks the Log for its last mark.
func (b *Broker) last(ctx context.Context) (Mark, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, unknownAfter, ErrUnavailable)
	defer cancel()
	m, err := b.Log.Last(ctx)
	if err == nil {
		b.learn(m)
	}
	return m, err
}

// learn remembers that the log has a mark. It may be called under any lock.
func (b *Broker) learn(m Mark) {
	b.knownMu.Lock()
	defer b.knownMu.Unlock()
	if b.known.Life != m.Life || b.known.Number < m.Number {
		b.known = m
	}
}

// knows reports whether the log is known to have got as far as the mark.
func (b *Broker) knows(m Mark) bool {
	b.knownMu.Lock()
	defer b.knownMu.Unlock()
	return b.known.Life == m.Life && b.known.Number >= m.Number
}

// locate returns the id that who comes with after begins at. Without one that is
// what its feed has got to, if it is up to date, or what the log says; if the log
// does not say, there is none, and where the subscription begins is a gap. An id
// of the future is asked for, since it may be that of a process that is ahead.
func (b *Broker) locate(ctx context.Context, name, after string) string {
	b.mu.Lock()
	f := b.feeds[name]
	b.mu.Unlock()
	if after == "" && f != nil {
		after = f.place()
	}
	if after == "" {
		if m, err := b.last(ctx); err == nil {
			after = makeID(epoch(m.Life, name), m.Number)
		}
		return after
	}
	b.knownMu.Lock()
	life := b.known.Life
	b.knownMu.Unlock()
	if number, ok := parseID(after, epoch(life, name)); life == "" || ok && !b.knows(Mark{life, number}) {
		_, _ = b.last(ctx) // without an answer the id is judged when the log is back
	}
	return after
}

// appendToLog is Publish with a Log.
func (t Topic) appendToLog(ctx context.Context, e sse.Event) (id string, err error) {
	b := t.b
	longest := e
	longest.ID = makeID(epoch("", t.name), ^uint64(0))
	encoded, err := longest.Encode()
	if err != nil {
		return "", err
	}
	if encoded.Len() > b.retention().Bytes {
		return "", ErrTooLarge
	}
	awaited := b.beginAppend()
	ctx, cancel := patient(ctx)
	defer cancel()
	m, err := b.Log.Append(ctx, t.name, e)
	b.endAppend(t.name, m, err, awaited)
	if err != nil {
		return "", err
	}
	return makeID(epoch(m.Life, t.name), m.Number), nil
}

// beginAppend keeps Shutdown waiting, or reports false after it: a handler may
// have a change to tell of then, which the Log keeps for whoever comes back.
func (b *Broker) beginAppend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Load() {
		return false
	}
	b.appending++
	return true
}

// endAppend notes what has come of an append.
func (b *Broker) endAppend(name string, m Mark, err error, awaited bool) {
	if err == nil {
		b.learn(m)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.counts.published++
		if f := b.feeds[name]; f != nil {
			f.expect(m)
		}
	}
	if !awaited {
		return
	}
	if b.appending--; b.appending == 0 && b.closed.Load() {
		close(b.appended)
	}
}
