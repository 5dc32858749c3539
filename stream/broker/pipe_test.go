package broker_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A pipeline is a server over pipes that clients subscribe to.
type pipeline struct{ *testkit.Pipes }

// overPipes serves h until the test ends. It must be called in a bubble.
func overPipes(t *testing.T, h http.Handler) *pipeline {
	return &pipeline{testkit.ServePipes(t, "HTTP/1.1", &http.Server{Handler: h})}
}

// A listener is a client that has read the head of its answer.
type listener struct {
	net.Conn
	*http.Response
	body *bufio.Reader
}

// listen asks for a stream.
func (p *pipeline) listen(t *testing.T, path string, headers ...string) *listener {
	t.Helper()
	client, err := p.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	request := "GET " + path + " HTTP/1.1\r\nHost: site\r\n"
	for i := 0; i < len(headers); i += 2 {
		request += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	if _, err := io.WriteString(client, request+"\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		t.Fatalf("ReadResponse() = %v, want nil", err)
	}
	return &listener{client, res, bufio.NewReader(res.Body)}
}

// leaveAfter sends a request and closes the connection, whatever has come.
func (p *pipeline) leaveAfter(d time.Duration) {
	client, err := p.Dial()
	if err != nil {
		return
	}
	_, _ = io.WriteString(client, "POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\n\r\n")
	time.Sleep(d)
	_ = client.Close()
}

// lines reads lines of the stream up to a blank one, or to its end.
func (l *listener) lines() (string, error) {
	var b strings.Builder
	for {
		line, err := l.body.ReadString('\n')
		b.WriteString(line)
		if err != nil || line == "\n" {
			return b.String(), err
		}
	}
}

// data reads the data of the next event that has some.
func (l *listener) data(t *testing.T) string {
	t.Helper()
	for {
		lines, err := l.lines()
		if err != nil {
			t.Fatalf("%q, then %v, want an event", lines, err)
		}
		for line := range strings.Lines(lines) {
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				return strings.TrimSuffix(data, "\n")
			}
		}
	}
}

// publish publishes data and returns the id.
func publish(t *testing.T, topic broker.Topic, data string) string {
	t.Helper()
	id, err := topic.Publish(context.Background(), sse.Event{Data: data})
	if err != nil {
		t.Fatalf("Publish() = %v, want nil", err)
	}
	return id
}

// everyone may subscribe.
func everyone(*http.Request, string) error { return nil }

// byPath takes the topic from the path.
func byPath(r *http.Request) string { return strings.Trim(r.URL.Path, "/") }
