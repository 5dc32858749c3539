package conformance

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func testReplay(t *testing.T, form Form) {
	t.Run("what came after the id comes first, then what is new", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		s.publish(t, "news", "one")
		id := s.publish(t, "news", "two")
		s.publish(t, "news", "three")
		s.publish(t, "weather", "rain")
		s.publish(t, "news", "four")
		c := s.subscribe(t, "news", id)
		c.want(t, "three", "four")
		s.publish(t, "news", "five")
		c.want(t, "five")
	})
	t.Run("without an id only what is new comes", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		s.publish(t, "news", "one")
		c := s.subscribe(t, "news", "")
		s.waitFor(t, 1)
		s.publish(t, "news", "two")
		c.want(t, "two")
	})
	t.Run("the id of the last event leaves no gap, however long nothing comes", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: broker.Retention{Count: 2}})
		var id string
		for range 5 {
			id = s.publish(t, "news", "old")
		}
		for range 5 {
			s.publish(t, "weather", "rain")
		}
		c := s.subscribe(t, "news", id)
		s.publish(t, "news", "new")
		c.want(t, "new")
	})
	t.Run("a position is that of before the next event, of no event, too", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		first := s.position(t, "news")
		s.publish(t, "weather", "rain")
		s.publish(t, "news", "one")
		second := s.position(t, "news")
		s.publish(t, "news", "two")
		s.subscribe(t, "news", first).want(t, "one", "two")
		s.subscribe(t, "news", second).want(t, "two")
	})
	t.Run("a position is before all that comes after it, while others publish", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: broker.Retention{Count: 32}})
		var all sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		big := strings.Repeat("x", 8<<10)
		all.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Publish(t.Context(), "news", sse.Event{Data: big}); err != nil {
					t.Errorf("Publish() = %v, want nil", err)
				}
			}
		})
		for range 100 {
			position := s.position(t, "news")
			for e, err := range s.Subscribe(t.Context(), "news", position) {
				if err == nil && number(e.ID) <= number(position) {
					t.Errorf("after %q came %q", position, e.ID)
				}
				break
			}
		}
		stop()
		all.Wait()
	})
	t.Run("nothing is lost and nothing comes twice where replay turns into live", func(t *testing.T) {
		const events, subscribers = 3000, 12
		s := newSite(t, form, Settings{Retain: broker.Retention{Count: events}})
		start := s.position(t, "news")
		var all sync.WaitGroup
		all.Go(func() {
			for i := range events {
				if _, err := s.Publish(t.Context(), "news", sse.Event{Data: fmt.Sprint(i)}); err != nil {
					t.Errorf("Publish() = %v, want nil", err)
				}
			}
		})
		for n := range subscribers {
			all.Go(func() {
				c := s.subscribe(t, "news", start)
				for i := range events {
					if i%(events/(n+1)) == n { // cut, and on from there
						c.close()
						c = s.subscribe(t, "news", c.last)
					}
					if e, err := c.next(); err != nil || e.Data != fmt.Sprint(i) {
						t.Errorf("subscriber %d: event = %+v, %v, want %d", n, e, err, i)
						return
					}
				}
			})
		}
		all.Wait()
	})
}

// number returns what follows the epoch of an id.
func number(id string) int {
	_, digits, _ := strings.Cut(id, "-")
	n, _ := strconv.Atoi(digits)
	return n
}
