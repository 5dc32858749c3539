package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/examples/demo/chat"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/internal/testkit"
)

// looked are the pages that every browser looks at in every shape, and what
// holds when one is complete.
var looked = []struct{ path, complete string }{
	{"/dashboard?limit=1", `document.querySelector("#times .now [data-time=chunk]")?.textContent > 0 &&
		document.querySelector("#times .now [data-time=paint]").textContent > 0 &&
		document.querySelectorAll(".panels .rv-skeleton").length == 0`},
	{"/airports", `document.querySelectorAll(".states a").length > 200`},
	{"/airports/ATL", `document.title == "William B Hartsfield-Atlanta Intl (ATL) · Rivulet demo" && document.querySelectorAll("#routes tbody tr").length == 8 &&
		document.querySelectorAll(".rv-skeleton").length == 0`},
	{"/lab", `document.querySelectorAll(".line.error").length == 3`},
	{"/lab?" + failing, `document.querySelectorAll(".line.error").length == 4 && !document.querySelector(".rv-skeleton")`},
	{"/chat", `document.querySelector("#question") != null`},
	{"/chat/fetch", `document.querySelector("#stop") != null`},
	{"/", `document.querySelectorAll(".picture tbody tr").length == 7 && document.querySelectorAll(".rv-skeleton").length == 0`},
	{"/board", `document.documentElement.dataset.live == "open" && document.querySelectorAll(".rv-skeleton").length == 0`},
	{"/search?q=star", `document.querySelectorAll("#results mark").length > 10 && document.querySelectorAll(".rv-skeleton").length == 0`},
	{"/search/htmx?q=star", `document.querySelectorAll("#results mark").length > 10 && self.htmx?.version == "4.0.1"`},
	{"/gallery", `document.querySelectorAll(".group .card").length > 30 && document.querySelectorAll(".rv-skeleton, .rv-spinner").length == 0 &&
		document.querySelector("#text .live")?.textContent.includes("moves on")`},
	{"/gallery/no-script", `document.querySelector("#weather strong") != null`},
	{"/source/dashboard", `document.querySelectorAll(".lines li").length > 100`},
}

// token opens the inspector.
const token = "the-token-of-the-tests"

// inspector is looked at in Chromium only: it asks for a browsing context of its
// own, for which Firefox makes a browser that the test has not resized.
var inspector = struct{ path, complete string }{"/inspect/?token=" + token, `document.querySelectorAll("#rows tr").length > 3`}

// failing has four boundaries fail, each later than the one before.
const failing = "card=error&card.ms=100&item=goexit&item.ms=200&item.own=1&rows=panic&rows.ms=300&rows.own=1&outer=succeed&outer.ms=400&inner=timeout&inner.ms=200"

// shapes are the sizes of the pages and what visitors prefer. They are so high
// that whatever moves is seen.
var shapes = []struct {
	width, height int
	dark          bool
}{{1280, 2600, false}, {360, 6000, true}, {1280, 2600, true}, {360, 6000, false}}

// TestInChromiumNothingIsWrong loads each page in each width and then has the
// visitor prefer another scheme. If that moved anything, a page would have to be
// loaded in both schemes to know that nothing moves while it loads.
func TestInChromiumNothingIsWrong(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, someFlights(t), someModel(t))))
	defer server.Close()
	for _, shape := range shapes[:2] {
		t.Run(fmt.Sprintf("%d wide, dark %v", shape.width, shape.dark), func(t *testing.T) {
			ctx := chromium(t)
			said := complaints(ctx, t)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(shape.width), int64(shape.height)), watchMoves()); err != nil {
				t.Fatal(err)
			}
			for _, p := range append(slices.Clone(looked), inspector) {
				if err := chromedp.Do(ctx, prefer(shape.dark), visit(server.URL+p.path)); err != nil {
					t.Fatal(err)
				}
				await(ctx, t, `document.readyState == "complete" && `+p.complete)
				for _, dark := range []bool{shape.dark, !shape.dark} {
					if err := chromedp.Do(ctx, prefer(dark)); err != nil {
						t.Fatal(err)
					}
					await(ctx, t, fmt.Sprintf(`matchMedia("(prefers-color-scheme: dark)").matches == %t`, dark))
					stands(ctx, t, fmt.Sprintf("on %s, dark %v,", p.path, dark))
					over, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.documentElement.scrollWidth - innerWidth`))
					if err != nil || over > 0 {
						t.Errorf("%s, dark %v, is %v px wider than the window, %v", p.path, dark, over, err)
					}
				}
				if got := said(); len(got) > 0 {
					t.Errorf("%s: the console says %q, want nothing", p.path, got)
				}
			}
		})
	}
}

// stands holds that nothing on the page has moved, as it is drawn now.
func stands(ctx context.Context, t *testing.T, where string) {
	t.Helper()
	await(ctx, t, `counts <= performance.now() && new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn, 0, true)))`)
	moved, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`allMoves()`))
	if err != nil || len(moved) > 0 {
		t.Errorf("%s moved %q, %v, want that nothing does", where, moved, err)
	}
}

// TestInFirefoxNothingIsWrong loads each page once and shows it in all shapes.
// What depends on the loading is seen in Chromium.
func TestInFirefoxNothingIsWrong(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, someFlights(t), someModel(t))))
	defer server.Close()
	f := firefox(t, shapes[0].dark)
	for _, p := range looked {
		t.Run(p.path, func(t *testing.T) {
			f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + p.path})
			f.await(t, `location.href == "`+server.URL+p.path+`" && document.readyState == "complete"`)
			for _, shape := range shapes {
				f.prefer(t, shape.dark)
				f.resize(t, shape.width, shape.height)
				f.await(t, fmt.Sprintf(`innerWidth == %d && matchMedia("(prefers-color-scheme: dark)").matches == %t && %s`, shape.width, shape.dark, p.complete))
				var over struct{ Value float64 }
				f.eval(t, `return document.documentElement.scrollWidth - innerWidth`, &over)
				if over.Value > 0 {
					t.Errorf("%d wide, dark %v: the page is %v px wider than the window", shape.width, shape.dark, over.Value)
				}
			}
			if got := f.complaints(t, server.URL); len(got) > 0 {
				t.Errorf("the console says %q, want nothing", got)
			}
		})
	}
}

func TestTheDashboardShowsTheSameInEveryMode(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, someFlights(t), someModel(t))))
	defer server.Close()
	const panels = `[...document.querySelectorAll(".panels > *")].map(p => p.innerText.trim()).join("\n\n")`
	var want string
	for _, mode := range []string{"complete", "order", ""} {
		t.Run("in Chromium "+mode, func(t *testing.T) {
			ctx := chromium(t)
			if err := chromedp.Do(ctx, visit(server.URL+"/dashboard?mode="+mode)); err != nil {
				t.Fatal(err)
			}
			await(ctx, t, looked[0].complete)
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](panels))
			if err != nil {
				t.Fatal(err)
			}
			if want == "" {
				want = got
			}
			if got != want || len(got) < 1000 || strings.Contains(got, "could not be loaded") {
				t.Errorf("panels show\n%s\nwant\n%s", got, want)
			}
		})
	}
	t.Run("in Firefox out of order", func(t *testing.T) {
		f := firefox(t, false)
		var got [2]struct{ Value string }
		for i, mode := range []string{"complete", ""} {
			f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + "/dashboard?mode=" + mode})
			f.await(t, `location.search == "?mode=`+mode+`" && document.readyState == "complete" && `+looked[0].complete)
			f.eval(t, "return "+panels, &got[i])
		}
		if got[0].Value != got[1].Value || len(got[0].Value) < 1000 {
			t.Errorf("panels show\n%s\nwant\n%s", got[1].Value, got[0].Value)
		}
	})
}

func TestTheSkipLinkLeadsToTheContent(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, someFlights(t), someModel(t))))
	defer server.Close()
	ctx := chromium(t)
	if err := chromedp.Do(ctx, visit(server.URL+"/source/layout")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, `document.readyState == "complete"`)
	focused := func() string {
		name, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.className || document.activeElement.id`))
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent("\t")); err != nil {
		t.Fatal(err)
	}
	if got := focused(); got != "skip" {
		t.Errorf("Tab leads to %q, want the skip link", got)
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, `document.activeElement.id == "main"`)
}

// TestScreenshotsOfTheDashboard takes the pictures in testdata, with all
// flights. They must show:
//
//	dashboard-shell  the times table empty, every panel a skeleton in its final size
//	dashboard-half   some panels filled, others skeletons, nothing moved
//	dashboard-done   all panels filled, the times of this visit in the table
//	dashboard-phone  the finished page, 360 pixels wide
func TestScreenshotsOfTheDashboard(t *testing.T) {
	if !*update {
		t.Skip("make screenshots takes them")
	}
	db, err := flights.Open(t.Context(), flights.Dir(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	server := httptest.NewServer(site(someStock(t, db, &chat.Endpoint{})))
	defer server.Close()
	for name, dark := range map[string]bool{"light": false, "dark": true} {
		t.Run(name, func(t *testing.T) {
			ctx := chromium(t)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 2400), prefer(dark), visit(server.URL+"/dashboard?limit=1")); err != nil {
				t.Fatal(err)
			}
			for _, m := range []struct {
				name   string
				filled int
			}{{"shell", 0}, {"half", 6}, {"done", 11}} {
				await(ctx, t, fmt.Sprintf(`document.querySelectorAll(".panels .card").length == 11 &&
					document.querySelectorAll(".panels .card:not(:has(.rv-skeleton))").length >= %d`, m.filled))
				if m.name == "done" {
					await(ctx, t, looked[0].complete)
				}
				shoot(ctx, t, filepath.Join("testdata", "dashboard-"+m.name+"-"+name+".png"))
			}
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740), visit(server.URL+"/dashboard")); err != nil {
				t.Fatal(err)
			}
			await(ctx, t, looked[0].complete)
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join("testdata", "dashboard-phone-"+name+".png"), png)
		})
	}
}

// someFlights is a database of one in ten of the stored flights, or of fewer
// beside the race detector, which makes SQLite many times slower.
func someFlights(t *testing.T) *flights.DB {
	t.Helper()
	if testkit.Race {
		return flightsOf(t, 300)
	}
	return flightsOf(t, 10)
}

// flightsBy are the databases of flightsOf.
var flightsBy = map[int]*flights.DB{}

// flightsOf is a database of one in many of the stored flights, which is only
// read. All tests share it.
func flightsOf(t *testing.T, many int) *flights.DB {
	t.Helper()
	if db := flightsBy[many]; db != nil {
		return db
	}
	s, err := flights.Stored()
	if err != nil {
		t.Fatal(err)
	}
	var some []flights.Flight
	for i := 0; i < len(s.Flights); i += many {
		some = append(some, s.Flights[i])
	}
	s.Flights = some
	file := filepath.Join(sharedDir(t), fmt.Sprintf("flights-%d.sqlite", many))
	if err := flights.Create(context.Background(), file, s, nil); err != nil {
		t.Fatal(err)
	}
	db, err := flights.OpenFile(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	atEnd(func() { db.Close() })
	flightsBy[many] = db
	return db
}

// visit leads the tab to url and does not wait for the page to end.
func visit(url string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, page.Navigate, page.NavigateParams{URL: url})
		return err
	})
}

// watchMoves has every page note which of its parts have moved without
// the visitor's doing. A busy browser may draw a shell of which it has read a part,
// and then the rest, which moves it. So what moves counts from the frame after the
// first with the whole shell, which the stream continues behind main.
func watchMoves() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		script := page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
			const moved = []
			globalThis.counts = Infinity // the time from which moves do
			let whole = false
			const look = () => {
				if (whole || document.readyState == "loading" && !document.querySelector("main")?.nextSibling) return
				whole = true
				reading.disconnect()
				requestAnimationFrame(() => requestAnimationFrame(() => counts = performance.now()))
			}
			const reading = new MutationObserver(look)
			reading.observe(document, {childList: true, subtree: true})
			document.addEventListener("readystatechange", look)
			const note = entries => {
				for (const e of entries) for (const s of e.sources) if (e.startTime >= counts)
					moved.push(s.previousRect.y + " to " + s.currentRect.y + ": " + (s.node?.outerHTML ?? s.node?.data ?? "").slice(0, 100))
			}
			const moves = new PerformanceObserver(list => note(list.getEntries()))
			moves.observe({type: "layout-shift", buffered: true})
			globalThis.allMoves = () => (note(moves.takeRecords()), moved)
		}`}
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, script)
		return err
	})
}

func prefer(dark bool) chromedp.Action[chromedp.Void] {
	scheme := map[bool]string{false: "light", true: "dark"}[dark]
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, media)
		return err
	})
}

// await waits until an expression is true in the page.
func await(ctx context.Context, t *testing.T, condition string) {
	t.Helper()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](condition))
		switch {
		case err == nil:
			return
		case strings.Contains(err.Error(), "Cannot find context"), strings.Contains(err.Error(), "navigated or closed"):
			continue // it asked the page before
		}
		t.Fatalf("waiting for %s: %v", condition, err)
	}
}

// complaints returns a function that tells what the console has said since it
// was called last: faults of scripts, violations of the policy, files that are
// missing.
func complaints(ctx context.Context, t *testing.T) func() []string {
	t.Helper()
	var mu sync.Mutex
	var said []string
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *cdplog.EventEntryAdded:
			said = append(said, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			said = append(said, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			said = append(said, string(e.Type))
		}
	})
	if err == nil {
		err = chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, cdplog.Enable, cdp.Empty{})
			return err
		}))
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		now := slices.Clone(said)
		said = nil
		return now
	}
}

// someModel is the model that ships with the demo.
func someModel(t *testing.T) *chat.Endpoint {
	t.Helper()
	model, err := chat.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { model.Close() })
	return model
}
