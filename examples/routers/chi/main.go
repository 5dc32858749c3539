// go -C examples run ./routers/chi

// Command chi serves a streamed page with chi. A Rivulet handler is a plain
// net/http handler.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/rivulet-go/rivulet/examples/routers/weather"
	"github.com/rivulet-go/rivulet/stream"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes(weather.Now)))
}

func routes(load func(context.Context) (string, error)) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Logger, middleware.Recoverer, middleware.Compress(5))
	r.Method("GET", "/", stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return weather.Page(load), nil
	}))
	return r
}
