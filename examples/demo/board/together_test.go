//go:build nats

package board_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// newNATS starts a server that ends with the test.
func newNATS(t *testing.T) *embedded.Server {
	t.Helper()
	return startNATS(t, "127.0.0.1:0", t.TempDir())
}

// startNATS is newNATS on an address and with what the last one has kept in dir.
func startNATS(t *testing.T, addr, dir string) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(embedded.Options{Addr: addr, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// join serves a board that has all in common with those on the same server.
func join(t *testing.T, url string) *site {
	t.Helper()
	store, err := natsbroker.Open(t.Context(), natsbroker.Options{URL: url, Stream: "BOARD", Connect: []nats.Option{nats.ReconnectWait(20 * time.Millisecond)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	b, err := board.Join(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, b)
}

// until waits until something is so. It asks often, but leaves the processor to
// what is waited for.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// down are numbers from the highest to the lowest.
func down(from, to int) (all []string) {
	for n := from; n >= to; n-- {
		all = append(all, fmt.Sprint(n))
	}
	return all
}

func TestTogether(t *testing.T) {
	server := newNATS(t)
	a, b := join(t, server.URL()), join(t, server.URL())
	onA, onB := open(t, a), open(t, b)

	t.Run("whoever signs on one is on all pages of the other", func(t *testing.T) {
		a.post(t, "Ada", "on the first")
		onB.shows(t, "1")
		b.post(t, "Grace", "on the second")
		onA.shows(t, "2", "1")
		if _, html := b.get(t, "/board"); !strings.Contains(html, "<strong>Ada</strong>") {
			t.Errorf("the page is %s, want Ada on it", html)
		}
	})
	t.Run("they count together", func(t *testing.T) {
		until(t, "two instances and two boards", func() bool {
			_, html := b.get(t, "/board")
			return strings.Contains(html, "2 instances, the last started at") && strings.Contains(html, "<dt>boards open</dt><dd>2</dd>")
		})
	})
	t.Run("who signs at the same time is in the same place everywhere", func(t *testing.T) {
		var all sync.WaitGroup
		for _, s := range []*site{a, b} {
			for i := range 8 {
				all.Go(func() { s.post(t, fmt.Sprint("Guest ", i), "") })
			}
		}
		all.Wait()
		for _, p := range []*page{onA, onB, open(t, b)} {
			p.shows(t, down(18, 1)...)
		}
	})
	t.Run("one that ends is no longer counted, and what is said to the other meanwhile is replayed", func(t *testing.T) {
		a.end()
		b.post(t, "Lin", "")
		onB.shows(t, down(19, 1)...)
		onA.site.Store(join(t, server.URL()))
		onA.shows(t, down(19, 1)...)
	})
}

func TestWhoSignsWhenNATSIsBackIsOnAllPages(t *testing.T) {
	dir := t.TempDir()
	server := startNATS(t, "127.0.0.1:0", dir)
	addr := strings.TrimPrefix(server.URL(), "nats://")
	a, b := join(t, server.URL()), join(t, server.URL())
	onB := open(t, b)
	a.post(t, "Ada", "")
	onB.shows(t, "1")

	server.Close()
	if resp, html := a.post(t, "Grace", "typed"); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(html, `value="typed"`) {
		t.Errorf("POST = %s, %s, want 503 and what was typed", resp.Status, html)
	}
	startNATS(t, addr, dir)
	until(t, "somebody signs", func() bool {
		resp, _ := a.post(t, "Grace", "again")
		return resp.StatusCode == http.StatusSeeOther
	})
	onB.shows(t, "2", "1")
}

func TestABoardCannotJoinByALogThatIsClosed(t *testing.T) {
	server := newNATS(t)
	store, err := natsbroker.Open(t.Context(), natsbroker.Options{URL: server.URL()})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := board.Join(t.Context(), store); !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("Join() = %v, want %v", err, nats.ErrConnectionClosed)
	}
}
