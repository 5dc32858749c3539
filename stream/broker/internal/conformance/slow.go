package conformance

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
)

func testSlow(t *testing.T, form Form) {
	// More than the buffers of a connection hold.
	const events = 160
	big := " " + strings.Repeat("x", 128<<10)
	retain := broker.Retention{Count: 2 * events, Bytes: 64 << 20}

	// stuck returns a client that has not read while others were served.
	stuck := func(t *testing.T, s *site) *client {
		t.Helper()
		c, other := s.subscribe(t, "news", ""), s.subscribe(t, "news", "")
		s.waitFor(t, 2)
		for i := range events {
			s.publish(t, "news", fmt.Sprint(i)+big)
			other.want(t, fmt.Sprint(i)+big)
			for i == 0 && s.Stats().Delivered < 2 { // it has an id before it is too slow
				runtime.Gosched()
			}
		}
		other.close()
		return c
	}
	t.Run("one that is too far behind is disconnected, and loses nothing", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: retain, Queue: 4})
		c := stuck(t, s)
		i := 0
		for {
			e, err := c.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || e.Data != fmt.Sprint(i)+big {
				t.Fatalf("event %d = %.20q, %v", i, e.Data, err)
			}
			i++
		}
		if i == 0 || i == events {
			t.Fatalf("%d events came before the end, want some and not all", i)
		}
		if s.Stats().Slow != 1 {
			t.Errorf("Stats().Slow = %d, want 1", s.Stats().Slow)
		}
		for c = s.subscribe(t, "news", c.last); i < events; i++ {
			c.want(t, fmt.Sprint(i)+big)
		}
	})
	t.Run("one that is further behind than what is retained is told of a gap", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: broker.Retention{Count: 4}})
		c := stuck(t, s)
		for {
			if _, err := c.next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		s.subscribe(t, "news", c.last).wantGap(t, "expired")
	})
	t.Run("one for whom only the latest counts goes on with it", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: retain, Queue: 4, Slow: broker.DropOldest})
		c := stuck(t, s)
		n, last := 0, -1
		for last < events-1 {
			e, err := c.next()
			if err != nil {
				t.Fatal(err)
			}
			var i int
			if _, err := fmt.Sscan(e.Data, &i); err != nil || i <= last || e.Name != "" {
				t.Fatalf("event %.20q after %d, %v", e.Data, last, err)
			}
			n, last = n+1, i
		}
		if n >= events {
			t.Errorf("%d events came, want less than %d", n, events)
		}
		s.publish(t, "news", "new")
		c.want(t, "new")
	})
}
