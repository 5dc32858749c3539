package broker

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Topic is the place where events are published and subscribed to. Broker.Topic
// returns it. A Topic is a small value that may be copied.
type Topic struct {
	b    *Broker
	name string
}

// Name returns the name of the topic.
func (t Topic) Name() string { return t.name }

// Publish sends an event to all subscribers of the topic. Clients that reconnect
// receive it too, if they have missed it. Publish returns the ID that the broker
// gives the event; e.ID must be empty. When Publish returns, the event is
// retained and its subscribers are being woken. Publish waits for none of them.
//
// Publish outlives the request that caused it. The event is published even if ctx
// is cancelled before or during the call, since other clients wait for a change
// that has been committed. Without a Store, ctx is not used. With a Store,
// Publish waits until the Store keeps the event, up to the deadline of ctx. If
// ctx has no deadline, or its deadline has passed, Publish waits up to 5 s. To
// remove a deadline that middleware has set, pass context.WithoutCancel(ctx).
//
// Publish returns ErrTopic, ErrEvent, ErrTooLarge, ErrEnded, ErrTopics, ErrClosed
// or an error of sse.Event.Encode. With a Store, it may also return ErrUnavailable or
// an error of the Store.
func (t Topic) Publish(ctx context.Context, e sse.Event) (id string, err error) {
	t.b.init()
	if !goodName(t.name) {
		return "", ErrTopic
	}
	if e.ID != "" || reserved(e.Name) || e.Comment != "" && e == (sse.Event{Comment: e.Comment}) {
		return "", ErrEvent
	}
	return t.publish(ctx, e)
}

// publish is Publish for an event that may be the end of the topic.
func (t Topic) publish(ctx context.Context, e sse.Event) (id string, err error) {
	if t.b.Store != nil {
		return t.appendToStore(ctx, e)
	}
	for {
		t.b.mu.Lock()
		f, err := t.b.feed(t.name)
		t.b.mu.Unlock()
		if err != nil {
			return "", err
		}
		id, err = f.publish(e)
		switch {
		case err == nil:
			return id, nil
		case errors.Is(err, errRemoved):
			continue
		}
		t.b.forgetIdle(f)
		return "", err
	}
}

// renderTime is the time that a view has at least, the same as for a load.
const renderTime = 30 * time.Second

// PublishComponent publishes the HTML of a templ component, or of any other view
// with a Render method, as the data of an event without a name. The view is
// rendered once for all subscribers. Its context therefore has none of the values
// of ctx: no nonce, no user, nothing of the request. The package doc says what
// such a view must not contain. If the view fails, its error is returned and
// nothing is published.
//
// Like Publish, PublishComponent outlives the request that caused it: the view is
// rendered even if ctx has ended. The context of the view ends after 30 s, or at
// the deadline of ctx if that is later.
func (t Topic) PublishComponent(ctx context.Context, view interface {
	Render(context.Context, io.Writer) error
}) (id string, err error) {
	end := time.Now().Add(renderTime)
	if deadline, ok := ctx.Deadline(); ok && deadline.After(end) {
		end = deadline
	}
	bare, cancel := context.WithDeadline(context.Background(), end)
	defer cancel()
	var data strings.Builder
	if err := view.Render(bare, &data); err != nil {
		return "", err
	}
	return t.Publish(ctx, sse.Event{Data: data.String()})
}

// Position returns the current ID of the topic, which may have no events yet. A
// subscriber that begins after this ID receives every event that is published
// from now on. A page asks for the Position before it loads its content, so that
// it misses no event until it subscribes. With a Store, Position asks the Store,
// waits for up to 2 s, and may return ErrUnavailable.
func (t Topic) Position(ctx context.Context) (id string, err error) {
	t.b.init()
	if !goodName(t.name) {
		return "", ErrTopic
	}
	if t.b.Store != nil {
		m, err := t.b.last(ctx)
		if err != nil {
			return "", err
		}
		return makeID(epoch(m.Life, t.name), m.Number), nil
	}
	t.b.mu.Lock()
	f := t.b.feeds[t.name]
	t.b.mu.Unlock()
	if f == nil {
		return makeID(t.b.ids.epoch(t.name), t.b.ids.last.Load()), nil
	}
	f.publishing.Lock() // waits until an event that has a number is in the feed
	defer f.publishing.Unlock()
	return makeID(f.epoch, t.b.ids.last.Load()), nil
}

// Handler serves the topic over Server-Sent Events. Without Broker.Authorize, it
// serves every client. Handler panics if the name of the topic is invalid, or if
// Broker.CORS is. Broker.Handler describes the rest.
func (t Topic) Handler() http.Handler {
	return t.HandlerWith(HandlerOptions{})
}

// reserved reports whether a program may not publish events with this name.
func reserved(name string) bool {
	return name == "gap" || name == endName || name == "open" || name == "error"
}

const maxName = 128

// goodName reports whether the name of a topic is valid. Characters that make a
// pattern in other systems are not allowed.
func goodName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || c == '*' || c == '>' {
			return false
		}
	}
	return 0 < len(name) && len(name) <= maxName && !strings.HasPrefix(name, ownPrefix)
}
