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

// Why a consumer is given up.
var (
	errMissed = errors.New("messages of a consumer are missing")
	errSilent = errors.New("a consumer is gone")
)

// A follower is what outlives the consumers of a topic.
type follower struct {
	store *Store
	topic string
	feed  *broker.Feed

	life    string    // of the stream that the feed is from
	through uint64    // where the feed has got to
	limit   uint64    // most events that NATS retains of the topic
	alone   bool      // one server keeps the stream
	checked time.Time // when NATS was last known to have dropped nothing after through
}

// run follows the topic by one consumer until that is lost or ctx ends. It
// returns why.
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
		// The stream is another, or has lost what it had acknowledged: start
		// will not find the feed where it begins.
		fl.life, fl.through = life, 0
	}
	fl.limit = uint64(max(info.Config.MaxMsgsPerSubject, 0))
	fl.alone = info.Config.Replicas <= 1

	sub, consumer, err := fl.consume(ctx)
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
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return cause(ctx, err)
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

// cause prefers why ctx has ended to what has come of that.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// consume makes a consumer of what comes after where the feed is. It belongs to
// this process alone, has its state in memory, acknowledges nothing and is
// removed by NATS a second after nobody listens to it.
func (fl *follower) consume(ctx context.Context) (*nats.Subscription, jetstream.PushConsumer, error) {
	inbox := fl.store.conn.NewInbox()
	sub, err := fl.store.conn.SubscribeSync(inbox)
	if err != nil {
		return nil, nil, err
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
		return nil, nil, err
	}
	return sub, consumer, nil
}

// start says from where on the consumer tells all. It asks after the consumer
// has been made: what is dropped since then, see suspect.
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

// reach notes that the feed has all there is up to a number.
func (fl *follower) reach(number uint64) {
	fl.through = max(fl.through, number)
	fl.checked = time.Now()
	fl.feed.Through(fl.through)
}

// arrive reaches the end of the stream as it was before the consumer was made,
// if that has sent all.
func (fl *follower) arrive(ctx context.Context, c jetstream.PushConsumer, last, messages uint64) error {
	all, err := fl.complete(ctx, c, last, messages)
	if all {
		fl.reach(last)
	}
	return err
}

// receive takes an event. The state of the stream before the consumer was made
// ends with the number last.
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
	fl.feed.Event(number, event(m))
	fl.through = max(fl.through, number)
	if meta.NumPending == 0 {
		return fl.arrive(ctx, c, last, next)
	}
	return nil
}

// suspect reports whether NATS may have dropped events before the next that it
// has sent, while they were on their way. By count it drops one only when there
// are as many after it as it retains, and they are then pending but for the
// first. By age or bytes it does so only to a consumer that has been behind for
// long, and the stream's first number tells. The promise is that of the package
// doc: both hold for three heartbeats.
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

// control takes what is no event. A heartbeat tells how far the consumer has
// got, and what it has sent by then.
func (fl *follower) control(m *nats.Msg, next uint64) error {
	if m.Header.Get("Status") != "100" {
		return errors.New("a consumer ended: " + m.Header.Get("Description"))
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
