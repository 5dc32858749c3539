package conformance

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
)

func testAuthorize(t *testing.T, form Form) {
	t.Run("a handler that takes its topic from the request cannot be built without", func(t *testing.T) {
		b := form(t, Settings{})
		defer func() {
			if recover() == nil {
				t.Error("Handler() did not panic")
			}
		}()
		b.Handler(func(r *http.Request) string { return r.URL.Path })
	})
	t.Run("is asked each time, with the topic", func(t *testing.T) {
		var asked atomic.Value
		var allow atomic.Bool
		s := newSite(t, form, Settings{Authorize: func(r *http.Request, topic string) error {
			asked.Store(topic + " " + r.Header.Get("User"))
			if allow.Load() {
				return nil
			}
			return errors.New("secret reason")
		}})
		if c := s.ask(t, "news", "", "User", "ada"); c.res.StatusCode != http.StatusForbidden {
			t.Errorf("status = %d, want 403", c.res.StatusCode)
		} else if line, _ := c.lines.ReadString('\n'); line != "Forbidden\n" {
			t.Errorf("body = %q, want %q", line, "Forbidden\n")
		}
		if got := asked.Load(); got != "news ada" {
			t.Errorf("asked for %q, want %q", got, "news ada")
		}
		if got := s.Stats(); got.Subscribers != 0 || got.Topics != 0 || got.Refused != 1 {
			t.Errorf("Stats() = %+v, want one that was refused", got)
		}
		allow.Store(true)
		c := s.subscribe(t, "news", "", "User", "ada")
		id := s.publish(t, "news", "one")
		c.want(t, "one")
		c.close()
		allow.Store(false)
		if c := s.ask(t, "news", id, "User", "ada"); c.res.StatusCode != http.StatusForbidden {
			t.Errorf("status of the second time = %d, want 403", c.res.StatusCode)
		}
	})
	t.Run("can say that nothing is to come", func(t *testing.T) {
		s := newSite(t, form, Settings{Authorize: func(*http.Request, string) error { return broker.ErrStop }})
		if c := s.ask(t, "news", ""); c.res.StatusCode != http.StatusNoContent {
			t.Errorf("status = %d, want 204", c.res.StatusCode)
		}
	})
	t.Run("a page of another site is refused", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Origin", "https://evil.example"},
		} {
			if c := s.ask(t, "news", "", headers...); c.res.StatusCode != http.StatusForbidden {
				t.Errorf("status with %q = %d, want 403", headers, c.res.StatusCode)
			}
		}
	})
}

func testDisconnect(t *testing.T, form Form) {
	t.Run("ends the streams that match, and they hear no more", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		ada, bob := s.subscribe(t, "news", "", "User", "ada"), s.subscribe(t, "news", "", "User", "bob")
		elsewhere := s.subscribe(t, "weather", "", "User", "ada")
		s.waitFor(t, 3)
		if n := s.Disconnect(func(topic, subject string) bool { return topic == "news" && subject == "ada" }); n != 1 {
			t.Errorf("Disconnect() = %d, want 1", n)
		}
		s.publish(t, "news", "one")
		s.publish(t, "weather", "rain")
		ada.wantEnd(t)
		bob.want(t, "one")
		elsewhere.want(t, "rain")
		s.waitFor(t, 2)
	})
	t.Run("a client that is just being authorized is asked for again", func(t *testing.T) {
		asked, logout := make(chan bool), make(chan bool)
		var first sync.Once
		var out atomic.Bool
		s := newSite(t, form, Settings{Authorize: func(*http.Request, string) error {
			var err error
			if out.Load() {
				err = errors.New("logged out")
			}
			first.Do(func() {
				asked <- true
				<-logout
			})
			return err
		}})
		var all sync.WaitGroup
		all.Go(func() {
			<-asked
			out.Store(true)
			s.Disconnect(func(string, string) bool { return true })
			close(logout)
		})
		if c := s.ask(t, "news", ""); c.res.StatusCode != http.StatusForbidden {
			t.Errorf("status = %d, want 403", c.res.StatusCode)
		}
		all.Wait()
	})
}
