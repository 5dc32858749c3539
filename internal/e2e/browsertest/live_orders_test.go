package browsertest_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// orders are about where live regions take their events from, and which of them
// they apply.
func orders() []browsertest.Scenario {
	return []browsertest.Scenario{based(), once(), onceLater(), loggedOut(), bounced(), breaking()}
}

func based() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	files := f.files(``)
	events := files["events"]
	files["events"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		v.Note("host " + strings.Split(r.Host, ":")[0])
		events(v, w, r)
	}
	return browsertest.Scenario{
		Name:  "a base of another origin leads no region away",
		Where: browsertest.Scripted,
		Page:  pages.Based(list, f.load),
		Files: files,
		Watch: map[string]string{"open": "html[data-live=open] #list > .a"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			for _, note := range v.Notes() {
				if strings.HasPrefix(note, "host ") && note != "host 127.0.0.1" {
					t.Errorf("the events were asked for at %s, want 127.0.0.1", note)
				}
			}
		},
	}
}

func once() browsertest.Scenario {
	f := newFeed("a")
	list, table, choice, box := f.region("list"), f.region("table"), f.region("choice"), f.region("box")
	return browsertest.Scenario{
		Name:   "four regions with one URL open it once",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Containers(list, table, choice, box, f.load),
		Files:  f.files(""),
		// The script marks each data-r: an event before that is one that the
		// region may have missed.
		Watch: map[string]string{"open": "html[data-live=open]", "all": "#box:has(.a):not(:has([data-r='']))", "end": "#box > .done"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open", "all")
			f.send(box.Append("done", pages.P(pages.Row{Key: "done"})))
			v.Wait("end")
			v.Picture()
			if got := asked(v); got != 1 {
				t.Errorf("the events were asked for %d times, want once", got)
			}
		},
	}
}

func onceLater() browsertest.Scenario {
	f := newFeed("x")
	a, b := f.region("a"), f.region("b")
	return browsertest.Scenario{
		Name:   "a region that comes later opens its URL again only for what has been missed",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Later(a, b, f.load),
		Files:  f.files(""),
		Watch: map[string]string{
			"open": "html[data-live=open] #a > .x", "first": "#a > .first", "b": "#b:has(> .x):not(:has([data-r='']))", "last": "#b > .last",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			f.send(a.Append("first", pages.LI(pages.Row{Key: "first"})))
			v.Wait("first")
			v.Open("later")
			v.Wait("b")
			f.send(b.Append("last", pages.LI(pages.Row{Key: "last"})))
			v.Wait("last")
			if got := asked(v); got != 1 {
				t.Errorf("the events were asked for %d times, want once", got)
			}
		},
	}
}

// redirecting is a page with a region that answers requests that away picks with
// a redirect to a page without.
func redirecting(name string, away func(*http.Request) bool, run func(*testing.T, *browsertest.Visit, *feed)) browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name:  name,
		Where: browsertest.Scripted,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var page templ.Component
			switch {
			case r.URL.Query().Has("login"):
				page = pages.Login()
			case away(r):
				http.Redirect(w, r, "?login", http.StatusSeeOther)
				return
			default:
				page = pages.Fields(list, f.load)
			}
			w.Header().Set("Cache-Control", "no-store")
			_ = (&stream.Renderer{}).Render(w, r, page)
		}),
		Files: f.files(`Math.random = () => .01;`),
		Watch: map[string]string{"open": "html[data-live=open] #list > #a", "lost": "html[data-live=lost]", "login": "#login"},
		// The probe's own request, as the page is left.
		Faults: []string{"NetworkError", "Failed to fetch", "Load failed"},
		Run:    func(t *testing.T, v *browsertest.Visit) { run(t, v, f) },
	}
}

func refuse(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }

func loggedOut() browsertest.Scenario {
	var out atomic.Bool
	return redirecting("a page that redirects when its stream is lost is left for where that leads",
		func(*http.Request) bool { return out.Load() },
		func(t *testing.T, v *browsertest.Visit, f *feed) {
			v.Wait("open")
			out.Store(true)
			f.set(refuse)
			v.Wait("login")
		})
}

func bounced() browsertest.Scenario {
	return redirecting("a page that redirects only what scripts ask for is not left again and again",
		func(r *http.Request) bool { return r.Header.Get("Rivulet") != "" },
		func(t *testing.T, v *browsertest.Visit, f *feed) {
			v.Wait("open")
			f.set(refuse)
			count := func() (navigations, fetches int) {
				for _, r := range v.Requests() {
					if r.Header.Get("Rivulet") != "" {
						fetches++
					} else {
						navigations++
					}
				}
				return
			}
			v.WaitRequests(7)
			if navigations, fetches := count(); navigations != 2 || fetches < 4 {
				t.Errorf("%d navigations, %d fetches, want 2 and at least 4", navigations, fetches)
			}
		})
}

// breaking is about items that would take the markers behind them with them.
func breaking() browsertest.Scenario {
	f := newFeed("a")
	f.Retain.Count = 1000
	box := f.region("box")
	var broken []string
	for _, text := range []string{
		"<!--", "<!-- -- >", "<!", "<?", "</", "<textarea>", "<title>", "<style>", "<script>", "<xmp>", "<iframe>", "<noembed>", "<noframes>",
		"<template>", "</template>", "</template><b>x</b>", "<plaintext>", "<div>", "<table>", "<table><tr><td>", "<select>", "<select><option>",
		"<svg>", "<svg><desc>", "<svg><title>", "<math><mtext>", "<p title=\"", "<p title='", "<img alt=\"", "<img alt='", "<a href=", "<a ", "<b",
		"<svg><![CDATA[", "<form><button>", `<!--x--><img alt="y" title="`, "</section></body></html><!--",
	} {
		broken = append(broken, "<b>x</b>"+text)
	}
	return browsertest.Scenario{
		Name:   "an item that would cost the region its markers is not applied, and said once",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Boxed(box, f.load),
		Files:  f.files(`console.warn = (...args) => note("warned: " + args.join(" "));`),
		Watch: map[string]string{
			"open": "html[data-live=open] #box > .a", "stale": "html[data-live=stale]",
			"last": "html[data-live=stale] #box > .last", "first": "#box > .first", "updated": "#box > .updated",
			"replaced": "html[data-live=open] #box > .replaced", "next": "html[data-live=open] #box > .next",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			for _, text := range broken {
				raw := templ.Raw(text)
				f.send(box.Append("bad", raw), box.Prepend("bad", raw), box.Replace("a", raw), box.ReplaceAll(raw))
			}
			for _, text := range []string{"<!--", "<textarea>", "<div>", "<template>", "<table>"} {
				f.send(box.ReplaceAll(templ.Join(box.Item("a", templ.Raw(text)), box.Item("b", templ.Raw(text)))))
			}
			f.send(box.Append("last", pages.P(pages.Row{Key: "last", Text: "1"})), box.Prepend("first", pages.P(pages.Row{Key: "first", Text: "2"})),
				box.Replace("a", pages.P(pages.Row{Key: "updated", Text: "3"})))
			v.Wait("stale", "last", "first", "updated")
			want := `<p class="first">2</p><p class="updated">3</p><p class="last">1</p>`
			if got := part(v.Picture(), "box"); got != want {
				t.Errorf("the box holds %s, want %s", got, want)
			}
			warned := 0
			for _, note := range v.Notes() {
				if strings.HasPrefix(note, "warned: ") {
					warned++
				}
			}
			if warned != 1 {
				t.Errorf("%d warnings, want one", warned)
			}
			// What it lacked is not in it any more.
			f.send(box.ReplaceAll(box.Item("b", pages.P(pages.Row{Key: "replaced", Text: "4"}))), box.Append("next", pages.P(pages.Row{Key: "next", Text: "5"})))
			v.Wait("replaced", "next")
		},
	}
}
