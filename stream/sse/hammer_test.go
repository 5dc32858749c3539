package sse_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// redirect answers with a redirect to the address of the request.
func redirect(r *http.Request) (*http.Response, error) {
	return status(302, "Location", r.URL.String())(r)
}

// alternate answers with each answer in turn.
func alternate(answers ...answer) answer {
	n := 0
	return func(r *http.Request) (*http.Response, error) {
		n++
		return answers[n%len(answers)](r)
	}
}

// No answer makes a Client send requests without a pause. The test counts
// requests, of which a redirect causes up to ten each time.
func TestClientDoesNotHammer(t *testing.T) {
	cut := func(text string) answer {
		return func(r *http.Request) (*http.Response, error) {
			return eventsOf(r, &cutBody{text})
		}
	}
	for _, tt := range []struct {
		name   string
		client sse.Client
		answer answer
		most   int // requests in a minute
	}{
		{"an event each time, retry 0", sse.Client{}, events("retry: 0\ndata: a\n\n"), 65},
		{"an event each time, then a cut", sse.Client{}, cut("retry: 0\ndata: a\n\n"), 65},
		{"an event each time, no retry", sse.Client{}, events("data: a\n\n"), 61},
		{"an event each time, on a connection that lasts", sse.Client{}, events("retry: 0\ndata: a\n\n", time.Second), 56},
		{"an event each time that the server was away", sse.Client{}, alternate(status(503, "Retry-After", "0"), events("retry: 0\ndata: a\n\n")), 65},
		{"ids only", sse.Client{}, events("retry: 0\nid: 1\n\n"), 12},
		{"a retry only", sse.Client{}, events("retry: 0\n\n"), 12},
		{"nothing", sse.Client{}, events(), 8},
		{"nothing after it has said 0", sse.Client{}, alternate(events("retry: 0\n"), events()), 12},
		{"a cut within an event", sse.Client{}, cut("retry: 0\ndata: a"), 12},
		{"a failure, Retry-After 0", sse.Client{}, status(503, "Retry-After", "0"), 8},
		{"too much, Retry-After in the past", sse.Client{}, status(429, "Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"), 8},
		{"too much, Retry-After below zero", sse.Client{}, status(429, "Retry-After", "-1"), 8},
		{"a redirect to itself", sse.Client{}, redirect, 80},
		{"no connection", sse.Client{}, refuse(errors.New("away")), 8},
		{"an event each time to a caller in a hurry", sse.Client{Wait: 1, MaxWait: 1}, events("data: a\n\n"), 65},
		{"no connection to a caller in a hurry", sse.Client{Wait: 1, MaxWait: 1}, refuse(errors.New("away")), 65},
		{"an event each time to a POST", sse.Client{Body: []byte("q"), RepeatPOST: true}, events("retry: 0\ndata: a\n\n"), 65},
		{"a stop", sse.Client{}, status(204, "Retry-After", "0"), 1},
		{"a retry beyond all numbers", sse.Client{}, events("retry: 99999999999999999999999\ndata: a\n\n"), 1},
	} {
		inBubble(t, tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s := newSite(tt.answer)
			c := tt.client
			c.URL, c.HTTP, c.OnError = "http://site/", s.Client(), quiet
			for range c.Events(ctx) {
				if n := len(s.Visits); n > 1000 {
					t.Fatalf("%d requests in %v", n, time.Since(s.Start))
				}
			}
			early := 0
			for _, v := range s.Visits {
				if v.At < 3*time.Second {
					early++
				}
			}
			if n := len(s.Visits); n > tt.most || early > 30 || tt.name != "a redirect to itself" && early > 6 {
				t.Errorf("%d requests in a minute, %d in three seconds, want at most %d and 6", n, early, tt.most)
			}
		})
	}
}

// A cutBody is a body that is cut after its text.
type cutBody struct{ text string }

func (b *cutBody) Read(p []byte) (int, error) {
	n := copy(p, b.text)
	b.text = b.text[n:]
	if b.text == "" {
		return n, errors.New("cut")
	}
	return n, nil
}
