package broker_test

import (
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// replayed returns the data of the events after id, with "gap " before them if
// there is a gap. Nothing may be published meanwhile.
func replayed(t *testing.T, topic broker.Topic, id string) string {
	t.Helper()
	end := publish(t, topic, "end")
	var got strings.Builder
	for e, err := range topic.Subscribe(t.Context(), id) {
		switch {
		case err != nil && e.ID == "":
			got.WriteString(err.Error())
			return got.String()
		case e.ID == end:
			return strings.TrimSpace(got.String())
		}
		got.WriteString(e.Data + " ")
	}
	return got.String()
}

func TestRetention(t *testing.T) {
	gap := broker.ErrGap.Error()
	t.Run("the oldest event goes when there are more than Count", func(t *testing.T) {
		b := &broker.Broker{Retain: broker.Retention{Count: 4}} // one is for the end
		topic := b.Topic("news")
		a := publish(t, topic, "a")
		id := publish(t, topic, "b")
		for _, data := range []string{"c", "d", "e"} {
			publish(t, topic, data)
		}
		if got, want := replayed(t, topic, id), "c d e"; got != want {
			t.Errorf("after the first that is gone: %q, want %q", got, want)
		}
		if got := replayed(t, topic, a); got != gap {
			t.Errorf("after one before it: %q, want %q", got, gap)
		}
		if got := b.Stats(); got.Events != 4 || got.Published != 7 || got.Topics != 1 {
			t.Errorf("Stats() = %+v, want 4 events of 7", got)
		}
	})
	t.Run("the oldest events go when all have more than Bytes", func(t *testing.T) {
		b := &broker.Broker{Retain: broker.Retention{Bytes: 400}}
		topic := b.Topic("news")
		a := publish(t, topic, "a")
		publish(t, topic, strings.Repeat("b", 300))
		if got, want := replayed(t, topic, a), strings.Repeat("b", 300); got != want {
			t.Errorf("replayed %q, want %q", got, want)
		}
		publish(t, topic, strings.Repeat("c", 300))
		if got := replayed(t, topic, a); got != gap {
			t.Errorf("replayed %q, want %q", got, gap)
		}
		if got := b.Stats().Bytes; got > 400 {
			t.Errorf("Stats().Bytes = %d, want at most 400", got)
		}
	})
	t.Run("an event goes when it is as old as Age", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := &broker.Broker{Retain: broker.Retention{Age: time.Minute}}
			topic := b.Topic("news")
			a := publish(t, topic, "a")
			time.Sleep(40 * time.Second)
			id := publish(t, topic, "b")
			time.Sleep(19 * time.Second)
			if got, want := replayed(t, topic, a), "b"; got != want {
				t.Errorf("replayed %q, want %q", got, want)
			}
			time.Sleep(41 * time.Second)
			if got := replayed(t, topic, a); got != gap {
				t.Errorf("replayed %q, want %q", got, gap)
			}
			if got, want := replayed(t, topic, id), "end end"; got != want {
				t.Errorf("replayed %q, want %q", got, want)
			}
		})
	})
	t.Run("no event goes by its age when Age is negative", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := &broker.Broker{Retain: broker.Retention{Age: -1}}
			a := publish(t, b.Topic("news"), "a")
			publish(t, b.Topic("news"), "b")
			time.Sleep(1000 * time.Hour)
			if got, want := replayed(t, b.Topic("news"), a), "b"; got != want {
				t.Errorf("replayed %q, want %q", got, want)
			}
		})
	})
}

// The longest Duration must not set a timer that fires all the time.
func TestLongestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{Retain: broker.Retention{Age: math.MaxInt64}}
		a := publish(t, b.Topic("news"), "a")
		publish(t, b.Topic("news"), "b")
		time.Sleep(time.Microsecond) // long for a timer that spins
		if got, want := replayed(t, b.Topic("news"), a), "b"; got != want {
			t.Errorf("replayed %q, want %q", got, want)
		}
		if err := b.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestForgottenTopics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{Retain: broker.Retention{Age: time.Minute}}
		news, weather := b.Topic("news"), b.Topic("weather")
		old := publish(t, news, "old")
		last := publish(t, news, "last")
		if got := b.Stats(); got.Topics != 1 || got.Events != 2 || got.Bytes == 0 {
			t.Errorf("Stats() = %+v, want two events", got)
		}
		time.Sleep(68 * time.Second) // an eighth late
		synctest.Wait()
		if got := b.Stats(); got.Topics != 0 || got.Events != 0 || got.Bytes != 0 || got.Published != 2 {
			t.Errorf("Stats() = %+v, want no topic and its counts", got)
		}
		position, err := news.Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		publish(t, weather, "rain")
		publish(t, news, "new")
		for _, c := range []struct{ name, id, want string }{
			{"the last id", last, "new"},
			{"a position while there was no topic", position, "new end"},
			{"an older id", old, broker.ErrGap.Error()},
		} {
			if got := replayed(t, news, c.id); got != c.want {
				t.Errorf("after %s: %q, want %q", c.name, got, c.want)
			}
		}
	})
	t.Run("a subscriber keeps its topic", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := &broker.Broker{Retain: broker.Retention{Age: time.Minute}}
			topic := b.Topic("news")
			p := overPipes(t, topic.Handler())
			l := p.listen(t, "/")
			synctest.Wait()
			go func() { publish(t, topic, "one") }()
			if got := l.data(t); got != "one" {
				t.Errorf("data = %q, want %q", got, "one")
			}
			go func() {
				for { // heartbeats
					if _, err := l.lines(); err != nil {
						return
					}
				}
			}()
			time.Sleep(time.Hour)
			if got := b.Stats(); got.Topics != 1 || got.Events != 0 {
				t.Errorf("Stats() = %+v, want a topic without events", got)
			}
			_ = l.Conn.Close()
			synctest.Wait()
			if got := b.Stats(); got.Topics != 0 || got.Subscribers != 0 {
				t.Errorf("Stats() = %+v, want no topic", got)
			}
		})
	})
}
