//go:build nats

package board_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A page is an open page of the board, as its visitor sees it.
type page struct {
	site   atomic.Pointer[site] // where it finds its events
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu     sync.Mutex
	guests []string // numbers, from the top
	gaps   int
}

var (
	position = regexp.MustCompile(`<\?live guests (\d+) ([^ >]+)>`)
	items    = regexp.MustCompile(`<\?start name="guests\.(\d+)">`)
	patches  = regexp.MustCompile(`<template(?: id="guests\.(\d+)")? for="guests\.([a-z0-9]+)">`)
)

// patience is how long something may take that comes soon.
const patience = 20 * time.Second

// open loads the board of a site and follows its events, there until page.site
// says that it is elsewhere. The page is closed when the test ends.
func open(t *testing.T, s *site) *page {
	t.Helper()
	resp, html := s.get(t, "/board")
	at := position.FindStringSubmatch(html)
	if resp.StatusCode != http.StatusOK || at == nil {
		t.Fatalf("the page is %s, %s, want one with guests", resp.Status, html)
	}
	p := new(page)
	p.site.Store(s)
	for _, item := range items.FindAllStringSubmatch(html, -1) {
		p.guests = append(p.guests, item[1])
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.cancel = cancel
	p.all.Go(func() {
		id := at[2][strings.LastIndex(at[2], "=")+1:] + at[1]
		for ctx.Err() == nil {
			id = p.follow(ctx, p.site.Load().URL+"/board/events", id)
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
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
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
