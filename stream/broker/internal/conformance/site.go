package conformance

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// patience limits the wait for something that happens at once.
const patience = 20 * time.Second

// A site is a broker behind a real server. The path of a request is the topic,
// and its header User is the subject.
type site struct {
	Broker
	*httptest.Server
}

func newSite(t *testing.T, form Form, s Settings) *site {
	t.Helper()
	if s.Subject == nil {
		s.Subject = func(r *http.Request) string { return r.Header.Get("User") }
	}
	if s.Authorize == nil {
		s.Authorize = func(*http.Request, string) error { return nil }
	}
	b := form(t, s)
	server := httptest.NewServer(b.Handler(func(r *http.Request) string { return strings.Trim(r.URL.Path, "/") }))
	t.Cleanup(server.Close)
	return &site{b, server}
}

// publish publishes data and returns the id.
func (s *site) publish(t *testing.T, topic, data string) string {
	t.Helper()
	id, err := s.Publish(t.Context(), topic, sse.Event{Data: data})
	if err != nil {
		t.Fatalf("Publish(%q) = %v, want nil", topic, err)
	}
	return id
}

func (s *site) position(t *testing.T, topic string) string {
	t.Helper()
	id, err := s.Position(t.Context(), topic)
	if err != nil {
		t.Fatalf("Position(%q) = %v, want nil", topic, err)
	}
	return id
}

// waitFor waits until the broker has a number of subscribers.
func (s *site) waitFor(t *testing.T, subscribers int) {
	t.Helper()
	for end := time.Now().Add(patience); s.Stats().Subscribers != subscribers; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d subscribers, want %d", s.Stats().Subscribers, subscribers)
		}
	}
}

// A client is a connection that the test reads from.
type client struct {
	res   *http.Response
	lines *bufio.Reader
	retry time.Duration
	last  string // id
	leave context.CancelFunc
}

// ask requests a stream, with a Last-Event-ID if after is not empty.
func (s *site) ask(t *testing.T, topic, after string, headers ...string) *client {
	t.Helper()
	ctx, leave := context.WithTimeout(t.Context(), patience)
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL+"/"+url.PathEscape(topic), nil)
	if err != nil {
		t.Fatal(err)
	}
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.Client().Do(r)
	if err != nil {
		leave()
		t.Fatalf("Do() = %v, want nil", err)
	}
	c := &client{res: res, lines: bufio.NewReader(res.Body), last: after, leave: leave}
	t.Cleanup(c.close)
	return c
}

// subscribe requests a stream that must be served.
func (s *site) subscribe(t *testing.T, topic, after string, headers ...string) *client {
	t.Helper()
	c := s.ask(t, topic, after, headers...)
	if c.res.StatusCode != http.StatusOK {
		t.Fatalf("status = %d, want 200", c.res.StatusCode)
	}
	return c
}

func (c *client) close() {
	c.leave()
	_ = c.res.Body.Close()
}

// next reads an event, or returns the error at the end of the stream.
func (c *client) next() (sse.Event, error) {
	var e sse.Event
	var data []string
	for {
		line, err := c.lines.ReadString('\n')
		if err != nil {
			return sse.Event{}, err
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" && data != nil {
			e.Data = strings.Join(data, "\n")
			if e.ID != "" {
				c.last = e.ID
			}
			return e, nil
		}
		switch field, value, _ := strings.Cut(line, ": "); field {
		case "event":
			e.Name = value
		case "data":
			data = append(data, value)
		case "id":
			e.ID = value
		case "retry":
			ms, _ := strconv.Atoi(value)
			c.retry = time.Duration(ms) * time.Millisecond
			e.Retry = c.retry
		}
	}
}

// want reads events with the given data.
func (c *client) want(t *testing.T, data ...string) {
	t.Helper()
	for _, want := range data {
		e, err := c.next()
		if err != nil || e.Data != want || e.Name != "" {
			t.Fatalf("event = %+v, %v, want one with the data %q", e, err, want)
		}
	}
}

// wantGap reads the event of a gap.
func (c *client) wantGap(t *testing.T, data string) {
	t.Helper()
	e, err := c.next()
	if want := (sse.Event{Name: "gap", Data: data}); err != nil || e != want {
		t.Fatalf("event = %+v, %v, want %+v", e, err, want)
	}
}

// wantEnd reads the proper end of the stream, without an event before it.
func (c *client) wantEnd(t *testing.T) {
	t.Helper()
	if e, err := c.next(); !errors.Is(err, io.EOF) {
		t.Fatalf("event = %+v, %v, want %v", e, err, io.EOF)
	}
}
