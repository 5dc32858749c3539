package browsertest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// moves are about items that are put beside others, moved, or dropped.
func moves() []browsertest.Scenario { return []browsertest.Scenario{beside(), moved(), limited()} }

func row(key, text string) pages.Row { return pages.Row{Key: key, Text: text} }

func beside() browsertest.Scenario {
	f := newFeed("a", "b")
	list, table, choice, box := f.region("list"), f.region("table"), f.region("choice"), f.region("box")
	return browsertest.Scenario{
		Name:   "items are put beside others and moved in each kind of element",
		Where:  browsertest.Scripted,
		Page:   pages.Containers(list, table, choice, box, f.load),
		Policy: livePolicy,
		Files:  f.files(`console.warn = (...args) => note("warned: " + args.join(" "));`),
		Watch: map[string]string{
			"open": "html[data-live=open]:has(#list > .a):has(#table > .a):has(#choice > .a):has(#box > .a):not(:has(template[data-r='']))",
			"end":  "#box > .last",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			for region, view := range map[*live.Region]func(pages.Row) templ.Component{&list: pages.LI, &table: pages.TR, &choice: pages.Option, &box: pages.P} {
				r := *region
				f.send(
					r.Before("x", "a", view(row("x", "x"))), // x a b
					r.After("y", "a", view(row("y", "y"))),  // x a y b
					r.After("z", "b", view(row("z", "z"))),  // x a y b z
					r.Move("z", "a"),                        // x z a y b
					r.Move("x", ""),                         // z a y b x
					r.Move("z", "a"),                        // as it is
					r.Before("a", "x", view(row("a", "2"))), // in place
					r.Before("no", "nobody", view(row("no", ""))), r.After("no", "nobody", view(row("no", ""))),
					r.Move("a", "nobody"), r.Move("nobody", "a"),
					r.Append("last", view(row("last", ""))),
				)
			}
			v.Wait("end")
			p := v.Picture()
			for id, open := range map[string]string{"list": "<li", "table": "<tr", "choice": "<option", "box": "<p"} {
				var got []string
				for _, item := range strings.Split(part(p, id), open+` class="`)[1:] {
					got = append(got, item[:strings.Index(item, `"`)])
				}
				if want := []string{"z", "a", "y", "b", "x", "last"}; !slices.Equal(got, want) {
					t.Errorf("%s holds %q, want %q: %s", id, got, want, part(p, id))
				}
			}
			for _, note := range v.Notes() {
				if strings.HasPrefix(note, "warned") {
					t.Error(note)
				}
			}
		},
	}
}

// moved has a focus in the item that moves.
func moved() browsertest.Scenario {
	f := newFeed("one", "two", "three")
	list := f.region("list")
	field := func(r pages.Row) templ.Component {
		return templ.Join(pages.Field(r), templ.Raw(`<div id="box-`+r.Key+`" style="height:9px;overflow:auto"><p>1<p>2<p>3</div><iframe src="frame?of=`+r.Key+`"></iframe> text `))
	}
	files := f.files(`
		addEventListener("type", () => {
			const two = document.getElementById("two");
			two.focus({preventScroll: true});
			two.value = "typed";
			two.setSelectionRange(1, 3);
			document.getElementById("box-two").scrollTop = 5;
			note("typed");
		});
		addEventListener("value", () => note("value " + document.getElementById("two").value));
	`)
	files["frame"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		v.Note("frame " + r.FormValue("of"))
	}
	return browsertest.Scenario{
		Name:  "focus, caret, scroll position, text and frame of an item that moves are kept",
		Where: browsertest.Scripted,
		Page:  pages.Moving(list, f.load, field),
		Files: files,
		Watch: map[string]string{"open": "html[data-live=open]:not(:has(template[data-r=''])) #two", "moved": "#two ~ #one ~ #three", "last": "#one ~ #three ~ #two", "end": "#list > .end"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			v.WaitNote("frame one")
			v.WaitNote("frame two")
			v.WaitNote("frame three")
			v.WaitComplete()
			v.Dispatch("type")
			v.WaitNote("typed")
			check := func(step string) {
				t.Helper()
				p := v.Picture()
				// WebKitGTK has no moveBefore and so forgets the caret.
				caret := v.Engine().Name == browsertest.WebKit().Name || p.Caret == "1-3"
				if p.Active != "two" || !caret || p.Scrolled["box-two"] != 5 {
					t.Errorf("%s: focus %q, caret %q, scrolled %d; want two, 1-3, 5", step, p.Active, p.Caret, p.Scrolled["box-two"])
				}
			}
			check("before")
			f.send(list.Move("two", "one"))
			v.Wait("moved")
			check("moved")
			f.send(list.Move("two", ""))
			v.Wait("last")
			check("last")
			v.Dispatch("value")
			v.WaitNote("value typed")
			f.send(list.Append("fin", pages.P(row("end", ""))))
			v.Wait("end")
			v.Picture()
			frames := 0
			for _, note := range v.Notes() {
				if note == "frame two" {
					frames++
				}
			}
			if v.Engine().Name != browsertest.WebKit().Name && frames != 1 {
				t.Errorf("the frame was loaded %d times, want once", frames)
			}
		},
	}
}

func limited() browsertest.Scenario {
	f := newFeed("1", "2", "3")
	list := f.region("list")
	list.Limit = 3
	other := f.region("other")
	li := func(key string) templ.Component { return pages.LI(row("k"+key, key)) }
	return browsertest.Scenario{
		Name:   "a region with a limit keeps so many items, and drops them at the other end",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Pair(list, other, f.load, f.load),
		Files:  f.files(""),
		Watch:  map[string]string{"open": "html[data-live=open]:not(:has(template[data-r=''])):has(#a li):has(#b li)", "end": "#b > .kend"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			look := func(want string) {
				t.Helper()
				f.send(other.Append("fin", li("end")))
				v.Wait("end")
				f.send(other.Remove("fin"))
				text := strings.NewReplacer("</li>", " ").Replace(part(v.Picture(), "a"))
				var got []string
				for _, item := range strings.Fields(text) {
					if i := strings.LastIndex(item, ">"); i >= 0 {
						got = append(got, item[i+1:])
					}
				}
				if s := strings.Join(got, " "); s != want {
					t.Errorf("list holds %q, want %q", s, want)
				}
			}
			f.send(
				list.Append("4", li("4")), list.Append("5", li("5")), // 3 4 5
				list.Append("5", li("5")),      // again
				list.Prepend("2", li("2")),     // 2 3 4
				list.Before("0", "3", li("0")), // 2 0 3
				list.After("9", "2", li("9")),  // 2 9 0
			)
			look("2 9 0")
			p := v.Picture()
			if got := strings.Count(part(p, "b"), "<li"); got < 3 {
				t.Errorf("the other region holds %s, want all", part(p, "b"))
			}
		},
	}
}
