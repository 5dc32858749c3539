package nasty

import (
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// A Site is the site with its model.
type Site struct {
	http.Handler
	inspector *inspect.Inspector
	broker    broker.Broker
	region    live.Region
	upstream  upstream
}

// New makes a Site. Close stops it.
func New() (*Site, error) {
	s := &Site{inspector: inspect.New(10)}
	s.inspector.Token = Secret
	s.broker = broker.Broker{
		Retain:    broker.Retention{Count: 64, Bytes: 64 << 10, Age: time.Second},
		Queue:     32,
		Limits:    broker.Limits{Topics: 100, Subscribers: 200, PerSubject: 150},
		Authorize: authorize,
		Stream:    sse.Options{Heartbeat: 50 * ms, WriteTimeout: 300 * ms, MaxLife: time.Second, Retry: time.Second},
	}
	s.region = live.Region{Name: "board", URL: "/topic?name=board", Position: s.broker.Topic("board").Position}
	if err := s.upstream.open(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	renderers := s.renderers()
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		rd, ok := renderers[r.URL.Query().Get("m")]
		if !ok {
			rd = renderers[""]
		}
		rd.Handler(s.page).ServeHTTP(w, r)
	})
	mux.Handle("/self", renderers[""].Handler(s.self))
	mux.Handle("/events", sse.Options{Heartbeat: 20 * ms, WriteTimeout: 300 * ms, MaxLife: 500 * ms}.Handler(s.events))
	mux.Handle("/topic", s.broker.Handler(func(r *http.Request) string { return r.URL.Query().Get("name") }))
	mux.HandleFunc("POST /publish", s.publish)
	mux.Handle("/relay", s.relay())
	mux.Handle("/inspect", s.inspector)
	s.Handler = mux
	return s, nil
}

// Close stops the model.
func (s *Site) Close() { s.upstream.close() }

func (s *Site) page(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
	q := s.query(r)
	switch q.kind {
	case "pageerror":
		return nil, errSecret
	case "pagepanic":
		return nil, boom()
	case "pagegoexit":
		return nil, goexit()
	}
	var all []templ.Component
	for _, name := range q.parts {
		if part := parts[name]; part != nil {
			all = append(all, part(q))
		}
		if end := ends[name]; end != nil {
			all = append(all, end(q))
		}
	}
	return with(layout(q), templ.Join(all...)), nil
}

// Selfs are the ways in which a page answers by itself.
var Selfs = []string{"redirect", "missing", "nothing", "text", "late", "hijack", "error"}

// self is a page that answers without a component, or with one too late.
func (s *Site) self(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
	q := s.query(r)
	switch q.kind {
	case "redirect":
		http.Redirect(w, r, "/page?t="+q.token, http.StatusSeeOther)
	case "missing":
		http.NotFound(w, r)
	case "text":
		http.ServeContent(w, r, "upload.txt", time.Time{}, strings.NewReader(q.user+" "+q.token))
	case "late":
		w.WriteHeader(http.StatusTeapot)
		return layout(q), nil
	case "hijack":
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.SetLinger(0)
			}
			_ = c.Close()
		}
	case "error":
		w.Header().Set("X-Token", q.token)
		return nil, stream.ErrTimeout
	}
	return nil, nil
}
