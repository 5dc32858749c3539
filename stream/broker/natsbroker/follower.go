package natsbroker

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// Reasons to replace a consumer.
var (
	errMissed = errors.New("messages of the consumer are missing")
	errSilent = errors.New("no message from the consumer")
)

// A follower is the state of a followed topic that outlives its consumers.
type follower struct {
	store *Store
	topic string
	feed  *broker.Feed

	life    string    // the life of the stream that the feed has events of
	through uint64    // the feed has all events up to this number
	limit   uint64    // the number of events that NATS retains of the topic
	alone   bool      // only one server keeps the stream
	checked time.Time // when NATS was last known to have all events after through
}

// run follows the topic with one consumer until the consumer is lost or ctx ends.
// It returns the reason.
func (fl *follower) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer fl.store.ask(func(subject string) bool { return fl.store.aboutConsumer(fl.topic, subject) }, cancel)()
	silent := 5 * fl.store.o.Heartbeat / 2
	watchdog := time.AfterFunc(max(silent, 2*attemptTime), func() { cancel(errSilent) })
	defer watchdog.Stop()

	info, err := fl.store.info(ctx)
	if err != nil {
		return cause(ctx, err)
	}
	last := info.State.LastSeq
	if life := lifeOf(info); fl.life != life || fl.through > last {
		// This is another stream, or one that has lost acknowledged events. The
		// feed cannot continue where it is, so start makes it start over.
		fl.life, fl.through = life, 0
	}
	fl.limit = uint64(max(info.Config.MaxMsgsPerSubject, 0))
	fl.alone = info.Config.Replicas <= 1

	messages, sub, consumer, err := fl.consume(ctx)
	if err != nil {
		return cause(ctx, err)
	}
	defer func() { _ = sub.Unsubscribe() }() // NATS removes the consumer after that
	if err := fl.start(ctx); err != nil {
		return cause(ctx, err)
	}
	if consumer.CachedInfo().NumPending == 0 {
		if err := fl.arrive(ctx, consumer, last, 0); err != nil {
			return cause(ctx, err)
		}
	}
	fl.store.trouble(fl.topic, nil)
	for next := uint64(1); ; {
		var m *nats.Msg
		select {
		case m = <-messages:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		watchdog.Reset(silent)
		if m.Header.Get("Status") != "" {
			err = fl.control(m, next)
		} else {
			err = fl.receive(ctx, consumer, m, next, last)
			next++
		}
		if err != nil {
			return cause(ctx, err)
		}
	}
}

// cause returns why ctx has ended, or err if it has not.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// consume creates a consumer of the events after fl.through. Only this process
// uses it. It keeps its state in memory, acknowledges nothing, and is removed by
// NATS a second after the process stops listening. Messages that wait are in a list
// of package nats: its synchronous subscriptions take half a MiB each, for a queue.
func (fl *follower) consume(ctx context.Context) (<-chan *nats.Msg, *nats.Subscription, jetstream.PushConsumer, error) {
	inbox := fl.store.conn.NewInbox()
	messages := make(chan *nats.Msg)
	sub, err := fl.store.conn.Subscribe(inbox, func(m *nats.Msg) {
		select {
		case messages <- m:
		case <-ctx.Done():
		}
	})
	if err != nil {
		return nil, nil, nil, err
	}
	_ = sub.SetPendingLimits(-1, -1) // flow control bounds it
	consumer, err := fl.store.js.CreatePushConsumer(ctx, fl.store.o.Stream, jetstream.ConsumerConfig{
		Description:       "topic " + fl.topic,
		DeliverSubject:    inbox,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       fl.through + 1,
		AckPolicy:         jetstream.AckNonePolicy,
		FilterSubject:     fl.store.subject(fl.topic),
		FlowControl:       true,
		IdleHeartbeat:     fl.store.o.Heartbeat,
		InactiveThreshold: time.Second,
		MemoryStorage:     true,
		Replicas:          1,
	})
	if err != nil {
		_ = sub.Unsubscribe()
		return nil, nil, nil, err
	}
	return messages, sub, consumer, nil
}

// start tells the feed where the events of the consumer begin. It asks for the
// first number of the stream after the consumer has been created. For events that
// NATS drops later, see suspect.
func (fl *follower) start(ctx context.Context) error {
	info, err := fl.store.info(ctx)
	if err != nil {
		return err
	}
	if lifeOf(info) != fl.life {
		return errMissed
	}
	fl.through = max(fl.through, first(info)-1)
	fl.checked = time.Now()
	fl.feed.Start(broker.Mark{Life: fl.life, Number: fl.through})
	return nil
}

// reach records that the feed has all events up to a number.
func (fl *follower) reach(number uint64) {
	fl.through = max(fl.through, number)
	fl.checked = time.Now()
	fl.feed.Through(fl.through)
}

// arrive calls reach with the number last, the end of the stream before the
// consumer was created, if the consumer has delivered everything up to it.
func (fl *follower) arrive(ctx context.Context, c jetstream.PushConsumer, last, messages uint64) error {
	all, err := fl.complete(ctx, c, last, messages)
	if all {
		fl.reach(last)
	}
	return err
}

// receive handles an event. The number last is the end of the stream before the
// consumer was created.
func (fl *follower) receive(ctx context.Context, c jetstream.PushConsumer, m *nats.Msg, next, last uint64) error {
	meta, err := m.Metadata()
	if err != nil {
		return err
	}
	if meta.Sequence.Consumer != next {
		return errMissed
	}
	number := meta.Sequence.Stream
	missed, err := fl.suspect(ctx, meta.NumPending)
	if err != nil {
		return err
	}
	if missed && number-1 > fl.through {
		fl.feed.Start(broker.Mark{Life: fl.life, Number: number - 1})
	}
	if e := event(m); e.Name == endName {
		fl.feed.End(number)
	} else {
		fl.feed.Event(number, e)
	}
	fl.through = max(fl.through, number)
	if meta.NumPending == 0 {
		return fl.arrive(ctx, c, last, next)
	}
	return nil
}

// suspect reports whether NATS may have dropped events of the topic before the
// one that it has just delivered. The limit on the count drops an event only when
// as many newer ones as NATS retains follow it; all of these but the first are
// then pending. The limits on age and bytes affect only a consumer that has been
// behind for long, and show in the first number of the stream. As the package doc
// requires, both limits hold for three heartbeats.
func (fl *follower) suspect(ctx context.Context, pending uint64) (bool, error) {
	if fl.limit > 0 && pending+1 >= fl.limit {
		return true, nil
	}
	if time.Since(fl.checked) < 3*fl.store.o.Heartbeat {
		return false, nil
	}
	info, err := fl.store.info(ctx)
	if err != nil {
		return false, err
	}
	if lifeOf(info) != fl.life {
		return false, errMissed
	}
	fl.checked = time.Now()
	return first(info)-1 > fl.through, nil
}

// control handles a message that is not an event. A heartbeat says which number
// the consumer has reached and how many messages it has sent.
func (fl *follower) control(m *nats.Msg, next uint64) error {
	if m.Header.Get("Status") != "100" {
		return errors.New("the consumer has ended: " + m.Header.Get("Description"))
	}
	if m.Reply != "" { // flow control
		return m.Respond(nil)
	}
	sent, err := strconv.ParseUint(m.Header.Get("Nats-Last-Consumer"), 10, 64)
	if err != nil || sent >= next {
		return errMissed
	}
	if stalled := m.Header.Get("Nats-Consumer-Stalled"); stalled != "" {
		return fl.store.conn.Publish(stalled, nil)
	}
	number, err := strconv.ParseUint(m.Header.Get("Nats-Last-Stream"), 10, 64)
	if err != nil {
		return err
	}
	fl.reach(number)
	return nil
}
