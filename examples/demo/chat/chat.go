// Package chat is a page on which a language model answers: in the page's own
// response, three answers at once and no script; and, at /chat/fetch, one
// answer that a small script fetches and can stop.
//
// The browser talks to the demo only. The demo asks the model, with a key that
// stays on the server, and holds the limits.
package chat

import (
	"bytes"
	"embed"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
)

// Source is what the page at /source/chat shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

//go:embed fetch.js
var script []byte

// What one process allows.
const (
	longest  = 300              // characters of a question
	most     = 12               // answers at once
	patience = time.Minute      // for one answer
	tokens   = 200              // of one answer
	largest  = 8 << 10          // bytes of a request
	silence  = 20 * time.Second // of the model, within an answer
)

// chat is what the pages share.
type chat struct {
	rd    stream.Renderer
	model *Endpoint
	room  room
	open  open
}

// Register adds the chat to mux. Its pages are sent by rd, and its answers come
// from model.
func Register(mux *http.ServeMux, rd stream.Renderer, model *Endpoint) {
	c := &chat{rd: rd, model: model, room: make(room, most)}
	// A question costs, so none is taken from other sites.
	var own http.CrossOriginProtection
	mux.Handle("GET /chat", c.page())
	mux.Handle("POST /chat", own.Handler(c.page()))
	mux.Handle("GET /chat/fetch", rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return FetchPage(c.visit()), nil
	}))
	mux.Handle("POST /chat/answer", own.Handler(c.answer()))
	mux.HandleFunc("GET /chat/end", c.open.serveEnd)
	mux.Handle("GET /chat/style.css", layout.Sheet(style))
	mux.HandleFunc("GET /chat/fetch.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(script))
	})
}

// page is the form and, when it is sent, the form with the answers.
func (c *chat) page() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, largest)
		renderer := c.rd
		// Without scripting not every browser can patch: the form says so.
		if r.PostFormValue("mode") == "order" {
			renderer.Mode = func(*http.Request) stream.Mode { return stream.InOrder }
		}
		renderer.Handler(c.home).ServeHTTP(w, r)
	})
}

func (c *chat) home(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
	v := c.visit()
	if r.Method == http.MethodPost {
		v.ask(c, r.PostFormValue("question"), r.PostFormValue("pace"))
		if v.Problem != "" {
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
	}
	return Page(v), nil
}
