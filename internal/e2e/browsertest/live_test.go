package browsertest_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// Policies of pages whose scripts and styles have a nonce. Live regions make HTML by a
// policy only.
const (
	noncePolicy = "default-src 'none'; img-src 'self'; connect-src 'self'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'"
	livePolicy  = noncePolicy + "; require-trusted-types-for 'script'; trusted-types rivulet"
)

func regions() []browsertest.Scenario {
	return []browsertest.Scenario{
		containers(),
		between(),
		pair(),
		later(),
		fields(),
		lost(),
		gap("after a gap the region is taken from the page again", func(f *feed, list live.Region) {
			for range 5 { // more than are retained
				f.send(list.Replace("a", pages.LI(pages.Row{Key: "a", Text: "2"})))
			}
		}),
		gap("after the server has started anew, too", func(f *feed, _ live.Region) { f.restart() }),
		unplaced(),
		over(),
		overBefore(),
		written(),
		refused("502", func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }),
		kept(),
		prerendered(),
		pending(),
		parsed(),
		file(),
	}
}

var scriptElement = regexp.MustCompile(`(?s)<script.*?</script>`)

// sought is what the script looks for, ten times a second.
var sought = regexp.MustCompile(`<template data-r[^>]*></template>`)

// part is what an element holds, without scripts.
func part(p *browsertest.Picture, id string) string {
	return strings.TrimSpace(sought.ReplaceAllString(scriptElement.ReplaceAllString(p.Parts[id], ""), ""))
}

func li(keyAndText ...string) string {
	var b strings.Builder
	for _, kt := range keyAndText {
		key, text, ok := strings.Cut(kt, ":")
		if !ok {
			text = key
		}
		b.WriteString(`<li class="` + key + `">` + text + `</li>`)
	}
	return b.String()
}

func asked(v *browsertest.Visit) (n int) {
	for _, note := range v.Notes() {
		if note == "asked" {
			n++
		}
	}
	return n
}

// every is one event of each kind: of a, b, c they make z, x, b, c with new
// texts.
func every(r live.Region, row func(pages.Row) templ.Component) []templ.Component {
	item := func(key, text string) templ.Component { return row(pages.Row{Key: key, Text: text}) }
	return []templ.Component{
		r.ReplaceAll(templ.Join(r.Item("b", item("b", "b")), r.Item("a", item("a", "a")))),
		r.Append("c", item("c", "3")),
		r.Prepend("x", item("x", "0")),
		r.Replace("b", item("b", "2")),
		r.Remove("a"),
		r.Replace("nobody", item("nobody", "nobody")),
		r.Remove("nobody"),
		r.Append("c", item("c", "4")),
		r.Append("x", item("x", "1")),
		r.Append("last", item("last", "5")),
	}
}

const everyList = `<li class="x">1</li><li class="b">2</li><li class="c">4</li><li class="last">5</li>`

func containers() browsertest.Scenario {
	f := newFeed("a", "b")
	list, table, choice, box := f.region("list"), f.region("table"), f.region("choice"), f.region("box")
	return browsertest.Scenario{
		Name:   "each kind of event patches a region in each kind of element",
		Where:  browsertest.Scripted,
		Page:   pages.Containers(list, table, choice, box, f.load),
		Policy: livePolicy,
		Files:  f.files(""),
		Watch: map[string]string{
			// All regions: one that is found later has the events sent again.
			"open": "html[data-live=open]:has(#list > .a):has(#table > .a):has(#choice > .a):has(#box > .a):not(:has(template[data-r='']))",
			"end":  "#box[aria-live=polite] > .last",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			f.send(every(list, pages.LI)...)
			f.send(every(table, pages.TR)...)
			f.send(every(choice, pages.Option)...)
			f.send(every(box, pages.P)...)
			v.Wait("end")
			p := v.Picture()
			for id, tags := range map[string][2]string{
				"list":   {"<li", "</li>"},
				"table":  {"<tr", "</td></tr>"},
				"choice": {"<option", "</option>"},
				"box":    {"<p", "</p>"},
			} {
				want := strings.NewReplacer("<li", tags[0], "</li>", tags[1]).Replace(everyList)
				if id == "table" {
					want = strings.ReplaceAll(want, `">`, `"><td>`)
				}
				if got := part(p, id); got != want {
					t.Errorf("%s holds %s, want %s", id, got, want)
				}
			}
		},
	}
}

func between() browsertest.Scenario {
	f := newFeed()
	list := f.region("list")
	return browsertest.Scenario{
		Name:   "what is published between position and load is neither lost nor shown twice",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		// The load sees all of it already, but not the last.
		Page: pages.List(list, func(context.Context) ([]pages.Row, error) {
			f.send(every(list, pages.LI)...)
			f.send(list.Append("late", pages.LI(pages.Row{Key: "late", Text: "6"})))
			return []pages.Row{{Key: "x", Text: "1"}, {Key: "b", Text: "2"}, {Key: "c", Text: "4"}, {Key: "last", Text: "5"}}, nil
		}),
		Files: f.files(""),
		Watch: map[string]string{"late": "#list > .late"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("late")
			if got, want := part(v.Picture(), "list"), everyList+li("late:6"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
			v.Open("end")
		},
	}
}

func pair() browsertest.Scenario {
	f := newFeed("a")
	a, b := f.region("a"), f.region("b")
	late := browsertest.Gate("b")
	return browsertest.Scenario{
		Name:   "two regions share one stream from different positions",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page: pages.Pair(a, b, f.load, func(ctx context.Context) ([]pages.Row, error) {
			_, err := late(ctx)
			return []pages.Row{{Key: "b", Text: "b"}}, err
		}),
		Files: f.files(""),
		Watch: map[string]string{
			"early": "#a > .early", "first": "#b > .first", "a last": "#a > .last", "b last": "#b > .last",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.WaitNote("asked")
			f.send(b.Append("first", pages.LI(pages.Row{Key: "first", Text: "1"})), a.Append("early", pages.LI(pages.Row{Key: "early", Text: "2"})))
			v.Wait("early") // the script has seen it while there is no b
			v.Open("b")
			v.Wait("first")
			f.send(a.Append("last", pages.LI(pages.Row{Key: "last", Text: "3"})), b.Append("last", pages.LI(pages.Row{Key: "last", Text: "4"})))
			v.Wait("a last", "b last")
			p := v.Picture()
			if got, want := part(p, "a"), li("a", "early:2", "last:3"); got != want {
				t.Errorf("a holds %s, want %s", got, want)
			}
			if got, want := part(p, "b"), li("b", "first:1", "last:4"); got != want {
				t.Errorf("b holds %s, want %s", got, want)
			}
			f.settle(t, v, 1)
		},
	}
}

func later() browsertest.Scenario {
	f := newFeed("x")
	a, b := f.region("a"), f.region("b")
	return browsertest.Scenario{
		Name:   "a region that comes later costs the others nothing",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Later(a, b, f.load),
		Files:  f.files(""),
		Watch: map[string]string{
			"open": "html[data-live=open] #a > .x", "lost": "html[data-live=lost]", "b": "#b > .x", "missed": "#a > .missed",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			f.set(abort)
			v.Wait("lost")
			f.send(a.Append("missed", pages.LI(pages.Row{Key: "missed", Text: "1"})))
			v.Open("later")
			v.Wait("b")
			f.set(nil)
			v.Wait("missed")
			if got, want := part(v.Picture(), "a"), li("x", "missed:1"); got != want {
				t.Errorf("a holds %s, want %s", got, want)
			}
		},
	}
}

func fields() browsertest.Scenario {
	f := newFeed("one", "two", "three")
	list := f.region("list")
	field := func(key, text string) templ.Component { return pages.Field(pages.Row{Key: key, Text: text}) }
	return browsertest.Scenario{
		Name:   "focus, caret, scroll position and what was typed are kept, the focus by id in what is replaced",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Fields(list, f.load),
		Files: f.files(`
			addEventListener("type", () => {
				const two = document.getElementById("two");
				two.focus({preventScroll: true});
				two.value = "typed";
				two.setSelectionRange(1, 3);
				scrollTo(0, 2000);
				note("typed");
			});
			addEventListener("value", () => note("value " + document.getElementById("two").value));
		`),
		Watch: map[string]string{
			"open": "html[data-live=open]", "1": "#one.t1", "2": "#two.t2", "3": "#three.t3",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			v.Dispatch("type")
			v.WaitNote("typed")
			f.send(list.Replace("one", field("one", "1")), list.Prepend("zero", field("zero", "")), list.Replace("three", field("three", "3")))
			v.Wait("1", "3")
			v.Dispatch("value")
			v.WaitNote("value typed")
			p := v.Picture()
			if p.Active != "two" || p.Caret != "1-3" || p.Scroll < 1900 || p.Scroll > 2100 {
				t.Errorf("focus %q, caret %q, page %d; want two, 1-3, about 2000", p.Active, p.Caret, p.Scroll)
			}
			f.send(list.Replace("two", field("two", "2")))
			v.Wait("2")
			// WebKitGTK now and then shows what has got the focus even if it is
			// told not to.
			scrolls := v.Engine().Name == browsertest.WebKit().Name
			if p := v.Picture(); p.Active != "two" || !scrolls && (p.Scroll < 1900 || p.Scroll > 2100) {
				t.Errorf("focus %q, page %d; want two, about 2000", p.Active, p.Scroll)
			}
		},
	}
}

func pending() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name:   "a region that is replaced while a boundary in it is pending leaves its chunk inert",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Within(list, f.load),
		Files:  f.files(""),
		Watch:  map[string]string{"dots": "#list > .dots", "open": "html[data-live=open]", "new": "#list > .new", "next": "#list > .next"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("dots", "open")
			f.send(list.ReplaceAll(pages.P(pages.Row{Key: "new", Text: "1"})))
			v.Wait("new")
			v.Open("child")
			v.WaitEnd()
			v.WaitComplete()
			f.send(list.Append("next", pages.P(pages.Row{Key: "next", Text: "2"})))
			v.Wait("next")
			if got, want := part(v.Picture(), "list"), `<p class="new">1</p><p class="next">2</p>`; got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
		},
	}
}

// parsed is about the form of the events: the one that a browser's own parser
// patches by.
func parsed() browsertest.Scenario {
	f := newFeed("a", "b")
	list := f.region("list")
	list.Script = stream.NoScript()
	events := every(list, pages.LI)[:5]
	return browsertest.Scenario{
		Name:   "events that stand in the page itself are patched natively",
		Where:  func(e *browsertest.Engine) bool { return e.Native && e.Scripting },
		Policy: livePolicy,
		Page:   pages.Parsed(list, f.load, events...),
		Watch:  map[string]string{"after": "#after"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("after")
			v.WaitComplete()
			got := regexp.MustCompile(`<template.*?</template>`).ReplaceAllString(part(v.Picture(), "list"), "")
			if want := li("x:0", "b:2", "c:3"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
		},
	}
}

func file() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	list.Script = stream.ExternalScript(assets.Live().Name)
	files := f.files("")
	for _, name := range []string{assets.Unsuspense().Name, assets.Live().Name} {
		files[name] = func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			assets.Handler().ServeHTTP(w, r)
		}
	}
	return browsertest.Scenario{
		Name:     "a region is live under a policy with 'self' and external scripts",
		Where:    browsertest.Scripted,
		Renderer: stream.Renderer{Script: stream.ExternalScript(assets.Unsuspense().Name)},
		Policy:   "default-src 'none'; img-src 'self'; connect-src 'self'; script-src 'self'; require-trusted-types-for 'script'; trusted-types rivulet",
		Page:     pages.Parsed(list, f.load),
		Files:    files,
		Watch:    map[string]string{"open": "html[data-live=open]", "b": "#list > .b"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			f.send(list.Append("b", pages.LI(pages.Row{Key: "b", Text: "b"})))
			v.Wait("b")
		},
	}
}
