package transport_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/transport"
)

// A deadliner records the deadlines that are set, as times from its start.
type deadliner struct {
	http.ResponseWriter
	start time.Time
	set   []time.Duration
}

const none = time.Duration(-1)

func (d *deadliner) SetWriteDeadline(t time.Time) error {
	after := none
	if !t.IsZero() {
		after = t.Sub(d.start)
	}
	d.set = append(d.set, after)
	return nil
}

func TestDeadline(t *testing.T) {
	const s = time.Second
	plain := func(*http.Request) {}
	for _, c := range []struct {
		name    string
		request func(*http.Request)
		timeout time.Duration
		writes  []time.Duration // times since the start
		want    []time.Duration
	}{
		{"one serves several writes", plain, 8 * s, []time.Duration{0, 0, s / 2, s}, []time.Duration{8 * s}},
		{"a later write has one of its own", plain, 8 * s, []time.Duration{0, s + 1, 2 * s, time.Minute}, []time.Duration{8 * s, 9*s + 1, 68 * s}},
		{"over HTTP/2 none stays", func(r *http.Request) { r.ProtoMajor = 2 }, 8 * s, []time.Duration{0, s / 2}, []time.Duration{8 * s, none, 8*s + s/2, none}},
		{"nor does one with TLS", func(r *http.Request) { r.TLS = new(tls.ConnectionState) }, 8 * s, []time.Duration{0}, []time.Duration{8 * s, none}},
		{"without a timeout there is none", plain, -1, []time.Duration{0, s}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := httptest.NewRequest("GET", "/", nil)
				c.request(r)
				w := &deadliner{start: time.Now()}
				d := transport.NewDeadline(r, c.timeout)
				for _, at := range c.writes {
					time.Sleep(at - time.Since(w.start))
					d.Arm(w, time.Now())
					d.Disarm(w)
				}
				if !slices.Equal(w.set, c.want) {
					t.Errorf("deadlines %v, want %v", w.set, c.want)
				}
			})
		})
	}
}
