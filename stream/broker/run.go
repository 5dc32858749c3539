package broker

import (
	"context"
	"crypto/rand"
	"iter"
	"time"
)

// A Run identifies a topic that a function writes: see Broker.Start. Its fields
// are letters, digits, dots and dashes. A page keeps them in its URL.
type Run struct {
	// Topic is the name of the topic. It cannot be guessed.
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
	// whenever the last one has left. With a Store, only the subscribers in this
	// process count. Zero or less means no limit.
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
// of another one. An empty key is never the same. Other processes do not know the
// key: there, the second call makes a second run, with a topic of its own.
//
// The context of produce has the values of ctx. It does not end with ctx. It ends
// when the topic ends before the sequence does: after Topic.Stop, in any process
// that shares the Store, after one of the limits in o, or when Shutdown has been
// called. Shutdown waits for the run. If the sequence yields an error or panics,
// the error is logged, and readers receive a *FailedError.
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
	r := &run{b: b, key: key, unwatched: o.Unwatched, Run: Run{Topic: "run." + rand.Text()}}
	if b.Store != nil {
		var err error
		if r.Position, err = b.Topic(r.Topic).Position(ctx); err != nil {
			return Run{}, err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if first := b.keys[key]; first != nil && key != "" {
		return first.Run, nil
	}
	if err := b.addRun(r); err != nil {
		return Run{}, err
	}
	ctx, r.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	release := context.CancelFunc(func() {})
	if o.Timeout > 0 {
		ctx, release = context.WithTimeoutCause(ctx, o.Timeout, endTimeout)
	}
	if r.unwatched > 0 {
		r.idle = time.AfterFunc(r.unwatched, r.checkWatched)
	}
	go func() { // stopRuns waits for it
		defer r.finish()
		defer r.cancel(nil)
		defer release()
		r.write(ctx, produce)
	}()
	return r.Run, nil
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

// addRun records a run and, without a Store, creates its feed. b.mu is held.
func (b *Broker) addRun(r *run) error {
	if b.ending || b.closed.Load() {
		return ErrClosed
	}
	if n := b.Limits.Runs; n > 0 && len(b.runs) >= n {
		return ErrRuns
	}
	if b.Store == nil {
		f, err := b.feed(r.Topic)
		if err != nil {
			return err
		}
		r.Position = makeID(f.epoch, b.ids.last.Load())
	}
	b.runs[r.Topic] = r
	if r.key != "" {
		b.keys[r.key] = r
	}
	return nil
}

// stopRuns ends all runs and waits for them, or for the end of ctx.
func (b *Broker) stopRuns(ctx context.Context) error {
	b.mu.Lock()
	if !b.ending {
		b.ending = true
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
