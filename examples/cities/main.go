// go -C examples run ./cities

// Command cities serves a page for each city, with two slow parts that arrive
// when they are ready.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/templates"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/cities/oslo")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes()))
}

func routes() http.Handler {
	rd := stream.Renderer{ErrorView: templates.ErrorCard}
	mux := http.NewServeMux()
	mux.Handle("GET /cities/{name}", rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		city, ok := cities[r.PathValue("name")]
		if !ok {
			return nil, stream.NotFound(nil)
		}
		return Page(city), nil
	}))
	return mux
}

// A City is what a page is about. Its methods are the loads of the page.
type City struct{ Name, Sky, Wind string }

var cities = map[string]City{
	"oslo": {"Oslo", "snow, −4 °C", "12 km/h from the north"},
	"rome": {"Rome", "sunny, 21 °C", "5 km/h from the west"},
}

// Weather stands for a request to another server.
func (c City) Weather(ctx context.Context) (string, error) {
	return c.Sky, wait(ctx, 800*time.Millisecond)
}

// Events stands for a query of a database.
func (c City) Events(ctx context.Context) ([]string, error) {
	return []string{"Concert in the park", "Night of the museums", "Market on Saturday"}, wait(ctx, 2*time.Second)
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
