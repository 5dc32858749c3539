// go -C examples run ./routers/gin

// Command gin serves a streamed page with gin. gin reuses its context for the
// next request, so a load must copy what it needs from the context beforehand.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"github.com/rivulet-go/rivulet/examples/routers/weather"
	"github.com/rivulet-go/rivulet/stream"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes(weather.Now)))
}

func routes(load func(context.Context) (string, error)) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.Logger(), gin.Recovery())
	r.GET("/", gin.WrapH(stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return weather.Page(load), nil
	})))
	return r
}
