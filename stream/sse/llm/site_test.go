package llm_test

import (
	"context"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A visit is one request of a Relay.
type visit struct {
	method string
	body   string
}

// A site is a server without a network, so that time in its bubble is virtual.
// It answers each request with the next function, and the last one for ever.
type site struct {
	mu      sync.Mutex
	answers []answer
	visits  []visit
	open    int // bodies not closed
}

type answer func(*http.Request) (*http.Response, error)

func newSite(answers ...answer) *site { return &site{answers: answers} }

func (s *site) client() *http.Client { return &http.Client{Transport: s} }

func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	v := visit{method: r.Method}
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

func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
