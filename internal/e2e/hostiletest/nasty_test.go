package hostiletest_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"log/slog"

	"github.com/rivulet-go/rivulet/internal/e2e/hostiletest"
	"github.com/rivulet-go/rivulet/internal/e2e/hostiletest/nasty"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // it is full of planted errors
	os.Exit(m.Run())
}

func TestAttacksOnANastySite(t *testing.T) {
	hostiletest.Test(t, serve(t, func(h http.Handler) http.Handler { return h }))
}

// serve serves the nasty site with a middleware until the test ends.
func serve(t *testing.T, wrap func(http.Handler) http.Handler) *hostiletest.Site {
	t.Helper()
	s, err := nasty.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	server, err := hostiletest.Serve(wrap(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return &hostiletest.Site{
		Server:  server,
		Target:  target,
		Streams: []string{"/topic?name=board", "/topic?name=secret", "/topic?name=panic", "/topic?name=a+b", "/events?k=error", "/events?k=panic", "/events?k=goexit", "/events"},
		Healthy: []string{"/page?t=%s&p=ready.soon.nested", "/page?t=%s&p=text.each&m=order", "/page?t=%s&p=assets.later.many&m=calm"},
		Closed:  []string{"/inspect", "/inspect?format=json", "/inspect?events=1", "/inspect?id=1"},
		Secrets: []string{nasty.Secret, "10.0.0.7"},
		Planted: nasty.Secret,
		Attacks: []hostiletest.Attack{{Name: "events: two topics", Do: twoTopics}},
		Most:    512 << 20,
		Slack:   24 << 20,
	}
}

// target is a page of random parts, mostly.
func target(r *rand.Rand, token string) hostiletest.Target {
	q := url.Values{"t": {token}, "u": {hostiletest.Value(r.IntN)}, "m": {one(r, nasty.Modes)}, "k": {one(r, nasty.Kinds)}}
	switch n := r.IntN(100); {
	case n < 66:
		var parts []string
		for range r.IntN(6) {
			parts = append(parts, one(r, nasty.Parts()))
		}
		switch r.IntN(8) {
		case 0:
			parts = append(parts, one(r, nasty.Ends()))
		case 1:
			q.Set("k", one(r, []string{"pageerror", "pagepanic", "pagegoexit"}))
		}
		q.Set("p", strings.Join(parts, "."))
		return hostiletest.Target{URI: "/page?" + q.Encode(), Whole: hostiletest.WholePage, Echoes: true}
	case n < 74:
		q.Set("k", one(r, nasty.Selfs))
		return hostiletest.Target{URI: "/self?" + q.Encode()}
	case n < 86:
		q.Set("m", one(r, []string{"", "", "", "", "refuse", "error"}))
		return hostiletest.Target{Method: http.MethodPost, URI: "/relay?" + q.Encode(), Type: "application/json",
			Body: `{"messages":[]}`, Whole: hostiletest.WholeAnswer}
	case n < 91:
		q.Set("k", one(r, []string{"", "error", "panic", "goexit"}))
		return hostiletest.Target{URI: "/events?" + q.Encode(), Stream: true}
	case n < 95:
		q.Set("name", "board")
		return hostiletest.Target{Method: http.MethodPost, URI: "/publish?" + q.Encode()}
	default:
		q.Set("name", one(r, []string{"board", token, "secret" + token, "panic", hostiletest.Value(r.IntN)}))
		return hostiletest.Target{URI: "/topic?" + q.Encode(), Stream: true}
	}
}

func one(r *rand.Rand, of []string) string { return of[r.IntN(len(of))] }

// twoTopics subscribes to two topics and publishes on both. Neither receives
// events of the other, and typed text ends no event.
func twoTopics(v *hostiletest.Assault) {
	type topic struct {
		token string
		r     *bufio.Reader
	}
	var topics []topic
	for range 2 {
		token, c := v.Token(), v.Dial()
		if c == nil {
			return
		}
		defer c.Close()
		t := hostiletest.Target{Method: http.MethodGet, URI: "/topic?name=" + token}
		_, _ = io.WriteString(c, v.Request(t, "Accept: text/event-stream\r\n"))
		topics = append(topics, topic{token, bufio.NewReader(c)})
	}
	v.Pause(20 * time.Millisecond)
	for _, t := range topics {
		if c := v.Dial(); c != nil {
			q := url.Values{"name": {t.token}, "t": {t.token}, "u": {v.Value() + "\n\nevent: evil\rid: 1\r\n\r\ndata: evil\n\n"}}
			_, _ = io.WriteString(c, v.Request(hostiletest.Target{Method: http.MethodPost, URI: "/publish?" + q.Encode()}, "Connection: close\r\n"))
			_, _ = io.Copy(io.Discard, c)
			_ = c.Close()
		}
	}
	for _, t := range topics {
		res, err := http.ReadResponse(t.r, nil)
		if err != nil {
			return
		}
		said, _ := io.ReadAll(res.Body) // until MaxLife
		a := &hostiletest.Answer{Status: res.StatusCode, Header: res.Header, Body: said}
		v.Judge(hostiletest.Target{Method: http.MethodGet, URI: "/topic"}, a, t.token)
		for e, err := range sse.NewReader(strings.NewReader(string(said))).Events() {
			if err == nil && e.Name != "" && e.Name != "gap" {
				v.Fault(fmt.Sprintf("a topic has an event %q that nobody has published", e.Name))
			}
		}
	}
}
