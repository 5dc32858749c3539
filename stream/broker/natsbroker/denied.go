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
func (l *Log) ask(needs func(string) bool, end context.CancelCauseFunc) func() {
	q := &question{needs, end}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.questions[q] = struct{}{}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.questions, q)
	}
}

// denials has a connection of the log's own tell what is denied. The handler of
// errors that it has hears of it too.
func (l *Log) denials(conn *nats.Conn) {
	next := conn.ErrorHandler()
	conn.SetErrorHandler(func(c *nats.Conn, s *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			l.denied(err)
		}
		next(c, s, err)
	})
}

// denied ends the questions that will not be answered. The error has the subject
// in quotation marks. Without an inbox there are no answers at all.
func (l *Log) denied(err error) {
	_, subject, _ := strings.Cut(err.Error(), `"`)
	subject, _, _ = strings.Cut(subject, `"`)
	inboxes, _, _ := strings.Cut(l.conn.NewInbox(), ".")
	l.mu.Lock()
	defer l.mu.Unlock()
	for q := range l.questions {
		if q.needs(subject) || strings.HasPrefix(subject, inboxes+".") {
			q.end(err)
		}
	}
}

// aboutStream reports whether the stream is asked for on a subject.
func (l *Log) aboutStream(subject string) bool {
	return strings.HasPrefix(subject, "$JS.API.STREAM.") && strings.HasSuffix(subject, "."+l.o.Stream)
}

// aboutConsumer reports whether a subject is one of those that it takes to
// follow a topic.
func (l *Log) aboutConsumer(topic, subject string) bool {
	return l.aboutStream(subject) || strings.HasPrefix(subject, "$JS.FC."+l.o.Stream+".") ||
		strings.HasPrefix(subject, "$JS.API.CONSUMER.INFO."+l.o.Stream+".") ||
		strings.HasPrefix(subject, "$JS.API.CONSUMER.") && strings.HasSuffix(subject, "."+l.subject(topic))
}
