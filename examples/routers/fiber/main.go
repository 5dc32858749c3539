// go -C examples run ./routers/fiber

// Command fiber serves a streamed page with fiber, through its adaptor for
// net/http handlers. fiber's compress middleware would hold the page back, so do
// not use it on such routes.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"

	"github.com/rivulet-go/rivulet/examples/routers/weather"
	"github.com/rivulet-go/rivulet/stream"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(routes(weather.Now).Listen("127.0.0.1:8080", fiber.ListenConfig{DisableStartupMessage: true}))
}

func routes(load func(context.Context) (string, error)) *fiber.App {
	app := fiber.New()
	app.Get("/", adaptor.HTTPHandler(stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return weather.Page(load), nil
	})))
	return app
}
