package natsbroker

import (
	"context"
	"errors"
	"strings"

	"github.com/nats-io/nats.go"
)

// NATS reports a denied subject asynchronously and does not answer the request.
// This file ends the wait for the answer.

// A question is a call that waits for an answer of NATS.
type question struct {
	needs  func(subject string) bool // reports whether the call publishes on the subject
	cancel context.CancelCauseFunc
}

// ask registers a question until the returned function is called. cancel is
// called if the server denies a subject for which needs returns true.
func (s *Store) ask(needs func(string) bool, cancel context.CancelCauseFunc) func() {
	q := &question{needs, cancel}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.questions[q] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.questions, q)
	}
}

// denials makes the store's own connection report denied subjects to denied. The
// connection's error handler is still called.
func (s *Store) denials(conn *nats.Conn) {
	next := conn.ErrorHandler()
	conn.SetErrorHandler(func(c *nats.Conn, sub *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			s.denied(err)
		}
		next(c, sub, err)
	})
}

// denied cancels the questions that will not be answered. The error contains the
// denied subject in quotation marks. If the store may not subscribe to its inbox,
// no question is answered.
func (s *Store) denied(err error) {
	_, subject, _ := strings.Cut(err.Error(), `"`)
	subject, _, _ = strings.Cut(subject, `"`)
	inboxes, _, _ := strings.Cut(s.conn.NewInbox(), ".")
	s.mu.Lock()
	defer s.mu.Unlock()
	for q := range s.questions {
		if q.needs(subject) || strings.HasPrefix(subject, inboxes+".") {
			q.cancel(err)
		}
	}
}

// aboutStream reports whether a subject is one on which the stream is requested.
func (s *Store) aboutStream(subject string) bool {
	return strings.HasPrefix(subject, "$JS.API.STREAM.") && strings.HasSuffix(subject, "."+s.o.Stream)
}

// aboutConsumer reports whether a subject is needed to follow a topic.
func (s *Store) aboutConsumer(topic, subject string) bool {
	return s.aboutStream(subject) || strings.HasPrefix(subject, "$JS.FC."+s.o.Stream+".") ||
		strings.HasPrefix(subject, "$JS.API.CONSUMER.INFO."+s.o.Stream+".") ||
		strings.HasPrefix(subject, "$JS.API.CONSUMER.") && strings.HasSuffix(subject, "."+s.subject(topic))
}
