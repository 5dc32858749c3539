package natsbroker_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// may returns what a user may publish on; answers he may have.
func may(publish ...string) *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: publish},
		Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX.>"}},
	}
}

// TestPermissions has several users, each of which lacks one permission.
func TestPermissions(t *testing.T) {
	withoutInbox := may(">")
	withoutInbox.Subscribe.Allow = []string{"elsewhere"}
	ownInbox := may("board.>", "$JS.API.>", "$JS.FC.>")
	ownInbox.Subscribe.Allow = []string{"_INBOX_board.>"}
	users := map[string]*server.Permissions{
		"all":      may(">"),
		"doc":      may("board.>", "$JS.API.>", "$JS.FC.>"),
		"exact":    may("board.*", "$JS.API.STREAM.INFO.BOARD", "$JS.API.STREAM.CREATE.BOARD", "$JS.API.STREAM.UPDATE.BOARD", "$JS.API.CONSUMER.CREATE.BOARD.>", "$JS.FC.BOARD.>"),
		"user":     may("board.*", "$JS.API.STREAM.INFO.BOARD", "$JS.API.CONSUMER.CREATE.BOARD.>", "$JS.FC.BOARD.>"),
		"reader":   may("$JS.API.>", "$JS.FC.>"),
		"one":      may("board.news", "$JS.API.STREAM.INFO.BOARD", "$JS.API.CONSUMER.CREATE.BOARD.*.board.news", "$JS.FC.>"),
		"flow":     may("board.>", "$JS.API.>"),
		"inbox":    withoutInbox,
		"ownInbox": ownInbox,
	}
	so := &server.Options{}
	for name, p := range users {
		so.Users = append(so.Users, &server.User{Username: name, Password: secret, Permissions: p})
	}
	s := startServer(t, so)
	o := natsbroker.Options{Stream: "BOARD", Retain: broker.Retention{Bytes: 32 << 20}, Bytes: 64 << 20}
	as := func(user string, further ...nats.Option) natsbroker.Options {
		o := o
		o.URL = "nats://" + user + ":" + secret + "@" + s.Addr().String()
		quiet := nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})
		o.Connect = append([]nats.Option{quiet}, further...)
		return o
	}
	// Several times the amount that NATS sends without flow control.
	const events = 400
	text := strings.Repeat("x", 16<<10)
	everything := func(t *testing.T, b *broker.Broker) {
		start, err := b.Topic("news").Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for range events {
			publish(t, b, "news", text)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		came := 0
		for e, err := range b.Topic("news").Subscribe(ctx, start) {
			if err != nil || e.Data != text {
				t.Fatalf("event of %d bytes, %v", len(e.Data), err)
			}
			if came++; came == events {
				break
			}
		}
		if st := b.Stats(); came != events || st.Store.Err != nil || st.Store.Restarts != 0 {
			t.Errorf("%d of %d events came, %+v", came, events, st.Store)
		}
	}
	t.Run("who may not make a stream is told so", func(t *testing.T) {
		refused(t, as("user"), `permissions violation: Permissions Violation for Publish to "$JS.API.STREAM.CREATE.BOARD"`)
	})
	t.Run("who may not be answered is told so", func(t *testing.T) {
		refused(t, as("inbox"), "permissions violation")
	})
	join(t, as("all"))
	t.Run("those of the package doc are enough", func(t *testing.T) { everything(t, join(t, as("doc"))) })
	t.Run("those for one stream are enough", func(t *testing.T) { everything(t, join(t, as("exact"))) })
	t.Run("one's own inbox is enough", func(t *testing.T) {
		everything(t, join(t, as("ownInbox", nats.CustomInboxPrefix("_INBOX_board"))))
	})
	t.Run("who may not make a stream goes where it is there", func(t *testing.T) { everything(t, join(t, as("user"))) })
	t.Run("who may not change a stream is told so where it differs", func(t *testing.T) {
		o := as("user")
		o.Retain.Count = 7
		refused(t, o, `"$JS.API.STREAM.UPDATE.BOARD"`)
	})
	t.Run("who may only read is told so when he publishes", func(t *testing.T) {
		b := join(t, as("reader"))
		_, err := b.Topic("news").Publish(t.Context(), sse.Event{Data: "x"})
		if !errors.Is(err, nats.ErrPermissionViolation) || errors.Is(err, broker.ErrUnavailable) {
			t.Errorf("Publish() = %v, want %v", err, nats.ErrPermissionViolation)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("Publish() = %v, which has the password", err)
		}
	})
	t.Run("a topic that is denied does not disturb another", func(t *testing.T) {
		b := join(t, as("one"))
		news := listen(t, b, "news", "")
		listen(t, b, "weather", "")
		until(t, "what is denied", func() bool { return errors.Is(b.Stats().Store.Err, nats.ErrPermissionViolation) })
		if _, err := b.Topic("weather").Publish(t.Context(), sse.Event{Data: "x"}); !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("Publish() = %v, want %v", err, nats.ErrPermissionViolation)
		}
		publish(t, b, "news", "one")
		news.want("one")
	})
	t.Run("who may not answer about flow is told so", func(t *testing.T) {
		doc := join(t, as("doc"))
		start, err := doc.Topic("flow").Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for range events {
			publish(t, doc, "flow", text)
		}
		b := join(t, as("flow"))
		listen(t, b, "flow", start)
		until(t, "what is denied", func() bool { return errors.Is(b.Stats().Store.Err, nats.ErrPermissionViolation) })
	})
}

func TestAServerThatDoesNotKnowTheUserForAWhileDoesNotEndTheLog(t *testing.T) {
	dir := t.TempDir()
	start := func(port int, password string) *server.Server {
		return startServer(t, &server.Options{Port: port, StoreDir: dir, Username: "board", Password: password})
	}
	s := start(0, secret)
	port := s.Addr().(*net.TCPAddr).Port
	var refusals atomic.Int64
	b := newNode(t, natsbroker.Options{URL: "nats://board:" + secret + "@" + s.Addr().String(), Connect: []nats.Option{
		nats.ReconnectWait(10 * time.Millisecond), nats.ReconnectJitter(0, 0),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrAuthorization) {
				refusals.Add(1)
			}
		}),
	}})
	l := listen(t, b, "news", "")
	publish(t, b, "news", "one")
	stopServer(s)
	s = start(port, "another")
	until(t, "refusals", func() bool { return refusals.Load() >= 3 })
	if err := b.Stats().Store.Err; !errors.Is(err, broker.ErrUnavailable) || strings.Contains(err.Error(), secret) {
		t.Errorf("Stats().Store.Err = %v, want %v", err, broker.ErrUnavailable)
	}
	stopServer(s)
	start(port, secret)
	publish(t, b, "news", "two")
	l.want("one", "two")
}
