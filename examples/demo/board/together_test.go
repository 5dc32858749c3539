package board_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// newNATS starts a server on an address, which keeps what it has in dir.
func newNATS(t *testing.T, addr, dir string) *embedded.Server {
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
	log, err := natsbroker.Open(t.Context(), natsbroker.Options{URL: url, Stream: "BOARD", Connect: []nats.Option{nats.ReconnectWait(20 * time.Millisecond)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	b, err := board.Join(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, b)
}

// A page is what somebody sees who has loaded the board and stays.
type page struct {
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu     sync.Mutex
	guests []string // numbers, from the top
	gaps   int
}

var (
	position = regexp.MustCompile(`id="guests\.live" data-r="([^"]*)" data-n="(\d+)"`)
	items    = regexp.MustCompile(`<\?start name="guests\.(\d+)">`)
	patches  = regexp.MustCompile(`<template(?: id="guests\.(\d+)")? for="guests\.([a-z0-9]+)">`)
)

// open loads the board of a site and follows its events, at the site that is in
// its place by then. The page is closed when the test ends.
func open(t *testing.T, place *atomic.Pointer[site]) *page {
	t.Helper()
	s := place.Load()
	resp, html := s.get(t, "/board")
	at := position.FindStringSubmatch(html)
	if resp.StatusCode != http.StatusOK || at == nil {
		t.Fatalf("the page is %s, %s, want one with guests", resp.Status, html)
	}
	p := new(page)
	for _, item := range items.FindAllStringSubmatch(html, -1) {
		p.guests = append(p.guests, item[1])
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.cancel = cancel
	p.all.Go(func() {
		id := at[1][strings.LastIndex(at[1], "=")+1:] + at[2]
		for ctx.Err() == nil {
			id = p.follow(ctx, place.Load().URL+"/board/events", id)
			select { // as browsers do, and sooner
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	t.Cleanup(p.close)
	return p
}

func (p *page) close() {
	p.cancel()
	p.all.Wait()
}

// follow applies what comes over one connection and returns the last id.
func (p *page) follow(ctx context.Context, url, id string) string {
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return id
	}
	r.Header.Set("Last-Event-ID", id)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return id
	}
	defer resp.Body.Close()
	for e, err := range sse.NewReader(resp.Body).Events() {
		if err != nil {
			return id
		}
		if e.ID != "" {
			id = e.ID
		}
		p.patch(e)
	}
	return id
}

// patch does what the script live does.
func (p *page) patch(e sse.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Name == "gap" {
		p.gaps++
	}
	if strings.HasPrefix(e.Data, `<template id="guests" for="guests">`) {
		p.guests = nil
		for _, item := range items.FindAllStringSubmatch(e.Data, -1) {
			p.guests = append(p.guests, item[1])
		}
		return
	}
	for _, m := range patches.FindAllStringSubmatch(e.Data, -1) {
		switch own, target := m[1], m[2]; {
		case target == "start" && !slices.Contains(p.guests, own):
			p.guests = slices.Insert(p.guests, 0, own)
		case own == "":
			p.guests = slices.DeleteFunc(p.guests, func(g string) bool { return g == target })
		}
	}
}

// shows waits until the page shows guests with these numbers, and no gap.
func (p *page) shows(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		p.mu.Lock()
		gaps := p.gaps
		got = slices.Clone(p.guests)
		p.mu.Unlock()
		if gaps > 0 {
			t.Fatalf("the page is told of %d gaps, want none", gaps)
		}
		if slices.Equal(got, want) {
			return
		}
	}
	t.Fatalf("the page shows %q, want %q", got, want)
}

// down are numbers from the highest to the lowest.
func down(from, to int) (all []string) {
	for n := from; n >= to; n-- {
		all = append(all, fmt.Sprint(n))
	}
	return all
}

func TestTogether(t *testing.T) {
	server := newNATS(t, "127.0.0.1:0", t.TempDir())
	a, b := join(t, server.URL()), join(t, server.URL())
	var placeA, placeB atomic.Pointer[site]
	placeA.Store(a)
	placeB.Store(b)
	onA, onB := open(t, &placeA), open(t, &placeB)

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
		for end := time.Now().Add(20 * time.Second); ; {
			_, html := b.get(t, "/board")
			if strings.Contains(html, "2 instances, the last started at") && strings.Contains(html, "<dt>boards open</dt><dd>2</dd>") {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("the page is %s, want two instances and two boards", html)
			}
		}
	})
	t.Run("who signs at the same time is in the same place everywhere", func(t *testing.T) {
		var all sync.WaitGroup
		for _, s := range []*site{a, b} {
			for i := range 8 {
				all.Go(func() { s.post(t, fmt.Sprint("Guest ", i), "") })
			}
		}
		all.Wait()
		for _, p := range []*page{onA, onB, open(t, &placeB)} {
			p.shows(t, down(18, 1)...)
		}
	})
	t.Run("one that ends is no longer counted, and what is said to the other meanwhile is replayed", func(t *testing.T) {
		a.end()
		b.post(t, "Lin", "")
		onB.shows(t, down(19, 1)...)
		placeA.Store(join(t, server.URL())) // where onA comes back
		onA.shows(t, down(19, 1)...)
	})
}

func TestNATSIsAway(t *testing.T) {
	dir := t.TempDir()
	server := newNATS(t, "127.0.0.1:0", dir)
	addr := strings.TrimPrefix(server.URL(), "nats://")
	a, b := join(t, server.URL()), join(t, server.URL())
	var place atomic.Pointer[site]
	place.Store(b)
	onB := open(t, &place)
	a.post(t, "Ada", "")
	onB.shows(t, "1")

	server.Close()
	if resp, html := a.post(t, "Grace", "typed"); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(html, `value="typed"`) {
		t.Errorf("POST = %s, %s, want 503 and what was typed", resp.Status, html)
	}
	newNATS(t, addr, dir)
	for end := time.Now().Add(20 * time.Second); ; {
		resp, _ := a.post(t, "Grace", "again")
		if resp.StatusCode == http.StatusSeeOther {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("POST = %s, want 303", resp.Status)
		}
	}
	onB.shows(t, "2", "1")
}

func TestJoin(t *testing.T) {
	server := newNATS(t, "127.0.0.1:0", t.TempDir())
	log, err := natsbroker.Open(t.Context(), natsbroker.Options{URL: server.URL()})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := board.Join(t.Context(), log); !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("Join() = %v, want %v", err, nats.ErrConnectionClosed)
	}
}
