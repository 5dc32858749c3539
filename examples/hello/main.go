// go -C examples run ./hello

// Command hello is the smallest program worth copying: a page with one slow
// part.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

func main() {
	http.Handle("GET /{$}", stream.Handler(stream.Component(Page())))
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
}

// weather stands for whatever takes a while: a query, another server.
func weather(ctx context.Context) (string, error) {
	select {
	case <-time.After(2 * time.Second):
		return "sunny, 21 °C", nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
