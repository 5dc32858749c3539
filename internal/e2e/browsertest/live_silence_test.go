package browsertest_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// silences are about connections that seem to be open, and about pages that nobody
// has looked at for a while.
func silences() []browsertest.Scenario {
	// Without the timer by which the script looks at its sources, as in a page that
	// has been hidden for long.
	const frozen = `
		const every = setInterval;
		setInterval = (f, ms) => every(f, ms == 99 ? 1e9 : ms);
	`
	return []browsertest.Scenario{
		stalled("a connection that forwards nothing any more is opened again when two heartbeats are missing", "", ""),
		stalled("a connection that forwards nothing any more is opened again when the browser is online", frozen+`
			addEventListener("wake", () => dispatchEvent(new Event("online")));
		`, "wake"),
		stalled("a connection that forwards nothing any more is opened again when the page becomes visible", frozen+`
			const now = Date.now;
			addEventListener("wake", () => {
				Date.now = () => now() + 36e5;
				document.dispatchEvent(new Event("visibilitychange", {bubbles: true}));
			});
		`, "wake"),
		looked("visibilitychange", "document"),
		looked("online", "window"),
		unhurried(),
	}
}

// A mute forwards nothing once it is off, and does not close the connection.
type mute struct {
	http.ResponseWriter
	off *atomic.Bool
}

func (m mute) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func (m mute) Write(p []byte) (int, error) {
	if m.off.Load() {
		return len(p), nil
	}
	return m.ResponseWriter.Write(p)
}

// stalled has a proxy that stops to forward the first stream. The page receives the
// event wake then, if there is one, and no heartbeat is missed before.
func stalled(name, state, wake string) browsertest.Scenario {
	f := newFeed("a")
	f.Stream.Heartbeat = time.Minute
	if wake == "" {
		f.Stream.Heartbeat = 200 * time.Millisecond
	}
	list := f.region("list")
	files := f.files(state)
	events := files["events"]
	var firsts sync.Map // *atomic.Bool, by visit
	files["events"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		if off, later := firsts.LoadOrStore(v, new(atomic.Bool)); !later {
			w = mute{w, off.(*atomic.Bool)}
		}
		events(v, w, r)
	}
	return browsertest.Scenario{
		Name:   name,
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files:  files,
		Watch: map[string]string{
			"open": "html[data-live=open] .a", "lost": "html[data-live=lost] .a", "b": "#list > .b", "again": "html[data-live=open] #list > .b",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			off, _ := firsts.Load(v)
			off.(*atomic.Bool).Store(true)
			f.send(list.Append("b", pages.LI(pages.Row{Key: "b", Text: "1"})))
			if wake != "" {
				v.Dispatch(wake)
			}
			v.Wait("lost", "b", "again")
			f.settle(t, v, 1)
			v.Open("end")
		},
	}
}

// looked is about a page that waits for hours until it asks for itself again.
func looked(event, target string) browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name:   "a page whose server was away asks for itself soon after " + event,
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files: f.files(`
			Math.random = () => 1e3;
			const later = setTimeout;
			setTimeout = (f, ms, ...args) => {
				if (ms > 1e6) note("waits");
				return later(f, ms, ...args);
			};
			addEventListener("back", () => {
				Math.random = () => .01;
				` + target + `.dispatchEvent(new Event("` + event + `", {bubbles: true}));
			});
		`),
		Watch: map[string]string{"open": "html[data-live=open] .a", "lost": "html[data-live=lost]", "b": "html[data-live=open] #list > .b"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("open")
			f.set(refuse)
			v.Wait("lost")
			v.WaitNote("waits")
			f.set(nil)
			v.Dispatch("back")
			v.WaitRequests(2)
			f.settle(t, v, 1)
			f.send(list.Append("b", pages.LI(pages.Row{Key: "b", Text: "1"})))
			v.Wait("b")
		},
	}
}

// unhurried is about a server with many clients, which asks them to reconnect within
// ten minutes. The page then asks for itself within that time, too.
func unhurried() browsertest.Scenario {
	f := newFeed("a")
	f.Stream.Retry = 10 * time.Minute
	list := f.region("list")
	return browsertest.Scenario{
		Name:   "a page that was told to reconnect later asks for itself as late",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files: f.files(`
			Math.random = () => 1;
			const later = setTimeout;
			setTimeout = (f, ms, ...args) => {
				if (ms == 6e5) note("waits");
				return later(f, ms, ...args);
			};
			addEventListener("again", () => dispatchEvent(new Event("online")));
		`),
		Watch: map[string]string{"open": "html[data-live=open] .a", "lost": "html[data-live=lost]"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("open")
			f.set(refuse)
			v.Dispatch("again")
			v.WaitNote("waits")
		},
	}
}
