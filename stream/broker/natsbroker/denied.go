package natsbroker

import (
	"context"
	"errors"
	"strings"

	"github.com/nats-io/nats.go"
)

// NATS says asynchronously that the user may not publish or subscribe to
// something, and never answers what was asked. This file ends the wait.

// A question is what waits for an answer.
type question struct {
	needs func(subject string) bool // what it publishes on
	end   context.CancelCauseFunc
}

// ask notes a question until the function that it returns is called.
func (s *Store) ask(needs func(string) bool, end context.CancelCauseFunc) func() {
	q := &question{needs, end}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.questions[q] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.questions, q)
	}
}

// denials has a connection of the store's own tell what is denied. The handler of
// errors that it has hears of it too.
func (s *Store) denials(conn *nats.Conn) {
	next := conn.ErrorHandler()
	conn.SetErrorHandler(func(c *nats.Conn, sub *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			s.denied(err)
		}
		next(c, sub, err)
	})
}

// denied ends the questions that will not be answered. The error has the subject
// in quotation marks. Without an inbox there are no answers at all.
func (s *Store) denied(err error) {
	_, subject, _ := strings.Cut(err.Error(), `"`)
	subject, _, _ = strings.Cut(subject, `"`)
	inboxes, _, _ := strings.Cut(s.conn.NewInbox(), ".")
	s.mu.Lock()
	defer s.mu.Unlock()
	for q := range s.questions {
		if q.needs(subject) || strings.HasPrefix(subject, inboxes+".") {
			q.end(err)
		}
	}
}

// aboutStream reports whether the stream is asked for on a subject.
func (s *Store) aboutStream(subject string) bool {
	return strings.HasPrefix(subject, "$JS.API.STREAM.") && strings.HasSuffix(subject, "."+s.o.Stream)
}

// aboutConsumer reports whether a subject is one of those that it takes to
// follow a topic.
func (s *Store) aboutConsumer(topic, subject string) bool {
	return s.aboutStream(subject) || strings.HasPrefix(subject, "$JS.FC."+s.o.Stream+".") ||
		strings.HasPrefix(subject, "$JS.API.CONSUMER.INFO."+s.o.Stream+".") ||
		strings.HasPrefix(subject, "$JS.API.CONSUMER.") && strings.HasSuffix(subject, "."+s.subject(topic))
}
