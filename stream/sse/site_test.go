package sse_test

import (
	"context"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A visit is one request of a Client, and what it was told then.
type visit struct {
	at     time.Duration // since the client began
	method string
	lastID string
	body   string
}

// A site is a server without a network, so that time in its bubble is virtual.
// It answers each request with the next function, and the last one for ever.
type site struct {
	start   time.Time
	mu      sync.Mutex
	answers []answer
	visits  []visit
	open    int // bodies not closed
}

type answer func(*http.Request) (*http.Response, error)

func newSite(answers ...answer) *site { return &site{start: time.Now(), answers: answers} }

func (s *site) client() *http.Client { return &http.Client{Transport: s} }

func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	v := visit{at: time.Since(s.start), method: r.Method, lastID: r.Header.Get("Last-Event-ID")}
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		v.body = string(body)
	}
	s.mu.Lock()
	s.visits = append(s.visits, v)
	next := s.answers[min(len(s.visits), len(s.answers))-1]
	s.mu.Unlock()
	resp, err := next(r)
	if resp != nil {
		s.mu.Lock()
		s.open++
		s.mu.Unlock()
		resp.Body = &body{resp.Body, s}
	}
	return resp, err
}

// waits returns the times between the visits.
func (s *site) waits() (waits []time.Duration) {
	for i := range len(s.visits) - 1 {
		waits = append(waits, s.visits[i+1].at-s.visits[i].at)
	}
	return waits
}

type body struct {
	io.ReadCloser
	site *site
}

func (b *body) Close() error {
	b.site.mu.Lock()
	b.site.open--
	b.site.mu.Unlock()
	return b.ReadCloser.Close()
}

func status(code int, header ...string) answer {
	return func(r *http.Request) (*http.Response, error) {
		h := make(http.Header)
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: http.NoBody, Request: r}, nil
	}
}

func refuse(err error) answer {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// events answers with a stream that ends after the last piece. A piece that is
// a duration is a silence.
func events(parts ...any) answer { return typed("text/event-stream", parts...) }

func typed(contentType string, parts ...any) answer {
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

// eventsOf answers with the stream that body reads.
func eventsOf(r *http.Request, body io.Reader) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: io.NopCloser(body), Request: r}, nil
}

// all ranges over the events of c until they end, at most n.
func all(ctx context.Context, c *sse.Client, n int) (got []sse.Event, err error) {
	for e, err := range c.Events(ctx) {
		if err != nil {
			return got, err
		}
		if got = append(got, e); len(got) == n {
			break
		}
	}
	return got, nil
}

const never = 1000 // more events than any test has

func quiet(error, time.Duration) {}

func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
