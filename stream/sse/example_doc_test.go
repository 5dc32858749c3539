package sse_test

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A whole program: a page follows the time with new EventSource("/time").
func ExampleHandler_program() {
	http.Handle("GET /time", sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		for {
			select {
			case <-ctx.Done(): // the client has left, for example
				return ctx.Err()
			case now := <-time.After(time.Second):
				if err := s.Send(sse.Event{Data: now.Format(time.TimeOnly)}); err != nil {
					return err
				}
			}
		}
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
}
