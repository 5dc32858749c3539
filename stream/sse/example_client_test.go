package sse_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func ExampleClient() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Last-Event-ID") {
		case "": // the connection is lost after the first event
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "retry: 10\n\ndata: one\nid: 1\n\n")
		case "1":
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: two\nid: 2\n\n")
		default: // there is no more
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	defer site.Close()

	client := sse.Client{URL: site.URL}
	for e, err := range client.Events(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.ID, e.Data)
	}
	// Output:
	// 1 one
	// 2 two
}

func ExampleClient_Events() {
	// A request with a body is sent once: the events end with its response.
	site := httptest.NewServer(sse.Handler(func(_ context.Context, s *sse.Stream) error {
		return s.Send(sse.Event{Name: "answer", Data: "42"})
	}))
	defer site.Close()

	client := sse.Client{
		URL:    site.URL,
		Body:   []byte(`{"question":"six times seven"}`),
		Header: http.Header{"Content-Type": {"application/json"}},
		Idle:   time.Minute,
	}
	for e, err := range client.Events(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.Name, e.Data)
	}
	// Output: answer 42
}

func ExampleResponseError() {
	site := httptest.NewServer(http.NotFoundHandler())
	defer site.Close()

	client := sse.Client{URL: site.URL}
	for _, err := range client.Events(context.Background()) {
		var refused *sse.ResponseError
		fmt.Println(errors.As(err, &refused), err)
	}
	// Output: true sse: status 404 Not Found
}
