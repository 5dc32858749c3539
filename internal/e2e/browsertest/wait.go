package browsertest

import (
	"fmt"
	"slices"
	"testing"
)

// Wait waits until each of the names has been seen, in any order.
func (v *Visit) Wait(names ...string) {
	v.t.Helper()
	for _, name := range names {
		selector, ok := v.scenario.Watch[name]
		if !ok {
			v.t.Fatalf("%q is not watched for", name)
		}
		v.wait("seen", name, fmt.Sprintf("%q, which is %s, has not been seen", name, selector))
	}
}

// wait waits for a report.
func (v *Visit) wait(kind, text, missing string) {
	v.t.Helper()
	if v.until(Patience, func() bool { return slices.Contains(v.said(kind), text) }) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.t.Fatalf("%s within %v; %s", missing, Patience, v.story())
}

// Waiting waits for a fallback, where there are fallbacks.
func (v *Visit) Waiting(names ...string) {
	v.t.Helper()
	if !v.InOrder() {
		v.Wait(names...)
	}
}

// Reveal opens the gates one by one. It opens each after the content behind the
// gate before has been seen under the same name. A page in order shows nothing
// before the content above it, so Reveal opens all gates at once there.
func (v *Visit) Reveal(names ...string) {
	v.t.Helper()
	if v.InOrder() {
		v.Open(names...)
		v.Wait(names...)
		return
	}
	for _, name := range names {
		v.Open(name)
		v.Wait(name)
	}
}

// WaitNote waits until text has been noted.
func (v *Visit) WaitNote(text string) {
	v.t.Helper()
	v.wait("note", text, fmt.Sprintf("%q has not been noted", text))
}

// WaitNotes waits until n notes have been taken. Its patience is for each of them.
func (v *Visit) WaitNotes(n int) {
	v.t.Helper()
	for i := range n {
		if !v.until(Patience, func() bool { return len(v.said("note")) > i }) {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.t.Fatalf("%d notes of %d have been taken within %v; %s", i, n, Patience, v.story())
		}
	}
}

// WaitFetched waits until the browser has fetched the script with that name, even
// if it has not run.
func (v *Visit) WaitFetched(name string) {
	v.t.Helper()
	v.wait("fetched", name, fmt.Sprintf("%s has not been fetched", name))
}

// WaitLoaded waits until the load of the boundary of that name has ended.
func (v *Visit) WaitLoaded(name string) {
	v.t.Helper()
	v.wait("loaded", name, fmt.Sprintf("the load of %q has not ended", name))
}

// WaitEnd waits until the server has sent everything of the page.
func (v *Visit) WaitEnd() {
	v.t.Helper()
	v.wait("ended", "", "the response has not ended")
}

// WaitComplete waits until the browser has loaded the document.
func (v *Visit) WaitComplete() {
	v.t.Helper()
	v.wait("complete", "", "the document is not complete")
}

// Finished waits until the document is complete and checks that every chunk has
// been used. All gates must be open.
func (v *Visit) Finished(t testing.TB) {
	t.Helper()
	v.WaitEnd()
	v.WaitComplete()
	if p := v.Picture(); p.Templates != 0 {
		t.Errorf("%d chunks have not been used", p.Templates)
	}
}

// WaitRequests waits until the page has been asked for n times.
func (v *Visit) WaitRequests(n int) {
	v.t.Helper()
	if !v.until(Patience, func() bool { return len(v.asked) >= n }) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.t.Fatalf("%s", v.story())
	}
}
