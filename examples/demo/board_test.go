package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/examples/demo/board"
)

func TestAGuestAppearsOnEveryOpenBoardAndOutlivesTheServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "guests.json")
	p := launch(t, "127.0.0.1:0", file)
	origin := p.origin()

	// Two pages in two browsers.
	ctx := chromium(t)
	said := complaints(ctx, t)
	if err := chromedp.Do(ctx, visit(origin+"/board")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, connected)
	f := firefox(t, true)
	f.must(t, "WebDriver:Navigate", map[string]any{"url": origin + "/board"})
	f.await(t, connected)

	both := func(what, condition string) {
		t.Helper()
		t.Log(what)
		await(ctx, t, condition)
		f.await(t, condition)
	}
	t.Run("whoever signs in one browser appears in the other", func(t *testing.T) {
		focus(ctx, t, "#name")
		if err := chromedp.Do(ctx, chromedp.KeyEvent("Ada"), chromedp.KeyEvent("\t"), chromedp.KeyEvent("Hello <b>all</b>"), chromedp.KeyEvent("\r")); err != nil {
			t.Fatal(err)
		}
		both("Ada", guests("Ada: Hello <b>all</b>"))
		f.enter(t, "#name", "Grace\uE007")
		both("Grace", guests("Grace", "Ada: Hello <b>all</b>"))
	})
	t.Run("the figures follow", func(t *testing.T) {
		both("two boards", `document.querySelector(".figures div:nth-child(2) dd").textContent == "2"`)
		both("two visitors", `document.querySelector(".figures div:nth-child(1) dd").textContent == "2"`)
	})
	t.Run("nobody complains", func(t *testing.T) {
		if got := said(); len(got) > 0 {
			t.Errorf("Chromium's console says %q, want nothing", got)
		}
		if got := f.complaints(t, origin); len(got) > 0 {
			t.Errorf("Firefox's console says %q, want nothing", got)
		}
	})
	t.Run("after a restart nothing is lost", func(t *testing.T) {
		p.stop(t)
		const shown = `getComputedStyle(document.querySelector(".rv-lost")).display != "none"`
		both("lost", `document.documentElement.dataset.live == "lost" && `+shown)
		p = launch(t, p.addr, file)
		sign(t, origin, "Lin", "while you were away")
		both("connected again", connected)
		both("all guests", guests("Lin: while you were away", "Grace", "Ada: Hello <b>all</b>"))
		sign(t, origin, "Mary", "")
		both("and what comes then", guests("Mary", "Lin: while you were away", "Grace", "Ada: Hello <b>all</b>"))
	})
	p.stop(t)
}

// connected is true on a board that is told what changes.
const connected = `document.documentElement.dataset.live == "open"`

// guests is true on a board that shows these, the last first.
func guests(want ...string) string {
	list, _ := json.Marshal(want)
	return `JSON.stringify([...document.querySelectorAll(".guest")].map(g => {
		const said = g.querySelector(".said")
		return g.querySelector("strong").textContent + (said ? ": " + said.textContent : "")
	})) == JSON.stringify(` + string(list) + `)`
}

// A program is the demo as it is started, without the flights.
type program struct {
	addr   string
	server *http.Server
	stock  stock
}

func launch(t *testing.T, addr, file string) *program {
	t.Helper()
	return launchWith(t, addr, soleBoard(t, file))
}

func launchWith(t *testing.T, addr string, b *board.Board) *program {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s := someStock(t, nil, nil)
	s.board = b
	p := &program{addr: l.Addr().String(), stock: s, server: &http.Server{Handler: site(s)}}
	go p.server.Serve(l) // stop waits for it
	return p
}

// origin is what the addresses of its pages begin with.
func (p *program) origin() string { return "http://" + p.addr }

// stop ends the program as an interrupt does. It must not take long, although
// pages are open.
func (p *program) stop(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := shutdown(ctx, p.server, p.stock.board, p.stock.chat); err != nil {
		t.Fatalf("shutdown() = %v", err)
	}
}

// sign signs the guest list as a form does.
func sign(t *testing.T, server, name, words string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.PostForm(server+"/board", url.Values{"name": {name}, "words": {words}})
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("POST /board = %s, want 303", r.Status)
	}
}

// focus gives an element of the page the focus.
func focus(ctx context.Context, t *testing.T, selector string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(document.querySelector(%q).focus(), true)`, selector))); err != nil {
		t.Fatal(err)
	}
}

// enter types text into an element, as from a keyboard. U+E007 is Enter.
func (f *fox) enter(t *testing.T, selector, text string) {
	t.Helper()
	var found struct{ Value map[string]string }
	if err := json.Unmarshal(f.must(t, "WebDriver:FindElement", map[string]any{"using": "css selector", "value": selector}), &found); err != nil {
		t.Fatal(err)
	}
	for _, id := range found.Value {
		f.must(t, "WebDriver:ElementSendKeys", map[string]any{"id": id, "text": text})
	}
}
