package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Visit is one page in one browser.
type Visit struct {
	t        testing.TB
	id       string
	browser  *Browser
	scenario *Scenario
	mux      http.Handler
	ended    chan struct{} // closed when the test is done with the page
	orders   chan string

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when something below changes
	asked   []*http.Request
	reports []Report
	inOrder bool // the page is sent in order
	left    bool // the browser is leaving the page
	over    bool // all gates are open
	gates   map[string]chan struct{}
	errs    []error // what Render returned
	tape    *tape   // of the last answer
}

type visitKey struct{}

// refreshKey tells that the page refreshes itself with scripting off.
type refreshKey struct{}

func visitOf(ctx context.Context) *Visit {
	v, _ := ctx.Value(visitKey{}).(*Visit)
	if v == nil {
		panic("browsertest: not the context of a visit's page")
	}
	return v
}

// Visit sends the browser to the scenario's page. It leaves the page when the
// test ends.
func (b *Browser) Visit(t testing.TB, s *Scenario) *Visit {
	t.Helper()
	v := &Visit{
		t:        t,
		browser:  b,
		scenario: s,
		ended:    make(chan struct{}),
		orders:   make(chan string),
		changed:  make(chan struct{}),
		gates:    make(map[string]chan struct{}),
	}
	b.add(v)
	v.mux = v.routes()

	// A browser that has not come back from the page before is of no use.
	for _, patience := range []time.Duration{Patience / 2, Patience} {
		if send(b.next, v, patience) && v.until(patience, func() bool { return len(v.asked) > 0 }) {
			t.Cleanup(v.end)
			return v
		}
		t.Logf("%s has not asked for the page within %v and is started again; it wrote:\n%s", b.Engine.Name, patience, b.said())
		b.restart()
	}
	t.Fatalf("%s does not ask for pages", b.Engine.Name)
	return nil
}

func send[T any](c chan<- T, v T, patience time.Duration) bool {
	select {
	case c <- v:
		return true
	case <-time.After(patience):
		return false
	}
}

// end has the browser leave the page and checks that nothing went wrong on it.
func (v *Visit) end() {
	if v.browser.Engine.Scripting && send(v.orders, "leave", Patience) {
		v.until(Patience, func() bool { return v.left })
	}
	close(v.ended)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.over = true
	for _, gate := range v.gates {
		if !isOpen(gate) {
			close(gate)
		}
	}
	if v.browser.Engine.Scripting && !v.left {
		v.t.Errorf("%s does not leave the page; %s", v.browser.Engine.Name, v.story())
	}
	if last := v.lastPicture(); last != nil && v.scenario.Differs == "" && len(v.asked) == 1 && len(v.errs) == 0 {
		v.replay(last)
	}
	for _, r := range v.reports {
		if r.Kind == "fault" && !slices.ContainsFunc(v.scenario.Faults, func(f string) bool { return strings.Contains(r.Text, f) }) {
			v.t.Errorf("the page reports a fault: %s", r.Text)
		}
	}
	for _, err := range v.errs {
		if !slices.ContainsFunc(v.scenario.Faults, func(f string) bool { return strings.Contains(err.Error(), f) }) {
			v.t.Errorf("Render() = %v, want nil", err)
		}
	}
}

// lastPicture returns the state of a whole page that the browser has left, or nil.
func (v *Visit) lastPicture() (last *Picture) {
	ended := false
	for _, r := range v.reports {
		switch r.Kind {
		case "ended":
			ended = true
		case "leaves":
			last = r.Picture
		}
	}
	if !ended || last == nil || last.State != "complete" {
		return nil
	}
	return last
}

// change changes what the test waits for.
func (v *Visit) change(f func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f()
	close(v.changed)
	v.changed = make(chan struct{})
}

// until waits for a condition, which is looked at with the lock held.
func (v *Visit) until(patience time.Duration, condition func() bool) bool {
	timeout := time.After(patience)
	for {
		v.mu.Lock()
		ok, changed := condition(), v.changed
		v.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-timeout:
			return false
		}
	}
}

func (v *Visit) gate(name string) chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	gate := v.gates[name]
	if gate == nil {
		gate = make(chan struct{})
		v.gates[name] = gate
		if v.over {
			close(gate)
		}
	}
	return gate
}

func isOpen(gate chan struct{}) bool {
	select {
	case <-gate:
		return true
	default:
		return false
	}
}

// Open opens gates.
func (v *Visit) Open(names ...string) {
	for _, name := range names {
		close(v.gate(name))
	}
}

// Pass waits until the gate with that name is open, outside of a load.
func (v *Visit) Pass(name string) { <-v.gate(name) }

// InOrder reports whether the page is sent in order, so that there are no
// fallbacks.
func (v *Visit) InOrder() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.inOrder
}

// Note records a note, like note() in the page. It is for the test's own
// handlers.
func (v *Visit) Note(text string) {
	v.change(func() { v.reports = append(v.reports, Report{Kind: "note", Text: text}) })
}

// Seen returns the names that have been seen so far, in order.
func (v *Visit) Seen() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.said("seen")
}

// Notes returns what the scripts of the page have noted so far, in order.
func (v *Visit) Notes() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.said("note")
}

// Faults returns what the page has reported as faults so far, in order.
func (v *Visit) Faults() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.said("fault")
}

// Digests returns the digests of the boundaries that have failed.
func (v *Visit) Digests() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.said("failed")
}

// Engine returns the engine of the visit's browser.
func (v *Visit) Engine() *Engine { return v.browser.Engine }

// Color returns the color that a watched element had when it was first seen.
func (v *Visit) Color(name string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, r := range v.reports {
		if r.Kind == "seen" && r.Text == name {
			return r.Color
		}
	}
	return ""
}

// Requests returns the requests for the page.
func (v *Visit) Requests() []*http.Request {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.asked)
}

// Dispatch sends an event of that name to the page's window.
func (v *Visit) Dispatch(event string) {
	v.t.Helper()
	if !send(v.orders, event, Patience) {
		v.t.Fatalf("%s does not take the order %q", v.Engine().Name, event)
	}
}

// Picture asks the page for its state. When Picture returns, everything that was
// seen before has been reported.
func (v *Visit) Picture() *Picture {
	v.t.Helper()
	pictures := func() (all []*Picture) {
		for _, r := range v.reports {
			if r.Kind == "picture" {
				all = append(all, r.Picture)
			}
		}
		return all
	}
	v.mu.Lock()
	before := len(pictures())
	v.mu.Unlock()
	v.Dispatch("picture")
	var picture *Picture
	if !v.until(Patience, func() bool {
		all := pictures()
		if len(all) > before {
			picture = all[before]
		}
		return picture != nil
	}) {
		v.t.Fatalf("the page does not say how it looks")
	}
	return picture
}

// said returns the texts of the reports of one kind.
func (v *Visit) said(kind string) (texts []string) {
	for _, r := range v.reports {
		if r.Kind == kind {
			texts = append(texts, r.Text)
		}
	}
	return texts
}

// story returns the page's reports, for messages.
func (v *Visit) story() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s has asked for the page %d times and reported:", v.browser.Engine.Name, len(v.asked))
	for _, r := range v.reports {
		fmt.Fprintf(&b, "\n\t%s %s", r.Kind, r.Text)
	}
	return b.String()
}
