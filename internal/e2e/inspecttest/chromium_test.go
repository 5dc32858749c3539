package inspecttest

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
)

var update = flag.Bool("update", false, "take the screenshots in testdata again")

// The screenshots show the list with a page that was sent, one that is missing and
// one that failed before its first byte, and a waterfall with nested, queued,
// failed and abandoned boundaries.
func TestInChromium(t *testing.T) {
	s := newSite()
	server := httptest.NewServer(s.mux)
	defer server.Close()
	get(t, server.URL+"/prices?token=secret")
	get(t, server.URL+"/missing")
	get(t, server.URL+"/broken")
	for _, scheme := range []string{"light", "dark"} {
		for name, size := range map[string][3]int64{"desk": {1280, 480, 1960}, "phone": {360, 480, 1280}} {
			t.Run(scheme+" on a "+name, func(t *testing.T) {
				ctx := chromium(t)
				features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
				err := chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1]), emulate(features), watched(),
					chromedp.Navigate(s.inspector.URL(server.URL+"/inspect")), poll(`document.querySelectorAll("#rows tr").length == 3`),
					poll(`document.getElementById("state").textContent == "Live"`))
				if err != nil {
					t.Fatal(err)
				}
				shoot(ctx, t, "list", scheme, name)
				err = chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[2]), chromedp.Click("#a1"), poll(`document.getElementById("state")?.textContent == "Complete"`),
					// A busy browser may not have drawn all bars when it shows the state.
					poll(`document.querySelectorAll(".bars rect.failed").length == 3 && document.querySelectorAll(".bars rect.queued").length > 0 &&
						document.querySelectorAll(".bars rect.waiting").length > 0 && document.querySelectorAll(".bars rect.abandoned").length == 1`))
				if err != nil {
					t.Fatal(err)
				}
				shoot(ctx, t, "waterfall", scheme, name)
				ok(ctx, t, `!document.body.textContent.includes("secret")`)
				ok(ctx, t, `document.documentElement.scrollWidth <= innerWidth`)
				wantNoFaults(ctx, t)
			})
		}
	}
}

// TestFocusStays has a keyboard user who is on a link when another response
// comes in, and one who reads a stack.
func TestFocusStays(t *testing.T) {
	s := newSite()
	server := httptest.NewServer(s.mux)
	t.Cleanup(server.Close) // after the browser, whose streams it waits for
	s.get("/missing")
	ctx := chromium(t)
	press := func(key string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(key) }
	err := chromedp.Do(ctx, watched(), chromedp.Navigate(s.inspector.URL(server.URL+"/inspect")), poll(`document.getElementById("state").textContent == "Live"`),
		press("\t"), press("\t"), press("\t"), press("\t"), press("\t"), poll(`document.activeElement.id == "a1"`))
	if err != nil {
		t.Fatal(err)
	}
	s.get("/missing")
	if err := chromedp.Do(ctx, poll(`document.querySelector("#rows > #r2 + #r1")`)); err != nil {
		t.Fatal(err)
	}
	ok(ctx, t, `document.activeElement.id == "a1"`)
	err = chromedp.Do(ctx, chromedp.Click("#pause"), poll(`document.getElementById("state").textContent == "Paused"`))
	if err != nil {
		t.Fatal(err)
	}
	s.get("/missing")
	if err := chromedp.Do(ctx, chromedp.Click("#pause"), poll(`document.getElementById("r3")`)); err != nil {
		t.Fatal(err)
	}
	wantNoFaults(ctx, t)
}

// TestOpenedFromAnotherSite has somebody follow a link to the address that holds
// the token, as in a terminal that is a page: the cookie, which is for requests
// of the inspector's own site, must be in what the link leads to.
func TestOpenedFromAnotherSite(t *testing.T) {
	s := newSite()
	server := httptest.NewServer(s.mux)
	t.Cleanup(server.Close)
	s.get("/missing")
	address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/inspect"
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><title>elsewhere</title><a id="open" href="%s">open</a>`, s.inspector.URL(address))
	}))
	t.Cleanup(other.Close)
	ctx := chromium(t)
	err := chromedp.Do(ctx, chromedp.Navigate(other.URL), chromedp.Click("#open"), poll(`document.getElementById("state")?.textContent == "Live"`))
	if err != nil {
		t.Fatal(err)
	}
	ok(ctx, t, `document.querySelectorAll("#rows tr").length == 1 && !location.href.includes("token") && document.cookie == "" && document.referrer == ""`)
}

func ok(ctx context.Context, t *testing.T, condition string) {
	t.Helper()
	if got, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition)); err != nil || !got {
		t.Errorf("%s = %t, %v", condition, got, err)
	}
}

func poll(condition string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for {
			_, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!("+condition+")"))
			if err == nil {
				return nil
			}
			// A page that the tab is just leaving takes the question with it.
			if ctx.Err() != nil || !strings.Contains(err.Error(), "(-32000)") {
				return fmt.Errorf("waiting for %s: %w", condition, err)
			}
		}
	})
}

func emulate(features []*emulation.MediaFeature) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}

// watch runs before every page and collects what goes wrong.
const watch = `globalThis.faults = []
addEventListener("error", e => faults.push("error: " + (e.message || e.target.src || e.target.href)), true)
addEventListener("unhandledrejection", e => faults.push("rejected: " + e.reason))
addEventListener("securitypolicyviolation", e => faults.push("forbidden: " + e.violatedDirective + " " + e.blockedURI))
console.error = (...args) => faults.push("console: " + args.join(" "))`

func watched() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
		return err
	})
}

func wantNoFaults(ctx context.Context, t *testing.T) {
	t.Helper()
	if faults, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`faults`)); err != nil || len(faults) > 0 {
		t.Errorf("faults = %q, %v, want none", faults, err)
	}
}

// shoot writes what the tab shows, if it is asked for.
func shoot(ctx context.Context, t *testing.T, name ...string) {
	t.Helper()
	if !*update {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	file := fmt.Sprintf("%s-%s-%s.png", name[0], name[1], name[2])
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("testdata", file), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	var page [1 << 16]byte
	for err == nil {
		_, err = res.Body.Read(page[:])
	}
	_ = res.Body.Close()
}

// chromium starts a headless browser with a profile of its own and ends it
// with the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browsertest.Chromium().Path(t)), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}
