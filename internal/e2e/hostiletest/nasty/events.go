package nasty

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// events is a stream that ends in the way that the query says.
func (s *Site) events(ctx context.Context, e *sse.Stream) error {
	q := s.query(e.Request())
	for i := range 10 {
		if err := e.Send(sse.Event{ID: e.LastEventID(), Name: "tick", Data: q.token + "\n" + q.user}); err != nil && !errors.Is(err, sse.ErrEventID) {
			return err
		}
		if i < 5 {
			_ = e.SendComponent(ctx, sse.Event{}, box(q, "event"))
		}
		if err := sleep(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	switch q.kind {
	case "error":
		return errSecret
	case "panic":
		return boom()
	case "goexit":
		return goexit()
	}
	return nil
}

// authorize refuses, and fails, as the name of the topic says.
func authorize(r *http.Request, topic string) error {
	switch {
	case strings.HasPrefix(topic, "secret"):
		return errSecret
	case strings.HasPrefix(topic, "panic"):
		return boom()
	}
	return nil
}

// publish publishes on a topic what a visitor has typed.
func (s *Site) publish(w http.ResponseWriter, r *http.Request) {
	q, name := s.query(r), r.URL.Query().Get("name")
	var err error
	if name == "board" {
		// Everyone may read it, so there is no token in it.
		_, err = s.broker.Topic(name).PublishComponent(r.Context(), s.region.Append("k1", box(query{user: q.user}, "row")))
	} else {
		_, err = s.broker.Topic(name).Publish(r.Context(), sse.Event{Data: q.token + " " + q.user})
	}
	if err != nil {
		http.Error(w, "not published", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// live is a region that keeps changing.
func (s *Site) live(q query) templ.Component {
	return live.Await(s.region, dots(q), func(ctx context.Context) (int, error) { return 3, sleep(ctx, 5*ms) },
		func(int) templ.Component { return s.region.Item("k0", box(q, "row")) })
}
