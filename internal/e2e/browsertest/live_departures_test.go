package browsertest_test

import (
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// departures are about regions that leave their page, and about pages that are left.
func departures() []browsertest.Scenario {
	return []browsertest.Scenario{removed()}
}

// removed has a script that takes the region away and brings it again, as libraries do
// that replace the body.
func removed() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name:  "the stream of a region that a script takes away is closed, and opened when it brings another",
		Where: browsertest.Scripted,
		Page:  pages.List(list, f.load),
		Files: f.files(`
			addEventListener("away", () => document.getElementById("list").replaceChildren());
			addEventListener("back", async () => {
				const text = await (await fetch(location, {cache: "no-store"})).text();
				const page = new DOMParser().parseFromString(text, "text/html");
				document.getElementById("list").replaceWith(page.getElementById("list"));
			});
		`),
		Watch: map[string]string{"open": "html[data-live=open] .a", "b": "#list > .b"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("open")
			f.settle(t, v, 1)
			v.Dispatch("away")
			f.settle(t, v, 0)
			v.Dispatch("back")
			f.settle(t, v, 1)
			f.send(list.Append("b", pages.LI(pages.Row{Key: "b", Text: "1"})))
			v.Wait("b")
			if got := asked(v); got != 2 {
				t.Errorf("the events were asked for %d times, want 2", got)
			}
		},
	}
}
