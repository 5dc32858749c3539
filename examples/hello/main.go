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

// weather stands for a query or a request to another server, which would get ctx.
func weather(ctx context.Context) (string, error) {
	time.Sleep(2 * time.Second)
	return "sunny, 21 °C", nil
}
