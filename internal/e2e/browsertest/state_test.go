package browsertest_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

func state() []browsertest.Scenario {
	return []browsertest.Scenario{
		{
			Name:  "focus, caret and scroll elsewhere are kept",
			Where: browsertest.Scripted,
			Page:  pages.State(),
			Watch: map[string]string{
				"a": "#a:not(:has(> .dots)) > b.a",
				"b": "#b:not(:has(> .dots)) > b.b",
			},
			Files: map[string]browsertest.File{
				"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
					script(w, `
					field.focus({preventScroll: true});
					field.setSelectionRange(1, 3);
					box.scrollTop = 40;
					scrollTo(0, 100);
					note("set");
				`)
				},
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.WaitNote("set")
				check := func() {
					t.Helper()
					p := v.Picture()
					if p.Active != "field" || p.Caret != "1-3" || p.Scrolled["box"] != 40 || p.Scroll != 100 {
						t.Errorf("focus %q, caret %q, box %d, page %d; want field, 1-3, 40, 100",
							p.Active, p.Caret, p.Scrolled["box"], p.Scroll)
					}
				}
				check()
				v.Reveal("b")
				check()
				v.Reveal("a")
				check()
			},
		},
		{
			Name:  "a fallback and a view that share a class do not take its style from each other",
			Where: browsertest.Scripted,
			Page:  pages.Classes(),
			Watch: map[string]string{
				"waiting": "#a > b.waiting",
				"a":       "#a:not(:has(.waiting)) > b.a",
				"a blue":  "#a:not(:has(.waiting)) > i.a",
				"b":       "#b:not(:has(.waiting)) > b.b",
				"b blue":  "#b:not(:has(.waiting)) > i.b",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("waiting")
				v.Reveal("b", "a")
				v.Wait("a blue", "b blue")
				const red, blue = "rgb(1, 2, 3)", "rgb(4, 5, 6)"
				for name, want := range map[string]string{"waiting": red, "a": red, "b": red, "a blue": blue, "b blue": blue} {
					if got := v.Color(name); got != want {
						t.Errorf("Color(%q) = %s, want %s", name, got, want)
					}
				}
			},
		},
		{
			Name:  "the style that a failed view has claimed comes with the next view that needs it",
			Where: browsertest.Scripted,
			Page:  pages.Lost(),
			Watch: map[string]string{
				"fallback": "#broken > .dots",
				"broken":   "#broken:not(:has(> .dots)) > [role=alert]",
				"partial":  "#broken > b",
				"a":        "#a:not(:has(> .dots)) > b.a",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("fallback")
				v.Reveal("broken", "a")
				if got, want := v.Color("a"), "rgb(1, 2, 3)"; got != want {
					t.Errorf("Color(a) = %s, want %s", got, want)
				}
				if slices.Contains(v.Seen(), "partial") {
					t.Error("a part of the failed view was seen")
				}
			},
		},
	}
}
