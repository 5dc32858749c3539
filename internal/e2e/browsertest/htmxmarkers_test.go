package browsertest_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/internal/e2e/nodetest"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// htmxMarkersJS clicks on the element that an event names.
const htmxMarkersJS = `
	// What is requested each second need not be waited for as long.
	{
		const later = setTimeout;
		setTimeout = (f, ms, ...args) => later(f, ms > 800 && ms < 1200 ? ms / 4 : ms, ...args);
	}
	addEventListener("refresh", () => dispatchEvent(new CustomEvent("rivulet:refresh", {detail: "panel"})));
	addEventListener("back", () => history.back());
	addEventListener("htmx:historyRestore", () => note("restored"));
	for (const id of ["leave", "boost", "innerHTML", "outerHTML", "beforeend", "afterend", "rows", "row-rows", "innerMorph", "row-afterend", "row-innerMorph", "oob", "select", "empty", "in-panel", "row-a", "row-innerHTML", "row-outerHTML", "row-beforeend", "row-oob", "row-select", "row-page", "row-boosted", "behind-key", "behind-every", "behind-region"])
		addEventListener("click " + id, () => document.getElementById(id).click());
`

// A htmxMarked is content whose top has the markers of boundaries with keys and of a
// region. All of it must work, and so must what stands behind the markers.
type htmxMarked struct {
	*feed
	loads, ticks atomic.Int64  // of the two boundaries
	takes        time.Duration // how long a load of a fragment takes
}

func (m *htmxMarked) content(of string) templ.Component { return m.contentOf(pages.HTMXMarked, of) }

func (m *htmxMarked) contentOf(page func(string, pages.Text, pages.Text, live.Region, pages.Rows) templ.Component, of string) templ.Component {
	count := func(n *atomic.Int64) pages.Text {
		return func(context.Context) (string, error) {
			if of != "page" {
				time.Sleep(m.takes)
			}
			return strconv.FormatInt(n.Add(1), 10), nil
		}
	}
	return page(of, count(&m.loads), count(&m.ticks), m.region("rows"), m.load)
}

// files are what the page requests: those of htmx, and components by their names.
func (m *htmxMarked) files(version string, parts bool, more map[string]func(r *http.Request) templ.Component) map[string]browsertest.File {
	files := htmxFiles(m.feed, version)
	files["parts.js"] = partsFiles()["parts.js"]
	if !parts {
		files["parts.js"] = func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) { script(w, "") }
	}
	files["state.js"] = func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) { script(w, htmxMarkersJS) }
	for name, c := range more {
		files[name] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			if err := new(stream.Renderer).Render(w, r, c(r)); err != nil {
				v.Note("render " + err.Error())
			}
			v.Note("type " + strings.Split(w.Header().Get("Content-Type"), ";")[0])
		}
	}
	return files
}

// works checks that the content works, and then that what a refresh brings does.
func (m *htmxMarked) works(t *testing.T, v *browsertest.Visit, of, refreshed string) {
	t.Helper()
	click := func(id, answer string) {
		t.Helper()
		v.Dispatch("click " + id)
		v.WaitNote("answer " + answer)
	}
	m.settle(t, v, 1)
	click("behind-key", of+"-key")
	click("behind-every", of+"-every")
	click("behind-region", of+"-region")
	click("in-panel", of+"-v"+strconv.FormatInt(m.loads.Load(), 10))
	v.Dispatch("refresh")
	v.Wait("refreshed " + of)
	click("in-panel", refreshed+"-v"+strconv.FormatInt(m.loads.Load(), 10))
	for before, end := m.ticks.Load(), time.Now().Add(browsertest.Patience); m.ticks.Load() == before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the boundary is not requested from time to time")
		}
	}
	click("row-a", "row-a")
	m.send(m.region("rows").Append(of, pages.HTMXMarkedRow(pages.Row{Key: of, Text: of})))
	v.Wait("row " + of)
	click("row-"+of, "row-"+of)
}

// markedByHTMX has htmx insert the content in each way.
func markedByHTMX(version string, parts bool) browsertest.Scenario {
	m := &htmxMarked{feed: newFeed("a")}
	how := " inserts markers"
	if parts {
		m.takes = 50 * time.Millisecond
		how = " inserts markers in parts"
	}
	watch := map[string]string{"open": "html[data-live=open]", "old": "#out > #old:only-child"}
	swaps := []string{"innerHTML", "outerHTML", "beforeend", "afterend", "oob", "select", "innerMorph", "rows"}
	switch {
	case parts:
		swaps = []string{"innerHTML", "rows"}
	case version == "htmx2":
		swaps = slices.DeleteFunc(swaps, func(of string) bool { return of == "innerMorph" })
	}
	for i, of := range swaps {
		watch[of] = "#behind-region." + of
		watch["refreshed "+of] = "#in-panel.page-v" + strconv.Itoa(2*i+3)
		watch["row "+of] = "#row-" + of
	}
	return browsertest.Scenario{
		Name:    version + how + ", and works in what stands behind them",
		Differs: "htmx inserts fragments",
		Where:   func(e *browsertest.Engine) bool { return e.Scripting && e.Name != browsertest.WebKit().Name },
		// The first visit may wait until npm has installed htmx.
		Renderer: stream.Renderer{Timeout: 10 * time.Minute},
		Page:     pages.HTMXMarkers(m.content("page")),
		Files: m.files(version, parts, map[string]func(*http.Request) templ.Component{"marked": func(r *http.Request) templ.Component {
			c := m.content(r.FormValue("of"))
			switch r.FormValue("of") {
			case "empty":
				c = pages.HTMXOld()
			case "rows":
				c = m.contentOf(pages.HTMXMarkedRows, "rows")
			case "oob":
				c = pages.HTMXOutOfBand(c)
			case "select":
				c = pages.HTMXSelected(c)
			}
			return c
		}}),
		Watch: watch,
		Run: func(t *testing.T, v *browsertest.Visit) {
			nodetest.Node(t, htmxModules)
			v.Open("packages")
			v.WaitComplete()
			v.Wait("open")
			for i, of := range swaps {
				if i > 0 && of != "innerMorph" {
					v.Dispatch("click empty")
					v.Wait("old")
					m.settle(t, v, 0)
				}
				v.Dispatch("click " + of)
				v.Wait(of)
				m.works(t, v, of, "page")
			}
			if came := slices.Contains(v.Notes(), "type multipart/mixed"); came != parts {
				t.Errorf("an answer came in parts: %t, want %t", came, parts)
			}
		},
	}
}

// keptByHTMX has htmx 2 bring back content that it has kept as text, and follow a link to
// a page.
func keptByHTMX() browsertest.Scenario {
	m := &htmxMarked{feed: newFeed("a")}
	return browsertest.Scenario{
		Name:     "htmx2 goes back to markers and follows a link to them, and works in what stands behind them",
		Differs:  "htmx inserts fragments",
		Where:    func(e *browsertest.Engine) bool { return e.Scripting && e.Name != browsertest.WebKit().Name },
		Renderer: stream.Renderer{Timeout: 10 * time.Minute},
		Page:     pages.HTMXHistory(m.content("page")),
		Files: m.files("htmx2", false, map[string]func(*http.Request) templ.Component{
			"left":    func(*http.Request) templ.Component { return pages.HTMXLeft() },
			"boosted": func(*http.Request) templ.Component { return pages.HTMXBoostedMarkers(m.content("boosted")) },
		}),
		Watch: map[string]string{
			"open": "html[data-live=open]", "left": "main > #left",
			"refreshed page": "#in-panel.page-v2", "row page": "#row-page",
			"boosted": "body > #behind-region.boosted", "refreshed boosted": "#in-panel.boosted-v4", "row boosted": "#row-boosted",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			nodetest.Node(t, htmxModules)
			v.Open("packages")
			v.WaitComplete()
			v.Wait("open")
			v.Dispatch("click leave")
			v.Wait("left")
			m.settle(t, v, 0)
			v.Dispatch("back")
			v.WaitNote("restored")
			m.works(t, v, "page", "page")
			v.Dispatch("click boost")
			v.Wait("boosted")
			m.works(t, v, "boosted", "boosted")
		},
	}
}
