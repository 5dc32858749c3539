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

// insertJS fetches two fragments that stream, and puts the shell of each into its
// place while the page is pending. What follows goes where chunks are, at the end
// of body; a browser that patches by itself takes chunks from the parser only.
const insertJS = `
	const insert = async id => {
		const reader = (await fetch("fragment?name=" + id)).body.getReader(), decoder = new TextDecoder();
		let text = "";
		// What has come up to the last of these ends, or nothing more.
		const next = async end => {
			for (let part = {}; !text.includes(end) && !part.done;) {
				part = await reader.read();
				text += decoder.decode(part.value, {stream: !part.done});
			}
			const n = text.includes(end) ? text.lastIndexOf(end) + end.length : 0, whole = text.slice(0, n);
			text = text.slice(n);
			return whole;
		};
		document.getElementById(id).innerHTML = await next("<hr>");
		note(id + " is inserted");
		for (let chunks; chunks = await next("<!/>");) {
			if ("htmlFor" in HTMLTemplateElement.prototype) continue;
			const template = document.createElement("template");
			template.innerHTML = chunks;
			document.body.append(template.content);
		}
		note(id + " has ended");
	};
	addEventListener("insert", () => { insert("one"); insert("two") });
`

func fragments() []browsertest.Scenario {
	return []browsertest.Scenario{{
		Name:  "fragments that stream into a page that streams share no place with it",
		Where: browsertest.Scripted,
		Page:  pages.Fragments(),
		Watch: map[string]string{
			"fallbacks": "body:has(#a > .dots):has(#outside > .dots):has(#text > .dots)",
			"a":         "#a:not(:has(.dots)) > b.a:only-child",
			"parent":    "#outside > div.parent:only-child > #child > .dots",
			"child":     "#child:not(:has(.dots)) > b.child:only-child",
			"stolen":    ":is(#one, #two) :is(.a, .parent, .child)",
		},
		Files: map[string]browsertest.File{
			"insert.js": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) { script(w, insertJS) },
			"fragment": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				// The page has the script.
				rd := stream.Renderer{Mode: func(*http.Request) stream.Mode { return stream.OutOfOrder }, Script: stream.NoScript()}
				if err := rd.Render(w, r, pages.Fragment(r.FormValue("name"))); err != nil {
					v.Note(err.Error())
				}
			},
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallbacks")
			v.Dispatch("insert")
			v.WaitNote("one is inserted")
			v.WaitNote("two is inserted")
			untouched := v.Picture().Parts["one"]
			if n := strings.Count(untouched, `class="dots"`); n != 3 {
				t.Fatalf("%d fallbacks are in the fragment, want 3: %s", n, untouched)
			}

			v.Reveal("a")
			v.Open("page-0")
			v.Reveal("parent")
			parts := v.Picture().Parts
			for _, id := range []string{"one", "two"} {
				if got := parts[id]; got != untouched {
					t.Errorf("after chunks of the page %s = %s\nwant %s", id, got, untouched)
				}
			}
			if v.Engine().Native {
				v.Open("one", "one-inner", "one-second", "one-0", "one-1", "one-2")
			} else {
				// One arrives while the page is pending.
				v.Open("one", "one-second", "one-0")
				v.Open("one-inner", "one-1", "one-2")
			}
			v.WaitNote("one has ended")
			v.Reveal("child")
			v.Open("page-1", "page-2")
			v.Finished(t)
			v.Open("two", "two-inner", "two-second", "two-0", "two-1", "two-2")
			v.WaitNote("two has ended")

			if slices.Contains(v.Seen(), "stolen") {
				t.Error("content of the page was seen in a fragment")
			}
			parts = v.Picture().Parts
			want := map[string]string{
				"a":    `<b class="a">a</b>`,
				"text": "first second",
				"one":  untouched,
				"two":  untouched,
			}
			if !v.Engine().Native {
				for _, id := range []string{"one", "two"} {
					inner := `<section class="outer"> <li class="` + id + `"><b class="` + id + `-inner">` + id + `-inner</b></li></section> ` +
						`<section class="second"><b class="` + id + `-second">` + id + `-second</b></section> <p class="text">one two</p><hr>`
					want[id] = inner
				}
			}
			for id, want := range want {
				if got := squeeze(parts[id]); got != squeeze(want) {
					t.Errorf("%s = %s\nwant %s", id, got, want)
				}
			}
		},
	}}
}

// squeeze takes the white space out that stands between tags, and from the ends.
func squeeze(html string) string {
	html = strings.Join(strings.Fields(html), " ")
	return strings.NewReplacer("> <", "><", "> ", ">", " <", "<").Replace(html)
}
