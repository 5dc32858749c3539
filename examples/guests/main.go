// go -C examples run ./guests

// Command guests serves a guest list that keeps changing after the page has been
// sent: a guest that one visitor adds appears on the pages of all.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/suspense/live"
)

var (
	events broker.Broker
	topic  = events.Topic("guests")
	list   = live.Region{Name: "guests", URL: "/guests/events", Position: topic.Position}
)

func main() {
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: routes(new(book))}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	stopped := make(chan struct{})
	go func() { // main waits for it below
		defer close(stopped)
		<-ctx.Done()
		// Streams do not end by themselves, so they are ended before the server.
		_ = events.Shutdown(context.Background())
		_ = server.Shutdown(context.Background())
	}()
	fmt.Println("http://127.0.0.1:8080/")
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	<-stopped
}

func routes(b *book) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return Page(b), nil
	}))
	mux.Handle("GET /guests/events", topic.Handler())
	mux.HandleFunc("POST /guests", func(w http.ResponseWriter, r *http.Request) {
		if err := b.add(r.Context(), r.FormValue("name")); err != nil {
			slog.Error("a guest is not shown on open pages", slog.Any("error", err))
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

// A Guest has a key, which identifies its row in the list.
type Guest struct{ Key, Name string }

// A book stands for a database.
type book struct {
	mu  sync.Mutex
	all []Guest
}

// add adds a guest to the book and then publishes it. One lock covers both, so
// that guests are published in the order of the book.
func (b *book) add(ctx context.Context, name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	guest := Guest{strconv.Itoa(len(b.all)), name}
	b.all = append(b.all, guest)
	_, err := topic.PublishComponent(ctx, list.Append(guest.Key, Row(guest)))
	return err
}

// guests is the load of the page.
func (b *book) guests(context.Context) ([]Guest, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Guest(nil), b.all...), nil
}
