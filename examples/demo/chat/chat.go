// Package chat is a page on which a language model answers. At /chat, three
// answers arrive in the response of the page, without a script. At /chat/fetch, a
// small script fetches one answer and can stop it.
//
// The browser talks only to the demo. The demo asks the model with a key that
// stays on the server, and enforces the limits.
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

// Limits of one process.
const (
	longest  = 300              // characters of a question
	most     = 12               // answers at once
	patience = time.Minute      // for one answer
	tokens   = 200              // of one answer
	largest  = 8 << 10          // bytes of a request
	silence  = 20 * time.Second // of the model within an answer
)

// A chat is the state that the pages share.
type chat struct {
	rd    stream.Renderer
	model *Endpoint
	room  room
	open  open
}

// Register adds the chat to mux. rd sends its pages, and model gives the answers.
func Register(mux *http.ServeMux, rd stream.Renderer, model *Endpoint) {
	c := &chat{rd: rd, model: model, room: make(room, most)}
	// A question may cost money, so requests from other sites are refused.
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

// page is the form and, after it has been sent, the form with the answers.
func (c *chat) page() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, largest)
		renderer := c.rd
		// Without scripting, not every browser can patch. The form then asks for order.
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
