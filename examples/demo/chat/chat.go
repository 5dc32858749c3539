// Package chat is a page on which a language model answers. At /chat, three
// answers arrive in the response of the page, without a script. At /chat/fetch, a
// small script fetches one answer. The answers are written to topics first, so that a
// page that is loaded again, or in a second tab, shows them too.
//
// The browser talks only to the demo. The demo asks the model with a key that
// stays on the server, and enforces the limits.
package chat

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
)

// Source is what the page at /source/chat shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

//go:embed fetch.js
var script []byte

// Limits of one process.
const (
	longest  = 300              // characters of a question
	most     = 12               // answers at once
	patience = time.Minute      // for one answer
	alone    = 15 * time.Second // that an answer goes on while nobody watches
	kept     = 10 * time.Minute // for which an answer can be seen again
	tokens   = 200              // of one answer
	largest  = 8 << 10          // bytes of a request
	late     = 20 * time.Second // that a page waits beyond patience
)

// A Chat is the state that the pages share.
type Chat struct {
	rd      stream.Renderer
	model   *Endpoint
	answers broker.Broker // one topic for each answer
	limits  broker.RunOptions
}

// New makes a chat whose model gives the answers. With a store, each program that
// shares it shows them. The store may be nil.
func New(model *Endpoint, store broker.Store) *Chat {
	return &Chat{
		model: model,
		answers: broker.Broker{
			Store:  store,
			Retain: broker.Retention{Count: 2 * tokens, Age: kept},
			Limits: broker.Limits{Runs: most, Topics: 1000},
			// Who knows the name of a run may read it.
			Authorize: func(_ *http.Request, topic string) error {
				if !strings.HasPrefix(topic, "run.") {
					return errors.New("not a run")
				}
				return nil
			},
		},
		limits: broker.RunOptions{Timeout: patience, Unwatched: alone},
	}
}

// Shutdown ends the answers in progress and the pages that wait for them. Call it
// before Shutdown of the server.
func (c *Chat) Shutdown(ctx context.Context) error { return c.answers.Shutdown(ctx) }

// Close closes the model. No request may use the chat any more.
func (c *Chat) Close() error { return c.model.Close() }

// Register adds the chat to mux. rd sends its pages.
func Register(mux *http.ServeMux, rd stream.Renderer, c *Chat) {
	c.rd = rd
	// A question may cost money, so requests from other sites are refused.
	var own http.CrossOriginProtection
	mux.Handle("GET /chat", c.page(c.home))
	mux.Handle("POST /chat", own.Handler(c.page(c.ask)))
	mux.Handle("POST /chat/stop", own.Handler(http.HandlerFunc(c.serveStop)))
	mux.Handle("GET /chat/fetch", rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		v := c.visit()
		if q := r.URL.Query(); q.Has("run") {
			v.Question, v.Pace = q.Get("question"), pace(q.Get("pace"))
		}
		return FetchPage(v), nil
	}))
	mux.Handle("POST /chat/answer", own.Handler(http.HandlerFunc(c.serveStart)))
	mux.Handle("GET /chat/answer", c.answers.Handler(func(r *http.Request) string { return r.FormValue("topic") }))
	mux.Handle("GET /chat/style.css", layout.Sheet(style))
	mux.HandleFunc("GET /chat/fetch.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(script))
	})
}

// page is the form and, after it has been sent, the form with the answers.
func (c *Chat) page(page stream.Page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, largest)
		renderer := c.rd
		// Without scripting, not every browser can patch. The form then asks for order.
		if r.FormValue("mode") == "order" {
			renderer.Mode = func(*http.Request) stream.Mode { return stream.InOrder }
		}
		renderer.Handler(page).ServeHTTP(w, r)
	})
}

func (c *Chat) home(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
	v := c.visit()
	if q := r.URL.Query(); q.Has("run") {
		v.show(c, q)
	}
	return Page(v), nil
}
