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

// A Topic is what events are published on and subscribed to, made by
// Broker.Topic. It is a small value, to be copied at will.
type Topic struct {
	b    *Broker
	name string
}

// Name returns the name of the topic.
func (t Topic) Name() string { return t.name }

// Publish sends an event to all subscribers, and to those who come back and
// have not seen it. It returns the id that the event has been given; e.ID must
// be empty. When it returns, the event is retained and its subscribers are being
// woken. It waits for none of them.
//
// Publish outlives the request that caused it: an event is published although
// ctx has been cancelled, before or meanwhile, since others wait for a change
// that has been committed. Without a Store ctx is not used. With a Store, Publish
// waits until the Store keeps the event, up to the deadline of ctx, or 5 s if there
// is none or it has passed. If middleware gives each request a deadline,
// context.WithoutCancel(ctx) removes it.
//
// The errors are ErrTopic, ErrEvent, ErrTooLarge, ErrTopics, ErrClosed, those of
// sse.Event.Encode and, with a Store, ErrUnavailable and the errors of the Store.
func (t Topic) Publish(ctx context.Context, e sse.Event) (id string, err error) {
	t.b.init()
	if !goodName(t.name) {
		return "", ErrTopic
	}
	if e.ID != "" || reserved(e.Name) {
		return "", ErrEvent
	}
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

// renderTime is how long a view may take at least, as long as a load has.
const renderTime = 30 * time.Second

// PublishComponent publishes the HTML of a templ component, or of any other view
// with a Render method, as the data of an event without a name. The view is
// rendered once for all subscribers, so its context has none of the values of ctx:
// no nonce, no user, nothing of the request that led to it. The package doc says
// what must not be in such a view. If the view fails, nothing is published and its
// error is returned.
//
// Like Publish, PublishComponent outlives the request that caused it: the view is
// rendered although ctx has ended. The context of the view ends after 30 s, or at
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

// Position returns the current id of the topic. A subscriber that begins after it
// receives every event that is published from now on. A page takes the Position
// before it loads what it shows, so that it misses no event between that and its
// subscription. The topic may be without events. With a Store, Position asks the
// Store for up to 2 s, and may return ErrUnavailable.
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
	f.publishing.Lock() // an event that has a number has its place, too
	defer f.publishing.Unlock()
	return makeID(f.epoch, t.b.ids.last.Load()), nil
}

// Handler serves the topic over Server-Sent Events, to everyone if there is no
// Broker.Authorize. See Broker.Handler for the rest. It panics if the name of
// the topic is bad.
func (t Topic) Handler() http.Handler {
	if !goodName(t.name) {
		panic("broker: Handler of a topic with the bad name " + t.name)
	}
	return t.b.handler(func(*http.Request) string { return t.name })
}

// reserved reports whether the name of an event is not for publishing.
func reserved(name string) bool { return name == "gap" || name == "open" || name == "error" }

const maxName = 128

// goodName leaves out what has a meaning where topics may be patterns.
func goodName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || c == '*' || c == '>' {
			return false
		}
	}
	return 0 < len(name) && len(name) <= maxName
}
