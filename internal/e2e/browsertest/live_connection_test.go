package browsertest_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/suspense/live"
)

func lost() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name:   "a lost connection shows and is found again, with what was missed",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files:  f.files(""),
		Watch: map[string]string{
			"open": "html[data-live=open] .a", "lost": "html[data-live=lost]",
			"missed": "#list > .missed", "found": "html[data-live=open] .missed",
			"told": "html[data-live=lost] .rv-lost",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			f.set(abort)
			v.Wait("lost", "told")
			f.send(list.Append("missed", pages.LI(pages.Row{Key: "missed", Text: "1"})))
			f.set(nil)
			v.Wait("missed", "found")
			if got, want := part(v.Picture(), "list"), li("a", "missed:1"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
			v.Open("end")
		},
	}
}

func gap(name string, lose func(*feed, live.Region)) browsertest.Scenario {
	f := newFeed()
	f.Retain.Count = 2
	list := f.region("list")
	a := row("a", "1")
	f.show(a)
	return browsertest.Scenario{
		Name:   name,
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files:  f.files(`Math.random = () => 0;`),
		Watch: map[string]string{
			"open": "html[data-live=open] .a", "lost": "html[data-live=lost]",
			"new": "#list > .new", "next": "html[data-live=open] #list > .next",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("open")
			defer f.set(nil)
			f.set(abort)
			v.Wait("lost")
			lose(f, list)
			f.show(row("new", "3"))
			f.set(nil)
			v.Wait("new")
			f.send(list.Append("next", pages.LI(pages.Row{Key: "next", Text: "4"})))
			v.Wait("next")
			if got, want := part(v.Picture(), "list"), li("new:3", "next:4"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
			f.settle(t, v, 1)
			if got := len(v.Requests()); got != 2 {
				t.Errorf("the page was asked for %d times, want 2", got)
			}
		},
	}
}

func unplaced() browsertest.Scenario {
	f := newFeed()
	list := f.region("list")
	var back atomic.Bool
	position := list.Position
	list.Position = func(ctx context.Context) (string, error) {
		if !back.Load() {
			return "", errors.New("nobody knows it")
		}
		return position(ctx)
	}
	return browsertest.Scenario{
		Name:   "a region without a position is shown, and is live when there is one",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page: pages.List(list, func(context.Context) ([]pages.Row, error) {
			if !back.Load() {
				return []pages.Row{{Key: "a", Text: "1"}}, nil
			}
			return []pages.Row{{Key: "new", Text: "2"}}, nil
		}),
		Files: f.files(`Math.random = () => .01;`),
		Watch: map[string]string{"shown": "#list > .a", "new": "#list > .new", "next": "html[data-live=open] #list > .next"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("shown")
			back.Store(true)
			v.Wait("new")
			f.send(list.Append("next", pages.LI(pages.Row{Key: "next", Text: "3"})))
			v.Wait("next")
			if got, want := part(v.Picture(), "list"), li("new:2", "next:3"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
		},
	}
}

func refused(name string, down func(http.ResponseWriter)) browsertest.Scenario {
	f := newFeed()
	list := f.region("list")
	a, still, next := row("a", "1"), row("still", "2"), row("next", "3")
	f.show(a)
	return browsertest.Scenario{
		Name:   "a " + name + " makes the page be fetched again until the region goes on",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files:  f.files(`Math.random = () => .01;`),
		Watch: map[string]string{
			"open": "html[data-live=open] .a", "lost": "html[data-live=lost]",
			"still": "#list > .still", "next": "html[data-live=open] #list > .next",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("open")
			f.show(still)
			defer f.set(nil)
			f.set(down)
			v.Wait("lost", "still")
			f.set(nil)
			f.show(still, next)
			f.send(list.Append(next.Key, pages.LI(next)))
			v.Wait("next")
			if got, want := part(v.Picture(), "list"), li("still:2", "next:3"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
			f.settle(t, v, 1)
		},
	}
}

func kept() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name:   "a page that is put away closes its stream and resumes when it is shown again",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files: f.files(`
			addEventListener("away", () => dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true})));
			addEventListener("back", () => dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true})));
		`),
		Watch: map[string]string{"open": "html[data-live=open] .a", "seen": "#list > .seen", "missed": "#list > .missed"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("open")
			seen, err := f.topic().PublishComponent(t.Context(), list.Append("seen", pages.LI(pages.Row{Key: "seen", Text: "1"})))
			if err != nil {
				t.Fatal(err)
			}
			v.Wait("seen")
			v.WaitComplete()
			v.Dispatch("away")
			f.settle(t, v, 0)
			f.send(list.Append("missed", pages.LI(pages.Row{Key: "missed", Text: "2"})))
			v.Picture()
			if slices.Contains(v.Seen(), "missed") {
				t.Error("the page was patched while it was away")
			}
			v.Dispatch("back")
			v.Wait("missed")
			if got := f.lastAsked(); got != seen {
				t.Errorf("the stream was resumed after %s, want %s", got, seen)
			}
			if got, want := part(v.Picture(), "list"), li("a", "seen:1", "missed:2"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
			if got := asked(v); got != 2 {
				t.Errorf("the events were asked for %d times, want 2", got)
			}
		},
	}
}

func prerendered() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name: "a page that is prerendered opens its stream when it is shown",
		// The others do not know of prerendering.
		Where:  func(e *browsertest.Engine) bool { return e.Scripting && strings.HasPrefix(e.Name, "Chromium") },
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files: f.files(`
			let prerendering = true;
			Object.defineProperty(Document.prototype, "prerendering", {get: () => prerendering});
			addEventListener("activate", () => {
				prerendering = false;
				document.dispatchEvent(new Event("prerenderingchange"));
			});
		`),
		Watch: map[string]string{"a": "#list > .a", "open": "html[data-live=open] .a", "missed": "#list > .missed"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("a")
			v.WaitComplete()
			v.Picture()
			if got := asked(v); got != 0 {
				t.Errorf("the events were asked for %d times, want none yet", got)
			}
			f.send(list.Append("missed", pages.LI(pages.Row{Key: "missed", Text: "2"})))
			v.Dispatch("activate")
			v.Wait("open", "missed")
		},
	}
}
