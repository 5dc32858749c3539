package browsertest_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

func order() []browsertest.Scenario {
	return []browsertest.Scenario{
		one("the fallback is seen before the content", pages.One()),
		one("the fallback is seen before the content of a page without end tags", pages.OneBare()),
		{
			Name: "content is revealed in the order in which it is ready",
			Page: pages.Three(),
			Watch: map[string]string{
				"fallbacks": "#a > .dots, #b > .dots, #c > .dots",
				"a":         "#a > b.a",
				"b":         "#b > b.b",
				"c":         "#c > b.c",
				"early":     "#b:has(> .dots) ~ #c > b.c",
				"late":      "#a:has(> b.a) ~ #b > .dots",
				"all":       "body:not(:has(.dots)) > #a:has(> b.a) + #b:has(> b.b) + #c:has(> b.c)",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Waiting("fallbacks")
				v.Reveal("c", "b", "a")
				v.Wait("all")
				if v.InOrder() {
					return
				}
				v.Wait("early")
				want := []string{"c", "b", "a"}
				got := only(v.Seen(), want...)
				if !slices.Equal(got, want) {
					t.Errorf("Seen() = %q, want %q", got, want)
				}
				if slices.Contains(v.Seen(), "late") {
					t.Error("b was still waiting when a was revealed")
				}
			},
		},
		{
			Name: "a child that is slower than its parent waits within it",
			Page: pages.Slower(),
			Watch: map[string]string{
				"fallback":       "#outside > .dots",
				"parent":         "#outside:not(:has(> .dots)) > .parent",
				"child fallback": "#outside > .parent > #child > .dots",
				"child":          "#outside > .parent > #child:not(:has(> .dots)) > b.child",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Waiting("fallback")
				v.Open("parent")
				v.Wait("parent")
				v.Waiting("child fallback")
				v.Reveal("child")
			},
		},
		{
			Name: "a child that is faster than its parent is there at once",
			Page: pages.Faster(),
			Watch: map[string]string{
				"fallback":       "#outside > .dots",
				"child fallback": "#outside > .parent > #child > .dots",
				"child":          "#outside > .parent > #child:not(:has(> .dots)) > b.child",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Waiting("fallback")
				v.Open("child")
				v.WaitLoaded("child")
				v.Open("parent")
				v.Wait("child")
				if slices.Contains(v.Seen(), "child fallback") {
					t.Error("the child's fallback was seen")
				}
			},
		},
		{
			Name: "comments like markers capture nothing",
			Page: pages.Comments(),
			Watch: map[string]string{
				"fallback": "#a > .dots",
				"a":        "#a:not(:has(> .dots)) > b.a + b.a:last-child",
				"captured": "#comments b",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Waiting("fallback")
				v.Reveal("a")
				if slices.Contains(v.Seen(), "captured") {
					t.Error("the content stands among the comments")
				}
				if v.Engine().Scripting {
					if got, want := strings.TrimSpace(v.Picture().Parts["comments"]), "untouched"; got != want {
						t.Errorf("among the comments stands %q, want %q", got, want)
					}
				}
			},
		},
	}
}

func whole() []browsertest.Scenario {
	return []browsertest.Scenario{{
		Name:  "a script that fetches the page gets it whole, a frame gets it in pieces",
		Where: browsertest.Scripted,
		Page:  pages.Whole(),
		Watch: map[string]string{"a": "#a > b.a"},
		Files: map[string]browsertest.File{
			"fetch.js": func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				script(w, `addEventListener("again", async () => {
				const response = await fetch(location.href);
				const page = new DOMParser().parseFromString(await response.text(), "text/html");
				note(response.headers.get("Vary"));
				note(page.querySelector("#a").innerHTML + page.querySelectorAll("template").length);
			})`)
			},
			"frame": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				load := func(context.Context) (string, error) {
					v.Pass("frame")
					return "frame", nil
				}
				if err := stream.Render(w, r, pages.Frame(load)); err != nil {
					v.Note(err.Error())
				}
			},
			"frame.js": func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				script(w, `const shown = new Set();
				new MutationObserver(() => {
					const element = document.querySelector("body > .dots, body > .frame");
					if (!element || shown.has(element.className)) return;
					shown.add(element.className);
					parent.note(element.className);
				}).observe(document, {childList: true, subtree: true})`)
			},
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.WaitNote("dots")
			v.Open("frame")
			v.WaitNote("frame")
			v.Reveal("a")
			v.Dispatch("again")
			v.WaitNote("Rivulet, HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request, X-Requested-With, Sec-Fetch-Dest, Sec-Fetch-Mode, Upgrade-Insecure-Requests")
			v.WaitNote(`<b class="a">a</b>0`)
		},
	}}
}

// one is a scenario for pages with the boundary "a".
func one(name string, page templ.Component) browsertest.Scenario {
	return browsertest.Scenario{
		Name: name,
		Page: page,
		Watch: map[string]string{
			"fallback": "#a > .dots",
			"a":        "#a:not(:has(> .dots)) > b.a",
			"both":     "#a:has(> .dots) > b.a",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Waiting("fallback")
			if got := only(v.Seen(), "a", "both"); len(got) > 0 {
				t.Errorf("Seen() = %q before the load has ended", got)
			}
			v.Reveal("a")
			if slices.Contains(v.Seen(), "both") {
				t.Error("content and fallback were seen together")
			}
			if v.Engine().Scripting {
				v.Finished(t)
			}
		},
	}
}

// only returns those of all that are among some.
func only(all []string, some ...string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return !slices.Contains(some, s) })
}
