// go -C examples run ./loading

// Command loading serves a page whose parts load, fail and give up, each in its
// own way.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/templates"
)

var dev = flag.Bool("dev", false, "show errors in the page, for development")

func main() {
	flag.Parse()
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes()))
}

func routes() http.Handler {
	rd := stream.Renderer{
		Timeout:   10 * time.Second,     // of each boundary without a Timeout of its own
		Limit:     8,                    // of the loads of one page that run at once
		Grace:     5 * time.Millisecond, // what is ready by then stands in place
		ErrorView: templates.ErrorCard,
	}
	if *dev {
		rd.ErrorView = templates.DevError
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		user := suspense.Start(r.Context(), User) // loads once, for two boundaries
		return Page(user), nil
	}))
	return mux
}

// User is the load of two boundaries.
func User(ctx context.Context) (string, error) { return "Ada", wait(ctx, 100*time.Millisecond) }

// Game is the load of a boundary whose view contains another one.
func Game(ctx context.Context) (string, error) { return "Chess", wait(ctx, 500*time.Millisecond) }

// Reviews is the load of that one.
func Reviews(ctx context.Context) (int, error) { return 12, wait(ctx, 600*time.Millisecond) }

// Stock takes longer than its boundary waits.
func Stock(ctx context.Context) (int, error) { return 3, wait(ctx, time.Minute) }

// Price fails.
func Price(ctx context.Context) (string, error) {
	return "", errors.Join(wait(ctx, 300*time.Millisecond), errors.New("connection refused"))
}

// Advert fails, too, but nobody misses it.
func Advert(context.Context) (string, error) { return "", errors.New("no advert today") }

// Story is a sequence: it yields one word after the other.
func Story(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for word := range strings.FieldsSeq("once upon a time") {
			if err := wait(ctx, 250*time.Millisecond); err != nil {
				yield("", err)
				return
			}
			if !yield(word+" ", nil) {
				return
			}
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
