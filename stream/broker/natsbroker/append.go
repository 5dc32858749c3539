package natsbroker

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// The headers of a message. The data of a message is the data of the event.
const (
	nameHeader    = "Rivulet-Event"   // percent-encoded
	retryHeader   = "Rivulet-Retry"   // in milliseconds
	commentHeader = "Rivulet-Comment" // percent-encoded
)

// longestAppend limits the time to retry an append. NATS recognizes a repeated
// event for at least as long.
const longestAppend = time.Minute

// Append publishes an event and waits until NATS has acknowledged it. Without a
// connection or an answer, it retries until ctx ends, for at most a minute. NATS
// recognizes a repeated event, so it is added once. When the time is over, the
// error matches broker.ErrUnavailable, or context.Canceled if ctx has been
// cancelled. A broker passes a ctx that does not end with the request: see
// broker.Topic.Publish.
//
// These errors are returned at once: broker.ErrTooLarge for an event that exceeds
// the limit of the server, broker.ErrEnded, nats.ErrPermissionViolation for a
// publication that the server denies, and broker.ErrClosed. If another process
// ends the topic during the call, the event may be delivered in spite of
// broker.ErrEnded.
func (s *Store) Append(ctx context.Context, topic string, e sse.Event) (broker.Mark, error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	if err := s.mayAppend(ctx, topic); err != nil {
		return broker.Mark{}, err
	}
	m, err := s.add(ctx, s.message(topic, e))
	if err == nil {
		err = s.mayAppend(ctx, topic)
	}
	if err != nil {
		return broker.Mark{}, err
	}
	return m, nil
}

// AppendAfter publishes an event if the last event of the topic has the number last, as
// Append does. NATS decides. If NATS has added the event, and the answer is lost,
// another attempt may find that event and report false.
//
// A store that has added the first event of a run in this way ends the topic at once:
// see End.
func (s *Store) AppendAfter(ctx context.Context, topic string, last uint64, e sse.Event) (broker.Mark, bool, error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	m := s.message(topic, e)
	m.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(last, 10))
	mark, err := s.add(ctx, m)
	if errors.Is(err, errNotLast) {
		return broker.Mark{}, false, nil
	}
	if err == nil && last == 0 && e.Name == beginName {
		s.own(topic)
	}
	return mark, err == nil, err
}

// bounded limits the time of an append.
func (s *Store) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, min(longestAppend, s.duplicates()/2), broker.ErrUnavailable)
}

// add publishes a message and waits for the acknowledgement.
func (s *Store) add(ctx context.Context, m *nats.Msg) (broker.Mark, error) {
	var ack *jetstream.PubAck
	err := s.persist(ctx, func(subject string) bool { return subject == m.Subject }, func(ctx context.Context) error {
		var err error
		ack, err = s.js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0))
		switch {
		case errors.Is(err, nats.ErrMaxPayload):
			return fmt.Errorf("%w: NATS accepts at most %d bytes", broker.ErrTooLarge, s.conn.MaxPayload())
		case wrongLast(err):
			return errNotLast
		case errors.Is(err, jetstream.ErrNoStreamResponse), errors.Is(err, nats.ErrNoResponders):
			if _, missing := s.info(ctx); missing != nil {
				return fmt.Errorf("stream %q: %w", s.o.Stream, missing)
			}
		}
		return err
	})
	if err != nil {
		return broker.Mark{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return broker.Mark{Life: s.life, Number: ack.Sequence}, nil
}

// errNotLast means that the topic has another last event than AppendAfter expects.
var errNotLast = errors.New("another last event")

// wrongLast reports whether NATS has refused a message for that. In a cluster, it also
// does while it is adding another one to the topic.
func wrongLast(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// message returns the message that carries an event.
func (s *Store) message(topic string, e sse.Event) *nats.Msg {
	m := nats.NewMsg(s.subject(topic))
	m.Data = []byte(e.Data)
	m.Header.Set(jetstream.MsgIDHeader, nuid.Next())
	if e.Name != "" {
		m.Header.Set(nameHeader, url.PathEscape(e.Name))
	}
	if ms := e.Retry.Milliseconds(); ms > 0 || e.Retry < 0 {
		m.Header.Set(retryHeader, strconv.FormatInt(max(ms, 0), 10))
	}
	if e.Comment != "" {
		m.Header.Set(commentHeader, url.PathEscape(e.Comment))
	}
	return m
}

// event returns the event that a message carries.
func event(m *nats.Msg) sse.Event {
	e := sse.Event{Data: string(m.Data)}
	if name, err := url.PathUnescape(m.Header.Get(nameHeader)); err == nil {
		e.Name = name
	}
	if ms, err := strconv.ParseUint(m.Header.Get(retryHeader), 10, 40); err == nil {
		if e.Retry = time.Duration(ms) * time.Millisecond; ms == 0 {
			e.Retry = sse.RetryAtOnce
		}
	}
	if comment, err := url.PathUnescape(m.Header.Get(commentHeader)); err == nil {
		e.Comment = comment
	}
	return e
}
