package board

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
)

const (
	present = time.Minute // how long a visitor counts after the last request
	crowd   = 10_000      // maximum of visitors that are told apart
	latest  = 5           // pages that are shown
)

// A Visit is the last request of a visitor for a page of the site.
type Visit struct {
	Page layout.Page
	At   time.Time
}

// equal reports whether two visits are the same, even if one has been encoded and
// decoded.
func (v Visit) equal(w Visit) bool { return v.Page == w.Page && v.At.Equal(w.At) }

// Count passes requests to next and counts them. It tells browsers apart by a
// cookie with a random number that ends with the browser session. It records only
// requests for pages of the navigation.
func (b *Board) Count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		b.traffic.request(now)
		who := visitorOf(r)
		i := slices.IndexFunc(layout.Pages, func(p layout.Page) bool { return p.Path == r.URL.Path })
		if i >= 0 && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
			b.traffic.visit(Visit{layout.Pages[i], now})
			if who == "" {
				who = rand.Text()
				http.SetCookie(w, &http.Cookie{Name: cookie, Value: who, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
			}
		}
		if who != "" {
			b.traffic.enter(who)
			defer func() { b.traffic.leave(who, time.Now()) }()
		}
		next.ServeHTTP(w, r)
	})
}

const cookie = "visitor"

// visitorOf returns the number in the cookie, or "".
func visitorOf(r *http.Request) string {
	c, err := r.Cookie(cookie)
	if err != nil || len(c.Value) != len(rand.Text()) {
		return ""
	}
	return c.Value
}

// traffic counts requests. The zero traffic is ready to use.
type traffic struct {
	mu       sync.Mutex
	seconds  [history]int // requests by second
	second   int64        // the second that is counted now
	visitors map[string]*visitor
	recent   []Visit // newest first
}

// A visitor is present while requests are open, and for a while after the last.
type visitor struct {
	open int
	last time.Time
}

// advance makes now the second that is counted.
func (t *traffic) advance(now time.Time) {
	s := now.Unix()
	for t.second = max(t.second, s-history); t.second < s; {
		t.second++
		t.seconds[t.second%history] = 0
	}
}

func (t *traffic) request(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(now)
	t.seconds[t.second%history]++
}

func (t *traffic) visit(v Visit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recent = newest(slices.Insert(t.recent, 0, v))
}

func (t *traffic) visits() []Visit {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.recent)
}

func (t *traffic) enter(who string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v := t.visitors[who]
	if v == nil {
		if len(t.visitors) >= crowd {
			return
		}
		if t.visitors == nil {
			t.visitors = map[string]*visitor{}
		}
		v = new(visitor)
		t.visitors[who] = v
	}
	v.open++
}

func (t *traffic) leave(who string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if v := t.visitors[who]; v != nil {
		v.open = max(0, v.open-1)
		v.last = now
	}
}

func (t *traffic) figures(now time.Time) (f Figures) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(now)
	for i := range f.Requests {
		f.Requests[i] = t.seconds[(t.second+1+int64(i))%history]
	}
	for who, v := range t.visitors {
		if v.open == 0 && now.Sub(v.last) > present {
			delete(t.visitors, who)
		}
	}
	f.Visitors = len(t.visitors)
	return f
}
