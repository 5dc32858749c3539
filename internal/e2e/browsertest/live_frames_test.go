package browsertest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// frames are about pages that are not the one that the visitor looks at: in a frame
// that is sandboxed, or prerendered.
func frames() []browsertest.Scenario {
	return []browsertest.Scenario{sandboxed("allow-scripts"), sandboxed("allow-scripts allow-same-origin"), speculated()}
}

// sandboxed has the page in a frame. Its requests would be those of another site, so the
// script leaves it alone.
func sandboxed(allow string) browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	files := f.files("")
	files["frame"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "no-store")
		if r.Header.Get("Rivulet") != "" {
			v.Note("requested")
		}
		_ = (&stream.Renderer{}).Render(w, r, pages.Framed(list, f.load, counted("panel", 0)))
	}
	name := "a page in a frame with sandbox=" + `"` + allow + `" is shown and asks for nothing`
	live := strings.Contains(allow, "same-origin")
	if live {
		name = "a page in a frame with sandbox=" + `"` + allow + `" is live`
	}
	return browsertest.Scenario{
		Name:  name,
		Where: browsertest.Scripted,
		Page:  pages.Sandbox(allow),
		Files: files,
		Watch: map[string]string{"frame": "#frame"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("panel")
			v.Wait("frame")
			v.WaitComplete()
			if live {
				v.WaitNote("panel 1 open 1")
				f.send(list.Append("b", pages.LI(row("b", "b"))))
				v.WaitNote("panel 1 open 2")
			} else {
				v.WaitNote("panel 1 undefined 1")
			}
			for range 3 {
				v.Picture()
			}
			if got := asked(v); (got > 0) != live {
				t.Errorf("the events were asked for %d times", got)
			}
			if slices.Contains(v.Notes(), "requested") {
				t.Error("the frame has requested its boundary again")
			}
		},
	}
}

// speculated is a page that Chromium prerenders, since another page says that the
// visitor may go there.
func speculated() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	page := pages.KeysLive(list, f.load, counted("panel", 0))
	return browsertest.Scenario{
		Name:  "a page that the browser prerenders opens no stream until the visitor goes there",
		Where: func(e *browsertest.Engine) bool { return e.Scripting && strings.HasPrefix(e.Name, "Chromium") },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				_ = stream.Render(w, r, pages.Speculating())
				return
			}
			_ = stream.Render(w, r, page)
		}),
		Files: f.files(`
			note("prerendering " + document.prerendering);
			document.addEventListener("prerenderingchange", () => note("shown"));
		`),
		Watch:  map[string]string{"link": "#link", "open": "html[data-live=open] #list > .a", "missed": "#list > .missed"},
		Faults: []string{"NetworkError", "Failed to fetch", "Load failed"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("panel")
			v.Wait("link")
			v.WaitNote("prerendering true")
			v.WaitComplete()
			for range 3 {
				v.Picture()
			}
			if got := asked(v); got != 0 {
				t.Errorf("the events were asked for %d times, want none yet", got)
			}
			f.send(list.Append("missed", pages.LI(row("missed", "2"))))
			v.Dispatch("go")
			v.WaitNote("shown")
			v.Wait("open", "missed")
			f.settle(t, v, 1)
		},
	}
}
