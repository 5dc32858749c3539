package hostiletest_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/hostiletest"
	"github.com/rivulet-go/rivulet/internal/e2e/hostiletest/nasty"
)

// Each site breaks promises, and each must be missed.
func TestWhatIsBrokenIsNoticed(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	for _, test := range []struct {
		name   string
		broken http.HandlerFunc
		want   []string
	}{
		{"what an answer holds", tells(),
			[]string{"the token of another request", "holds a secret", "what errors look like", "a visitor's markup"}},
		{"how an answer ends", ends(),
			[]string{"ends like a whole one", "does not hold its own token", "net/http says: http: panic serving", "superfluous"}},
		{"what stays", stays(stop),
			[]string{"goroutines are left", "the heap has"}},
		{"who is served", waits,
			[]string{"an ordinary visit"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, func(http.Handler) http.Handler { return test.broken })
			r := hostiletest.Run(t.Context(), s, hostiletest.Options{
				Seed: 1, Attacks: 60, Duration: 5 * time.Second, Patience: time.Second, Settle: 500 * time.Millisecond,
			})
			for _, want := range test.want {
				if !slices.ContainsFunc(r.Faults(), func(f string) bool { return strings.Contains(f, want) }) {
					t.Errorf("the faults are %q, want one that says %q", r.Faults(), want)
				}
			}
		})
	}
}

func page(w http.ResponseWriter, r *http.Request, in string) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, "<p>%s</p>%s</html>", r.URL.Query().Get("t"), in)
}

// tells shows what belongs to another request, to the server, or to no page.
func tells() http.HandlerFunc {
	var last atomic.Value
	last.Store("")
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		page(w, r, last.Swap(q.Get("t")).(string)+nasty.Secret+"goroutine 7 [running]:"+q.Get("u"))
	}
}

// ends ends answers too early, in turns.
func ends() http.HandlerFunc {
	var n atomic.Uint64
	return func(w http.ResponseWriter, r *http.Request) {
		switch n.Add(1) % 4 {
		case 0:
			_, _ = io.WriteString(w, "<p>half of a page")
		case 1:
			_, _ = io.WriteString(w, "<p></html>")
		case 2:
			panic("nobody has planted this")
		case 3:
			w.WriteHeader(http.StatusOK)
			w.WriteHeader(http.StatusInternalServerError)
		}
	}
}

// stays keeps a goroutine and a megabyte of each request.
func stays(stop chan struct{}) http.HandlerFunc {
	var mu sync.Mutex
	var kept [][]byte
	return func(w http.ResponseWriter, r *http.Request) {
		go func() { <-stop }() // the test ends it
		mu.Lock()
		kept = append(kept, make([]byte, 1<<20))
		mu.Unlock()
		page(w, r, "")
	}
}

// waits serves ordinary visitors late.
func waits(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.UserAgent(), "Go-http-client") {
		time.Sleep(2 * time.Second)
	}
	page(w, r, "")
}
