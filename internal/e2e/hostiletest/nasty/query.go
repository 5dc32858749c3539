package nasty

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// Secret is in each error, panic and key of the site, and must not be in any
// answer.
const Secret = "rosebud-that-nobody-may-read"

// A query is what a request has asked for.
type query struct {
	token string
	user  string   // what the visitor has typed
	parts []string // names of parts
	kind  string   // of an answer, or of what the model does
	mode  string   // of Renderers
	site  *Site
}

func (s *Site) query(r *http.Request) query {
	v := r.URL.Query()
	q := query{token: v.Get("t"), user: v.Get("u"), kind: v.Get("k"), mode: v.Get("m"), site: s}
	q.parts = strings.Split(v.Get("p"), ".")
	q.parts = q.parts[:min(len(q.parts), most)]
	return q
}

// most is how many parts a page has.
const most = 8

// Modes are the ways to request a page; "" is the default of a Renderer. The
// ordinary visitor uses another one, calm, with the times of ordinary pages.
var Modes = []string{"", "", "", "order", "complete", "limit"}

func (s *Site) renderers() map[string]*stream.Renderer {
	always := func(m stream.Mode) func(*http.Request) stream.Mode {
		return func(*http.Request) stream.Mode { return m }
	}
	base := stream.Renderer{
		Timeout:      400 * time.Millisecond,
		WriteTimeout: 500 * time.Millisecond,
		MaxBuffer:    2 << 20,
		ErrorView:    sorryView,
		Trace:        s.inspector.Trace(),
		ServerTiming: true,
	}
	order, complete, limit, calm := base, base, base, base
	order.Mode, complete.Mode = always(stream.InOrder), always(stream.Complete)
	limit.Mode, limit.Limit, limit.Grace = always(stream.OutOfOrder), 2, 5*time.Millisecond
	calm.Mode, calm.Timeout, calm.WriteTimeout = always(stream.Complete), 20*time.Second, 20*time.Second
	return map[string]*stream.Renderer{"": &base, "order": &order, "complete": &complete, "limit": &limit, "calm": &calm}
}

// sleep returns the cause of ctx's end if that comes first.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
