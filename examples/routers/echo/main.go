// go -C examples run ./routers/echo

// Command echo serves a streamed page with echo. The handler calls stream.Render,
// so it has access to echo's context.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/rivulet-go/rivulet/examples/routers/weather"
	"github.com/rivulet-go/rivulet/stream"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes(weather.Now)))
}

func routes(load func(context.Context) (string, error)) http.Handler {
	e := echo.New()
	e.Use(middleware.RequestLogger(), middleware.Recover(), middleware.Gzip())
	e.GET("/", func(c *echo.Context) error {
		return stream.Render(c.Response(), c.Request(), weather.Page(load))
	})
	return e
}
