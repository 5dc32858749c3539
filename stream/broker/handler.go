package broker

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// Handler serves topics over Server-Sent Events. The function topic returns the
// name of the topic that a request asks for. Handler panics if topic is nil, or
// if b has no Authorize: any client could then read any topic. It also panics if
// b.CORS is invalid, or if b.Limits has Reconnects without Subscribers.
//
// A client that sends the ID of its last event first receives the events after
// that one. A client without an ID receives the events that are published from
// now on. If events may be missing, the stream begins with an event "gap": see
// the package doc.
//
// These requests are refused:
//   - a request of a page of another origin, unless CORS allows it: 403
//   - an invalid topic name: 404
//   - a topic that Authorize refuses: 403, or 204 for ErrStop
//   - a topic that has ended and has no further event for the client: 204
//   - a client beyond the Limits: 429 or 503, with Retry-After
//   - a method other than GET, HEAD and POST: 405
//
// The body of a POST is ignored. After Shutdown, a stream is opened only to tell
// the client when to reconnect.
func (b *Broker) Handler(topic func(*http.Request) string) http.Handler {
	return b.HandlerWith(topic, HandlerOptions{})
}

func (b *Broker) handler(topic func(*http.Request) string, o HandlerOptions) http.Handler {
	b.init()
	b.Limits.mustBeGood()
	mayCross := b.CORS.Gate()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !mayCross(w, r) {
			if w.Header().Get("Access-Control-Allow-Origin") == "" {
				b.refused.Add(1)
			}
			return
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost:
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			b.refuse(w, http.StatusMethodNotAllowed)
			return
		}
		name := topic(r)
		s := &subscriber{subject: b.subject(r), stop: make(chan struct{}), replay: o.Replay}
		serve := s.serve
		switch err := b.admit(s, r, name); {
		case err == nil:
			defer b.unsubscribe(s)
			if s.over(r.Context()) {
				b.answer(w, ErrStop)
				return
			}
			if b.Limits.Reconnects > 0 {
				serve = s.hasten(cmp.Or(o.Retry, b.Stream.Retry), serve)
			}
		case errors.Is(err, ErrClosed):
			serve = untilShutdown
		default:
			b.answer(w, err)
			return
		}
		o.stream(b).Handler(serve).ServeHTTP(w, r)
	})
}

// untilShutdown serves a client that connects after Shutdown has begun. It is
// told when to reconnect, like the other clients. A refusal would make
// EventSource give up.
func untilShutdown(ctx context.Context, _ *sse.Stream) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// admit begins the subscription of a client, or returns why it is refused. If
// Disconnect is called between the authorization and the subscription, the client
// is authorized again.
func (b *Broker) admit(s *subscriber, r *http.Request, name string) error {
	if !goodName(name) {
		return ErrTopic
	}
	for {
		b.mu.Lock()
		round := b.rounds
		b.mu.Unlock()
		if b.Authorize != nil {
			if err := b.Authorize(r, name); errors.Is(err, ErrStop) {
				return ErrStop
			} else if err != nil {
				return errForbidden
			}
		}
		after := sse.LastEventID(r)
		if b.Store != nil {
			s.known = time.Now().Add(unknownAfter)
			after = b.locate(r.Context(), name, after)
		}
		if err := b.subscribe(s, name, after, round); !errors.Is(err, errAskAgain) {
			return err
		}
	}
}

// answer refuses a request for which admit has returned err.
func (b *Broker) answer(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrStop):
		b.refused.Add(1)
		sse.Stop(w)
	case errors.Is(err, ErrTopic):
		b.refuse(w, http.StatusNotFound)
	case errors.Is(err, errForbidden):
		b.refuse(w, http.StatusForbidden)
	case errors.Is(err, errPerSubject):
		w.Header().Set("Retry-After", retryAfter())
		b.refuse(w, http.StatusTooManyRequests)
	default: // ErrTopics, errSubscribers
		w.Header().Set("Retry-After", retryAfter())
		b.refuse(w, http.StatusServiceUnavailable)
	}
}

func (b *Broker) refuse(w http.ResponseWriter, status int) {
	b.refused.Add(1)
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(status), status)
}

// retryAfter returns a random number of seconds, so that refused clients do not
// all return at once.
func retryAfter() string { return strconv.Itoa(5 + rand.N(10)) }

const defaultHeartbeat = 15 * time.Second // the default of sse.Options

// spread returns a heartbeat that is up to a fifth shorter. Otherwise ten
// thousand subscribers that received the same event would get their heartbeats at
// once.
func spread(heartbeat time.Duration) time.Duration {
	if heartbeat < 0 {
		return heartbeat
	}
	if heartbeat == 0 {
		heartbeat = defaultHeartbeat
	}
	return heartbeat - rand.N(heartbeat/5+1)
}
