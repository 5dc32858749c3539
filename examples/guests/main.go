// Command guests serves a guest list that goes on changing after the page has
// been sent: who is added by one visitor appears on the pages of all.
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/suspense"
)

var (
	events broker.Broker
	topic  = events.Topic("guests")
	list   = suspense.Region{Name: "guests", URL: "/guests/events", Position: topic.Position}
)

func main() {
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes(new(book))))
}

func routes(b *book) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return Page(b), nil
	}))
	mux.Handle("GET /guests/events", topic.Handler())
	mux.HandleFunc("POST /guests", func(w http.ResponseWriter, r *http.Request) {
		guest := b.add(r.FormValue("name"))
		// First it is in the book, then it is told.
		if _, err := topic.Send(r.Context(), list.Append(guest.Key, Row(guest))); err != nil {
			slog.Error("a guest is not shown on open pages", slog.Any("error", err))
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

// A Guest has a key, by which the row of the list is known.
type Guest struct{ Key, Name string }

// A book stands for a database.
type book struct {
	mu  sync.Mutex
	all []Guest
}

func (b *book) add(name string) Guest {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := Guest{strconv.Itoa(len(b.all)), name}
	b.all = append(b.all, g)
	return g
}

// guests is a load.
func (b *book) guests(context.Context) ([]Guest, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Guest(nil), b.all...), nil
}
