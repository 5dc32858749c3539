package broker

import (
	"context"
	"errors"
	"iter"
	"time"
)

// A Run identifies a topic that a function writes: see Broker.Start. Its fields
// are letters, digits, dots and dashes. A page keeps them in its URL.
type Run struct {
	// Topic is the name of the topic. It cannot be guessed. Only the run publishes on it.
	Topic string
	// Position is the position before the first event of the topic.
	Position string
}

// RunOptions configure one call of Broker.Start. The zero value means no limits.
type RunOptions struct {
	// Timeout limits the run. Zero or less means no limit.
	Timeout time.Duration
	// Unwatched limits the time that the run goes on while its topic has no
	// subscribers. It counts from Start until the first subscriber comes, and again
	// whenever the last one has left. With a Store, subscribers in other processes
	// count, too, and for up to 10 s after they have left. While the process of the run
	// cannot reach the Store, the run goes on. Zero or less means no limit.
	Unwatched time.Duration
}

// Start calls produce in a goroutine of its own and publishes each string that its
// sequence yields as the data of an event, on a new topic. When the sequence ends,
// the topic ends: see Topic.End. Topic.Data reads the topic. The run belongs to no
// request. Readers come, leave and return while it goes on and afterwards, for as
// long as the Retention of the broker keeps the events. Set Retain so that it keeps
// a whole answer: each string is one event.
//
// A second call with the same key calls nothing and returns the Run of the first
// one, until the events of that run are no longer retained. So a form that carries
// a random key starts one run, even if it is sent twice. A key that visitors
// choose must be made unique to the visitor, who would otherwise be given the Run
// of another one. An empty key is never the same.
//
// With a Store, a key starts one run in all processes and brokers that share the
// Store, and any of them returns its Run. While the run goes on, its process says so
// every 5 s. If it says nothing for 15 s, since it has been killed or cannot reach the
// Store, each process with readers ends the topic, and the readers receive a
// *FailedError with the Reason "lost". The run keeps its key: to ask again, use
// another one. If the process returns after that, its run is cancelled. With a
// Retention.Age below a minute, these times are shorter: a twelfth and a quarter of
// it.
//
// The context of produce has the values of ctx. It does not end with ctx. It ends
// when the topic ends before the sequence does: after Topic.Stop, in any process
// that shares the Store, after one of the limits in o, or when Shutdown has been
// called. Shutdown waits for the run. If the sequence yields an error or panics,
// the error is logged, and readers receive a *FailedError. If the Store is out of reach
// when the topic has to end, Start tries again until it has ended.
//
// A string may end within a character. Start holds such bytes back until the next
// string. Line ends become LF.
//
// Start returns ErrRuns, ErrTopics, ErrClosed and, with a Store, ErrUnavailable or
// an error of the Store. It panics if produce is nil.
func (b *Broker) Start(ctx context.Context, key string, o RunOptions, produce func(context.Context) iter.Seq2[string, error]) (Run, error) {
	if produce == nil {
		panic("broker: Start with a nil function")
	}
	b.init()
	r := &run{b: b, key: key, settled: make(chan struct{})}
	writing, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	r.cancel = cancel
	switch first, err := b.addRun(r); {
	case errors.Is(err, ErrRuns) && b.Store != nil && key != "":
		cancel(nil)
		return b.elsewhere(ctx, key)
	case err != nil:
		cancel(nil)
		return Run{}, err
	case first != r:
		cancel(nil)
		<-first.settled
		return first.won, first.err
	}
	won, known, err := r.join(ctx)
	r.settle(won, err)
	switch {
	case err != nil && known: // the run ends at once
		produce = func(context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) { yield("", err) }
		}
	case err != nil:
		cancel(nil)
		r.finish()
		return won, err
	case won != r.Run:
		go func() { // stopRuns waits for it
			defer r.finish()
			defer cancel(nil)
			_ = b.Topic(r.Topic).End(context.WithoutCancel(ctx)) // nobody knows it
		}()
		return won, nil
	}
	r.start(writing, o, produce)
	return won, err
}

// Stop ends the topic of a run early, for example when its reader presses a stop
// button. Readers receive what has been published and a *FailedError with the
// Reason "stopped". The context of the function that writes the topic ends. If that
// is in another process, it ends with the next string that the function yields.
//
// Stop of a topic that has ended does nothing. Without a Store, nor does Stop of a
// topic that no run writes. With a Store, such a topic is ended: check the name of a
// topic that a request asks for. Stop returns the errors of End.
func (t Topic) Stop(ctx context.Context) error {
	b := t.b
	b.init()
	if !goodName(t.name) {
		return ErrTopic
	}
	b.mu.Lock()
	r := b.runs[t.name]
	b.mu.Unlock()
	if r == nil && b.Store == nil {
		return nil
	}
	err := t.fail(ctx, endStopped)
	if r != nil {
		r.cancel(endStopped)
	}
	return err
}

// addRun records a run and, without a Store, creates its feed. If there is a run with
// the same key, addRun returns that one.
func (b *Broker) addRun(r *run) (first *run, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if first := b.keys[r.key]; first != nil && r.key != "" {
		return first, nil
	}
	if b.ending || b.closed.Load() {
		return nil, ErrClosed
	}
	if n := b.Limits.Runs; n > 0 && len(b.runs) >= n {
		return nil, ErrRuns
	}
	if b.Store == nil {
		r.Topic = runTopic("")
		f, err := b.feed(r.Topic)
		if err != nil {
			return nil, err
		}
		r.Position = makeID(f.epoch, b.ids.last.Load())
	} else {
		r.Topic = runTopic(b.lease())
	}
	b.runs[r.Topic] = r
	if r.key != "" {
		b.keys[r.key] = r
	}
	return r, nil
}

// stopRuns ends all runs and waits for them, or for the end of ctx.
func (b *Broker) stopRuns(ctx context.Context) error {
	b.mu.Lock()
	if !b.ending {
		b.ending = true
		close(b.stopping)
		if len(b.runs) == 0 {
			close(b.written)
		}
	}
	for _, r := range b.runs {
		r.cancel(endShutdown)
	}
	b.mu.Unlock()
	return await(ctx, b.written)
}
