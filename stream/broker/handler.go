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

// Handler serves the topic whose name is taken from the request over
// Server-Sent Events. It panics if b has no Authorize, since anyone could then
// read any topic, or if topic is nil.
//
// A client that sends the id of the last event it has seen is sent what came
// after it; one without an id is sent what comes from now on. If that leaves a
// gap, the stream begins with an event "gap", see the package doc.
//
// What is not served: a page of another origin (403, unless CORS allows it), a
// bad name of a topic (404), what Authorize refuses (403, or 204 for ErrStop),
// what is over the Limits (429 or 503, with Retry-After), and methods other than
// GET, HEAD and POST, whose body is ignored (405). After Shutdown a stream is
// opened only to tell the client when to come back.
func (b *Broker) Handler(topic func(*http.Request) string) http.Handler {
	if topic == nil {
		panic("broker: Handler without a function for the topic")
	}
	if b.Authorize == nil {
		panic("broker: Handler takes its topic from the request, so the Broker needs an Authorize")
	}
	return b.handler(topic)
}

func (b *Broker) handler(topic func(*http.Request) string) http.Handler {
	b.init()
	if b.CORS != nil {
		b.CORS.mustBeGood()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !b.mayCross(w, r) {
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
		s := &subscriber{subject: b.subject(r), stop: make(chan struct{})}
		serve := s.serve
		switch err := b.admit(s, r, name); {
		case err == nil:
			defer b.unsubscribe(s)
		case errors.Is(err, ErrClosed):
			serve = untilShutdown
		default:
			b.answer(w, err)
			return
		}
		o := b.Stream
		o.Logger = cmp.Or(o.Logger, b.Logger)
		o.Until = b.life
		o.Heartbeat = spread(o.Heartbeat)
		o.Handler(serve).ServeHTTP(w, r)
	})
}

// untilShutdown is for a client that comes after Shutdown has begun: it learns
// what the others have, and not from a status after which EventSource gives up.
func untilShutdown(ctx context.Context, _ *sse.Stream) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// admit begins the subscription of a client, or says why not. A client that
// was authorized before Disconnect looked for it is asked for again.
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
			after = b.locate(r.Context(), name, after)
		}
		if err := b.subscribe(s, name, after, round); !errors.Is(err, errAskAgain) {
			return err
		}
	}
}

// answer answers a request that is not admitted.
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

// retryAfter spreads the return of those who are too many.
func retryAfter() string { return strconv.Itoa(5 + rand.N(10)) }

const defaultHeartbeat = 15 * time.Second // that of sse.Options

// spread returns a heartbeat, up to a fifth shorter: ten thousand subscribers
// of one topic that have all been sent the same event would beat at once.
func spread(heartbeat time.Duration) time.Duration {
	if heartbeat < 0 {
		return heartbeat
	}
	if heartbeat == 0 {
		heartbeat = defaultHeartbeat
	}
	return heartbeat - rand.N(heartbeat/5+1)
}
