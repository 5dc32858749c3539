package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestABoardThatIsLeftGoesOnWhenItsVisitorIsBack has browsers do what they do:
// Chromium keeps a page that is left and shows it again as it was, Firefox loads
// one that had a stream again.
func TestABoardThatIsLeftGoesOnWhenItsVisitorIsBack(t *testing.T) {
	p := launch(t, "127.0.0.1:0", filepath.Join(t.TempDir(), "guests.json"))
	origin := p.origin()
	const (
		complete  = connected + ` && !document.querySelector('[data-r=""]')` // with all regions
		elsewhere = `location.pathname == "/source/board" && document.readyState == "complete"`
	)
	t.Run("in Chromium", func(t *testing.T) {
		ctx := chromium(t)
		if err := chromedp.Do(ctx, visit(origin+"/board")); err != nil {
			t.Fatal(err)
		}
		await(ctx, t, complete)
		run(ctx, t, `document.documentElement.dataset.left = "yes"`)
		if err := chromedp.Do(ctx, visit(origin+"/source/board")); err != nil {
			t.Fatal(err)
		}
		await(ctx, t, elsewhere)
		p.awaitBoards(t, 0)
		sign(t, origin, "Ada", "while you were away")
		run(ctx, t, `history.back()`)
		awaitBack(ctx, t, `document.documentElement?.dataset.left == "yes" && `+complete+` && `+guests("Ada: while you were away"))
	})
	t.Run("in Firefox", func(t *testing.T) {
		f := firefox(t, false)
		f.must(t, "WebDriver:Navigate", map[string]any{"url": origin + "/board"})
		f.await(t, complete)
		f.must(t, "WebDriver:Navigate", map[string]any{"url": origin + "/source/board"})
		f.await(t, elsewhere)
		p.awaitBoards(t, 0)
		sign(t, origin, "Grace", "while you were away")
		f.must(t, "WebDriver:Back", map[string]any{})
		f.await(t, complete+` && `+guests("Grace: while you were away", "Ada: while you were away"))
	})
}

// awaitBack is await for a page that takes the place of another: what is asked of
// one that is being put away is never answered.
func awaitBack(ctx context.Context, t *testing.T, condition string) {
	t.Helper()
	for ; ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		ask, cancel := context.WithTimeout(ctx, time.Second)
		holds, err := chromedp.Run(ask, chromedp.Evaluate[bool](condition))
		cancel()
		if err == nil && holds {
			return
		}
	}
	t.Fatalf("waiting for %s: %v", condition, ctx.Err())
}

// run runs a script in the page.
func run(ctx context.Context, t *testing.T, script string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](`(() => {`+script+`})()`)); err != nil {
		t.Fatal(err)
	}
}

// awaitBoards waits until a number of pages are subscribed.
func (p *program) awaitBoards(t *testing.T, want int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		got := p.stock.board.Report().Figures.Boards
		if got == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d boards are open, want %d", got, want)
		}
	}
}

func TestABoardThatIsPrerenderedWaitsUntilItIsShown(t *testing.T) {
	s := someStock(t, nil, nil)
	pages, events := make(chan string, 10), make(chan string, 10)
	handler := site(s)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/board":
			pages <- r.Header.Get("Sec-Purpose")
		case "/board/events":
			events <- r.URL.RawQuery
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.CloseClientConnections)
	ctx := chromium(t)
	// Rules that a script adds need a nonce otherwise.
	lenient := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
		return err
	})
	if err := chromedp.Do(ctx, lenient, visit(server.URL+"/source/board")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, `document.readyState == "complete"`)
	run(ctx, t, `
		const rules = document.createElement("script");
		rules.type = "speculationrules";
		rules.textContent = JSON.stringify({prerender: [{urls: ["/board"], eagerness: "immediate"}]});
		document.head.append(rules)`)
	receive := func(what string, c <-chan string) (got string) {
		t.Helper()
		select {
		case got = <-c:
		case <-ctx.Done():
			t.Fatalf("nobody asks for %s", what)
		}
		return got
	}
	if got := receive("the page", pages); !strings.Contains(got, "prerender") {
		t.Errorf("Sec-Purpose is %q, want a prerender", got)
	}
	select {
	case <-events:
		t.Error("a page that nobody sees opens its stream")
	case <-time.After(time.Second): // ten looks of the script for regions
	}
	run(ctx, t, `location.href = "/board"`)
	receive("the events", events)
	if len(pages) > 0 {
		t.Errorf("the page is asked for again: %q", <-pages)
	}
}
