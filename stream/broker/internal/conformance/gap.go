package conformance

import (
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
)

func testGap(t *testing.T, form Form) {
	s := newSite(t, form, Settings{Retain: broker.Retention{Count: 3}})
	earlier := newSite(t, form, Settings{}).publish(t, "news", "from another life")
	unseen := s.position(t, "news")
	oldest := s.publish(t, "news", "one")
	s.publish(t, "weather", "rain")
	for _, data := range []string{"two", "three", "four"} {
		s.publish(t, "news", data)
	}
	last := s.publish(t, "news", "five")
	epoch, _, _ := strings.Cut(last, "-")
	for _, c := range []struct{ name, after, gap string }{
		{"an id that is too old", oldest, "expired"},
		{"a position that is too old", unseen, "expired"},
		{"an id of another life", earlier, "unknown"},
		{"an id of another topic", s.publish(t, "weather", "sun"), "unknown"},
		{"an id of the future", epoch + "-999999999", "unknown"},
		{"an id beyond all numbers", epoch + "-18446744073709551616", "unknown"},
		{"a number in another form", epoch + "-0" + strings.TrimPrefix(last, epoch+"-"), "unknown"},
		{"a negative number", epoch + "--1", "unknown"},
		{"the position of nothing", "0-0", "unknown"}, // see live.Region
		{"an epoch alone", epoch, "unknown"},
		{"a number alone", strings.TrimPrefix(last, epoch+"-"), "unknown"},
		{"garbage", "\"><script>\xff", "unknown"},
		{"much of it", strings.Repeat("9", 10_000), "unknown"},
	} {
		t.Run(c.name+" is a gap, then comes what is new", func(t *testing.T) {
			before := s.Stats().Gaps
			client := s.subscribe(t, "news", c.after)
			client.wantGap(t, c.gap)
			if got, want := s.Stats().Gaps, before+1; got != want {
				t.Errorf("Stats().Gaps = %d, want %d", got, want)
			}
			s.publish(t, "news", c.name)
			client.want(t, c.name)
		})
	}
	t.Run("a client that is cut right after a gap is told again", func(t *testing.T) {
		client := s.subscribe(t, "news", oldest)
		client.wantGap(t, "expired")
		s.publish(t, "news", "missed")
		s.subscribe(t, "news", client.last).wantGap(t, "expired")
	})
}
