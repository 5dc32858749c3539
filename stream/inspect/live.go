package inspect

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// pace is the shortest time between two updates of a page.
const pace = 200 * time.Millisecond

// serveEvents sends the content of the page of rec, or of the list if rec is nil,
// now and whenever it has changed. The event "end" says that it will not change
// any more.
func (in *Inspector) serveEvents(w http.ResponseWriter, r *http.Request, rec *record) {
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	options := sse.Options{Until: in.servers.until(server), Logger: in.Logger}
	options.Handler(func(ctx context.Context, s *sse.Stream) error {
		id := int64(0)
		if rec != nil {
			id = rec.id
		}
		changed, stop := in.watchers.add(id)
		defer stop()
		for {
			var view templ.Component
			settled := false
			if rec == nil {
				view = responses(in.list())
			} else {
				rep := rec.report()
				view, settled = response(rep), rep.settled()
			}
			if err := s.SendComponent(ctx, sse.Event{}, view); err != nil {
				return err
			}
			if settled {
				return s.Send(sse.Event{Name: "end"})
			}
			if !wait(ctx, changed, rec != nil) {
				return nil
			}
		}
	}).ServeHTTP(w, r)
}

// growth is the time between updates of a running response without changes, so
// that its bars grow.
const growth = time.Second

// wait waits for a change, but at least for pace. If the picture grows, it waits
// no longer than growth. It reports false when ctx has ended.
func wait(ctx context.Context, changed <-chan struct{}, grows bool) bool {
	paced, cancel := context.WithTimeout(ctx, pace)
	defer cancel()
	<-paced.Done()
	grown := ctx
	if grows {
		grown, cancel = context.WithTimeout(ctx, growth-pace)
		defer cancel()
	}
	select {
	case <-changed:
	case <-grown.Done():
	}
	return ctx.Err() == nil
}

// settled reports whether the report will not change any more.
func (rep *report) settled() bool {
	if rep.Summary.State == stateRunning {
		return false
	}
	for _, b := range rep.Boundaries {
		if b.Abandoned && b.Returned == never {
			return false
		}
	}
	return true
}
