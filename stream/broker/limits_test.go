package broker_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestSubjectIsThePeer(t *testing.T) {
	for _, c := range []struct{ peer, subject string }{
		{"192.0.2.7:1234", "192.0.2.7"},
		{"[::ffff:192.0.2.7]:1234", "192.0.2.7"},
		{"[2001:db8:1:2:3:4:5:6]:1234", "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:1234", "fe80::/64"},
		{"@", "@"},
	} {
		t.Run(c.peer, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &broker.Broker{}
				ctx, cancel := context.WithCancel(t.Context())
				r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
				r.RemoteAddr = c.peer
				go b.Topic("news").Handler().ServeHTTP(httptest.NewRecorder(), r) // waited for by the bubble
				synctest.Wait()
				var got []string
				b.Disconnect(func(_, subject string) bool {
					got = append(got, subject)
					return false
				})
				cancel()
				if want := []string{c.subject}; !slices.Equal(got, want) {
					t.Errorf("subjects = %q, want %q", got, want)
				}
			})
		})
	}
}

func TestPublishMakesNoTopicsBeyondTheLimit(t *testing.T) {
	b := &broker.Broker{Limits: broker.Limits{Topics: 1}}
	if _, err := b.Topic("one").Publish(t.Context(), sse.Event{Data: "1"}); err != nil {
		t.Fatalf("Publish() = %v, want nil", err)
	}
	if _, err := b.Topic("two").Publish(t.Context(), sse.Event{Data: "2"}); !errors.Is(err, broker.ErrTopics) {
		t.Errorf("Publish() = %v, want %v", err, broker.ErrTopics)
	}
}
