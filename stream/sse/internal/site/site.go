// Package site is a server without a network, for tests of clients that read
// streams.
package site

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// A Visit is one request of a Client.
type Visit struct {
	At     time.Duration // time since the Site was made
	Method string
	LastID string
	Body   string
}

// A Site is a server without a network, so that its time is virtual inside a
// synctest bubble. It answers each request with the next Answer, and all further
// ones with the last.
type Site struct {
	Start time.Time // when the Site was made

	mu      sync.Mutex
	answers []Answer
	Visits  []Visit
	Open    int // bodies that have not been closed
}

// An Answer is how a Site answers one request.
type Answer func(*http.Request) (*http.Response, error)

// New returns a Site that gives the answers in turn.
func New(answers ...Answer) *Site { return &Site{Start: time.Now(), answers: answers} }

// Client returns a client whose requests the Site answers.
func (s *Site) Client() *http.Client { return &http.Client{Transport: s} }

// RoundTrip answers r.
func (s *Site) RoundTrip(r *http.Request) (*http.Response, error) {
	v := Visit{At: time.Since(s.Start), Method: r.Method, LastID: r.Header.Get("Last-Event-ID")}
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		v.Body = string(body)
	}
	s.mu.Lock()
	s.Visits = append(s.Visits, v)
	next := s.answers[min(len(s.Visits), len(s.answers))-1]
	s.mu.Unlock()
	resp, err := next(r)
	if resp != nil {
		s.mu.Lock()
		s.Open++
		s.mu.Unlock()
		resp.Body = &body{resp.Body, s}
	}
	return resp, err
}

// Waits returns the times between the visits.
func (s *Site) Waits() (waits []time.Duration) {
	for i := range len(s.Visits) - 1 {
		waits = append(waits, s.Visits[i+1].At-s.Visits[i].At)
	}
	return waits
}

type body struct {
	io.ReadCloser
	site *Site
}

func (b *body) Close() error {
	b.site.mu.Lock()
	b.site.Open--
	b.site.mu.Unlock()
	return b.ReadCloser.Close()
}

// Status answers with a status and header fields, and no body.
func Status(code int, header ...string) Answer {
	return func(r *http.Request) (*http.Response, error) {
		h := make(http.Header)
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: http.NoBody, Request: r}, nil
	}
}

// Refuse answers with an error.
func Refuse(err error) Answer {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// Events answers with a stream that ends after the last part. A part is a string,
// or a time.Duration during which nothing is sent.
func Events(parts ...any) Answer { return Typed("text/event-stream", parts...) }

// Typed answers like Events, with another content type.
func Typed(contentType string, parts ...any) Answer {
	return func(r *http.Request) (*http.Response, error) {
		pr, pw := io.Pipe()
		stop := context.AfterFunc(r.Context(), func() { pw.CloseWithError(r.Context().Err()) })
		go func() { // ends with the request or the reader
			defer stop()
			for _, part := range parts {
				if d, ok := part.(time.Duration); ok {
					ctx, cancel := context.WithTimeout(r.Context(), d)
					<-ctx.Done()
					cancel()
				} else if _, err := io.WriteString(pw, part.(string)); err != nil {
					return
				}
			}
			_ = pw.Close()
		}()
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {contentType}}, Body: pr, Request: r}, nil
	}
}
