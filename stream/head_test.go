package stream_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

var titleSlot = stream.Head("title", html("<title>Shop</title>"))

// title is a SetHead of a title.
func title(s string) templ.Component { return stream.SetHead("title", html("<title>"+s+"</title>")) }

// headed is a document with a Head for its title.
func headed(parts ...templ.Component) templ.Component {
	return templ.Join(html("<head>"), titleSlot, html("</head>"), page(parts...))
}

func TestHeadOfThePage(t *testing.T) {
	late := func(d time.Duration, c ...templ.Component) templ.Component { return slot(after(d, c...)) }
	lost := half("", func() error { return errBoom })
	inOrder := stream.Renderer{Mode: always(stream.InOrder), Script: stream.NoScript()}
	complete := stream.Renderer{Mode: always(stream.Complete)}
	noScript := stream.Renderer{Script: stream.NoScript()}
	errorView := func(d time.Duration, c ...templ.Component) templ.Component {
		return at(stream.Boundary{Load: failing(d, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return templ.Join(c...) }})
	}
	suspended := func(c ...templ.Component) templ.Component {
		return with(suspense.Suspense(html("dots")), templ.Join(c...))
	}
	copied := func(c ...templ.Component) load {
		return func(ctx context.Context) (templ.Component, error) {
			c, err := stream.Prerender(templ.Join(c...))(ctx)
			return upper(c), err
		}
	}
	robots := stream.Head("robots", nil)
	run(t, []pageTest{
		{name: "shows its own content if nothing else is set", page: headed(html("body"))},
		{name: "is set in the page", page: headed(title("Ada"), html("body"))},
		{name: "is set in a view that is ready", page: headed(late(0, title("Ada"), html("1")))},
		{name: "is set in a view within a view that is ready", page: headed(late(0, late(0, late(0, title("Ada")))))},
		{name: "is set before it", page: page(title("Ada"), titleSlot)},
		{name: "has markers while something is pending", page: headed(late(100*ms, html("1")))},
		{name: "and what is known by then", page: headed(late(100*ms, html("1")), late(0, title("Ada")))},
		{name: "changes with the content that sets it", rd: noScript, page: headed(late(100*ms, title("Ada"), html("1")))},
		{name: "changes as often as it is set", rd: noScript, page: headed(late(100*ms, title("Ada"), html("1"), late(100*ms, title("Bob"), html("2"))), late(300*ms, html("3")))},
		{name: "changes once with what comes together", rd: noScript, page: headed(late(100*ms, title("Ada"), late(0, title("Bob"))), late(100*ms, title("Eve")), late(200*ms))},
		{name: "does not change to what it is", rd: noScript, page: headed(title("Ada"), late(100*ms, title("Ada")), late(200*ms, title("Ada")))},
		{name: "may be empty", rd: noScript, page: page(robots, late(100*ms, stream.SetHead("robots", html("<meta name=robots>"))), late(200*ms, stream.SetHead("robots", nil)), late(300*ms))},
		{name: "has a name", rd: noScript, page: headed(robots, late(100*ms, title("Ada")), late(200*ms, stream.SetHead("robots", html("<meta name=robots>"))))},
		{name: "may stand twice", rd: noScript, page: headed(html("<h1>"), titleSlot, html("</h1>"), late(100*ms, title("Ada")), late(200*ms))},
		{name: "may stand in the view that sets it", rd: noScript, page: headed(late(100*ms, title("Ada"), titleSlot, html("1")), late(200*ms, title("Bob")), late(300*ms))},
		{name: "and alone in the last one", rd: noScript, page: page(late(100*ms, title("Ada"), titleSlot))},
		{name: "is nothing for a page without others", page: page(stream.Head("title", nil))},

		{name: "the later one counts, which comes first", rd: noScript, page: headed(late(200*ms, title("first"), html("1")), late(100*ms, title("second"), html("2")))},
		{name: "the later one counts, which comes last", rd: noScript, page: headed(late(100*ms, title("first"), html("1")), late(200*ms, title("second"), html("2")))},
		{name: "the later one counts, which is in place", rd: noScript, page: headed(late(100*ms, title("first")), title("second"), late(200*ms))},
		{name: "the one behind a view counts, not the one within", rd: noScript, page: headed(late(100*ms, late(100*ms, title("within")), title("behind")))},
		{name: "the later of two in one view", rd: noScript, page: headed(late(100*ms, title("first"), title("second")))},

		{name: "is not set in a view that fails", rd: noScript, page: headed(late(100*ms, title("Ada"), late(0, title("Bob")), lost))},
		{name: "nor in one that fails in the shell", page: headed(late(0, title("Ada"), lost))},
		{name: "nor in children that fail", page: headed(suspended(title("Ada"), lost))},
		{name: "nor by content that fails", page: headed(late(0, stream.SetHead("title", half("<title>", func() error { return errBoom }))))},
		{name: "an error view sets it", rd: noScript, page: headed(errorView(100*ms, title("Sorry")))},
		{name: "and one in the shell", page: headed(errorView(0, title("Sorry")))},
		{name: "a failed view gives way to an earlier one", rd: noScript, page: headed(late(100*ms, title("first"), html("1")), late(200*ms, title("second"), lost))},

		{name: "children set it", rd: noScript, page: headed(suspended(waiting(100*ms, "1"), title("Ada")))},
		{name: "children within children set it", rd: noScript, page: headed(suspended(title("Ada"), waiting(100*ms, "1"), suspended(title("Bob"), waiting(100*ms, "2"))), late(300*ms))},
		{name: "children with a Head", rd: noScript, page: page(suspended(waiting(100*ms, "1"), titleSlot), late(200*ms, title("Ada")), late(300*ms))},
		{name: "pieces set it", rd: noScript, page: headed(row(each(piece{100 * ms, title("one"), nil}, piece{100 * ms, title("two"), nil}, piece{100 * ms, html("3"), nil})))},
		{name: "pieces that have come stay", rd: noScript, page: headed(row(each(piece{100 * ms, title("one"), nil}, piece{100 * ms, templ.Join(title("two"), lost), nil})))},

		{name: "a fallback does not set it", rd: noScript, page: headed(at(stream.Boundary{Fallback: title("Wait"), Load: after(100 * ms)}))},
		{name: "nor does a boundary within a fallback", rd: noScript, page: headed(at(stream.Boundary{Fallback: at(stream.Boundary{Fallback: title("Wait"), Load: after(0)}), Load: after(100 * ms)}))},
		{name: "a fallback shows a Head's own content", rd: noScript, page: page(title("Ada"), at(stream.Boundary{Fallback: titleSlot, Load: after(100 * ms)}))},
		{name: "its own content is a fallback", rd: noScript, page: page(stream.Head("title", slot(after(0, html("never")))), late(100*ms))},
		{name: "its own content fails", page: page(stream.Head("title", half("half", func() error { return errBoom })))},
		{name: "a boundary that sets it loads in place", page: headed(late(0, stream.SetHead("title", slot(after(100*ms, html("<title>Ada</title>"))))))},
		{name: "a SetHead within another does nothing", page: headed(stream.SetHead("title", templ.Join(html("<title>Ada</title>"), title("Bob"))))},
		{name: "in a writer of some component's own it is not set", page: headed(upper(title("Ada")))},
		{name: "and shows its own content there", page: templ.Join(upper(titleSlot), title("Ada"))},
		{name: "nor in children there", page: headed(upper(suspended(title("Ada"), titleSlot)))},
		{name: "in what a load has rendered and a view copies it is set", rd: noScript, page: headed(late(100*ms, html("1")), slot(copied(title("Ada"), titleSlot)), late(200*ms))},
		{name: "in order too", rd: inOrder, page: headed(slot(copied(title("Ada"), titleSlot)), late(100*ms))},

		{name: "is flushed before it is known what follows", page: templ.Join(titleSlot, templ.Flush(), html("body"))},
		{name: "and changes with the rest", rd: noScript, page: templ.Join(titleSlot, templ.Flush(), title("Ada"), html("body"))},
		{name: "and with what is flushed later", rd: noScript, page: templ.Join(titleSlot, templ.Flush(), title("Ada"), html("body"), templ.Flush(), title("Bob"), late(100*ms))},
		{name: "and by a script if there is none", page: templ.Join(titleSlot, templ.Flush(), title("Ada"))},

		{name: "in order it is set in the page", rd: inOrder, page: headed(late(100*ms, html("1")), title("Ada"))},
		{name: "in order it is set by what is ready", rd: inOrder, page: headed(late(100*ms, html("1")), late(0, late(0, title("Ada")), html("2")), late(0, titleSlot))},
		{name: "in order it is set by what no slow one is before", rd: inOrder, page: headed(late(0, title("Ada")), late(100*ms, html("1")))},
		{name: "in order it is not set by what is late", rd: inOrder, page: headed(late(100*ms, title("Ada"), html("1")), titleSlot, late(100*ms, html("2")))},
		{name: "in order a later Head shows what has come", rd: inOrder, page: headed(late(100*ms, html("1")), titleSlot, late(200*ms, title("Ada"), html("2")), titleSlot)},
		{name: "in order the later one counts", rd: inOrder, page: headed(late(100*ms, title("first")), late(0, title("second")), titleSlot)},
		{name: "in order it is flushed", rd: inOrder, page: templ.Join(titleSlot, title("Ada"), templ.Flush(), late(100*ms, title("Bob")), titleSlot, templ.Flush(), titleSlot)},
		{name: "in order a flush sends what is behind it", rd: inOrder, page: templ.Join(html("1"), titleSlot, html("2"), templ.Flush(), late(100*ms, html("3")))},
		{name: "in order children set it", rd: inOrder, page: headed(suspended(title("Ada"), waiting(0, "1")), suspended(title("Bob"), waiting(100*ms, "2")))},
		{name: "in order it is set in a view whose boundary is slow", rd: inOrder, page: headed(late(0, title("Ada"), late(100*ms, html("1")), title("Bob")))},

		{name: "in a complete page it is what is set last", rd: complete, page: headed(late(200*ms, title("first"), html("1")), late(100*ms, late(200*ms, title("second"), html("2"))), titleSlot)},
		{name: "in a complete page too a failed one is taken back", rd: complete, page: headed(errorView(0), late(200*ms, title("Ada"), lost))},
		{name: "in a complete page it counts in the budget", rd: stream.Renderer{Mode: always(stream.Complete), MaxBuffer: 100}, page: headed(titleSlot, titleSlot, late(100*ms, title(strings.Repeat("Ada", 10))))},
		{name: "content that sets it counts in the budget", rd: stream.Renderer{MaxBuffer: 50}, page: headed(title(strings.Repeat("Ada", 30)))},
		{name: "and what a load renders", rd: stream.Renderer{MaxBuffer: 100}, page: headed(suspended(title(strings.Repeat("Ada", 30))))},

		{name: "HEAD asks for no head", request: head, page: headed(title("Ada"), late(100*ms))},
		{name: "stays what it is when the client has left", leave: 50 * ms, page: headed(late(100*ms, title("Ada")))},
	})
}

// TestHeadOutsideOfAResponse holds that a Head is its own content there, with
// its boundaries, and a SetHead is nothing.
func TestHeadOutsideOfAResponse(t *testing.T) {
	var b strings.Builder
	c := templ.Join(title("Ada"), titleSlot, with(suspense.Suspense(nil), templ.Join(title("Bob"), titleSlot)), stream.Head("x", slot(after(0, html("loaded")))), stream.Head("y", nil))
	synctest.Test(t, func(t *testing.T) {
		if err := c.Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	})
	if got, want := b.String(), "<title>Shop</title><title>Shop</title>loaded"; got != want {
		t.Errorf("page = %q, want %q", got, want)
	}
}

// TestHeadClaims has a style in a head and in the body. Either may be the only one
// that is shown.
func TestHeadClaims(t *testing.T) {
	red := styled("red")
	slot := stream.Head("style", nil)
	set := stream.SetHead("style", red)
	slow := func(c ...templ.Component) templ.Component {
		return at(stream.Boundary{Load: after(100*ms, c...)})
	}
	once := templ.NewOnceHandle(templ.WithComponent(html("<once>"))).Once()
	for _, tt := range []struct {
		name string
		page templ.Component
		what string
		want int // how often it is in the page
	}{
		{"in the head and in the page", templ.Join(slot, page(set, red)), redStyle, 2},
		{"in the page and in the head", templ.Join(slot, page(red, set)), redStyle, 2},
		{"in a head without a slot and in the page", page(set, red), redStyle, 1},
		{"in a head that another replaces, and in the page", templ.Join(slot, page(set, stream.SetHead("style", nil), red)), redStyle, 1},
		{"in its own content that is replaced, and in the page", templ.Join(stream.Head("style", red), page(stream.SetHead("style", nil), red)), redStyle, 1},
		{"in a view that fails, and in the page", templ.Join(slot, page(slow(set, half("", func() error { return errBoom })), slow(red))), redStyle, 1},
		{"twice in the head", templ.Join(slot, page(stream.SetHead("style", templ.Join(red, red)))), redStyle, 1},
		{"once in the head, and in the page", templ.Join(slot, page(stream.SetHead("style", templ.Join(once, once)), once)), "<once>", 2},
	} {
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
			t.Run(tt.name+", "+mode.String(), func(t *testing.T) {
				got := sentWith(t, stream.Renderer{Mode: always(mode)}, tt.page)
				if n := strings.Count(got, tt.what); n != tt.want {
					t.Errorf("page = %q, want %q %d times", got, tt.what, tt.want)
				}
				if got := sentWith(t, stream.Renderer{Mode: always(mode)}, tt.page, "red"); strings.Contains(got, redStyle) {
					t.Errorf("page = %q, want no style that a middleware serves", got)
				}
			})
		}
	}
}

// TestHeadTellsNoTrace holds that neither a Head nor a SetHead is a boundary for a
// Trace.
func TestHeadTellsNoTrace(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			tell := func(what string) func(context.Context, stream.BoundaryInfo) {
				return func(_ context.Context, b stream.BoundaryInfo) {
					if b.Name != "1" {
						told = append(told, what+" "+b.Name)
					}
				}
			}
			rd := stream.Renderer{Mode: always(mode), Trace: &stream.Trace{
				Met:     tell("met"),
				Loading: func(ctx context.Context, b stream.BoundaryInfo) context.Context { tell("loading")(ctx, b); return ctx },
				Sent:    func(ctx context.Context, b stream.BoundaryInfo, _ int, _ bool) { tell("sent")(ctx, b) },
			}}
			one := at(stream.Boundary{Name: "1", Load: stream.Prerender(templ.Join(title("Ada"), titleSlot, waiting(100*ms, "1")))})
			if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), headed(title("Bob"), one)); err != nil {
				t.Fatal(err)
			}
			if len(told) > 0 {
				t.Errorf("%v: a Trace was told of a head: %q", mode, told)
			}
		})
	}
}

const (
	noHead    = "the page has no Head of that name"
	ownWriter = "a writer of some component's own"
	frozen    = "a Head does not change later"
)

// TestHeadWarnings holds what is logged, once for each route.
func TestHeadWarnings(t *testing.T) {
	late := slot(after(100*ms, title("Ada")))
	inTitle := templ.Join(html("<head><title>"), stream.Head("title", html("Shop")), html("</title></head>"))
	text := stream.SetHead("title", html("Ada"))
	for _, tt := range []struct {
		name    string
		request http.Header
		page    templ.Component
		want    string // in the log; "" means that it is empty
	}{
		{"a page with a Head", nil, headed(late), ""},
		{"a page without one", nil, page(late), noHead},
		{"a page with a Head of another name", nil, templ.Join(html("<head>"), stream.Head("robots", nil), page(late)), noHead},
		{"a fragment for htmx", header("Hx-Request", "true"), page(late), ""},
		{"a fragment for fetch", header("Sec-Fetch-Dest", "empty", "Accept", "*/*"), page(late), ""},
		{"a setter in a writer of its own", nil, headed(upper(title("Ada"))), ownWriter},
		{"a setter in children in such a writer", nil, headed(upper(with(suspense.Suspense(nil), title("Ada")))), ownWriter},
		{"a setter in a fallback of such a writer", nil, headed(at(stream.Boundary{Fallback: upper(title("Ada")), Load: after(100 * ms)})), ""},
		{"a Head in a title", nil, templ.Join(inTitle, page(slot(after(100*ms, text)))), frozen},
		{"a Head in a title of a page that comes at once", nil, templ.Join(inTitle, page(text)), frozen},
		{"a Head in a title with text before it", nil, templ.Join(html("<TITLE lang=en>Shop: "), stream.Head("title", html("Shop")), html("</TITLE>"), page(slot(after(100*ms, text)))), frozen},
		{"a Head in a textarea", nil, page(html("<textarea>"), stream.Head("title", html("Shop")), html("</textarea>"), slot(after(100*ms, text))), frozen},
		{"a Head behind a title", nil, templ.Join(html("<head><title>a</title> "), stream.Head("robots", nil), page(slot(after(100*ms)))), ""},
	} {
		for name, mode := range allModes {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				r := newRoute()
				if tt.request != nil {
					r.Header = tt.request
				}
				body, log := sendOf(t, mode, r, tt.page)
				want := tt.want
				if want == frozen && mode != stream.OutOfOrder {
					want = ""
				}
				if n := headLines(log); !strings.Contains(log, want) || n > 1 || n > 0 && want == "" {
					t.Errorf("log = %q, want one line with %q", log, want)
				}
				if want == frozen {
					if got, _ := sendOf(t, mode, r, tt.page); got != body || strings.Contains(body, "Shop<?end>") {
						t.Errorf("page = %q and then %q, want a title without markers", body, got)
					}
				}
				if _, log := sendOf(t, mode, r, tt.page); headLines(log) > 0 {
					t.Errorf("the log of the second page is %q", log)
				}
			})
		}
	}
}

// TestHeadOfAnAnswer has an ErrorHandler, and a Page, that render a page themselves. The
// warning names what to do about that, which is not what to do about a writer.
func TestHeadOfAnAnswer(t *testing.T) {
	missing := headed(title("Not found"))
	for _, tt := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request) error
		want   string
	}{
		{"renders it", func(w http.ResponseWriter, r *http.Request) error { return missing.Render(r.Context(), w) }, "send it with Render"},
		{"hands it to templ", func(w http.ResponseWriter, r *http.Request) error {
			templ.Handler(missing).ServeHTTP(w, r)
			return nil
		}, "send it with Render"},
		{"sends it", func(w http.ResponseWriter, r *http.Request) error { return stream.Render(w, r, missing) }, ""},
		{"sends one with a writer of its own", func(w http.ResponseWriter, r *http.Request) error {
			return stream.Render(w, r, headed(upper(title("Not found"))))
		}, ownWriter},
	} {
		for name, page := range map[string]stream.Page{
			"an ErrorHandler": func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, errBoom },
			"a Page":          func(w http.ResponseWriter, r *http.Request) (templ.Component, error) { return nil, tt.answer(w, r) },
		} {
			t.Run(name+" "+tt.name, func(t *testing.T) {
				var log strings.Builder
				logger := slog.New(slog.NewTextHandler(&log, nil))
				defer slog.SetDefault(slog.Default()) // stream.Render logs there
				slog.SetDefault(logger)
				rd := stream.Renderer{Logger: logger, ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) { _ = tt.answer(w, r) }}
				rd.Handler(page).ServeHTTP(httptest.NewRecorder(), newRoute())
				if n := headLines(log.String()); !strings.Contains(log.String(), tt.want) || n > 1 || n > 0 && tt.want == "" {
					t.Errorf("log = %q, want one line with %q", &log, tt.want)
				}
			})
		}
	}
}

// headLines returns the number of lines in the log, besides those that are given
// once for each process.
func headLines(log string) int {
	return strings.Count(log, "\n") - strings.Count(log, "a boundary loads in place")
}

// TestTitleInTheBody has titles that browsers ignore, and others that they do not.
func TestTitleInTheBody(t *testing.T) {
	named := func(d time.Duration, c ...templ.Component) templ.Component {
		return at(stream.Boundary{Name: "product", Fallback: html("dots"), Load: after(d, c...)})
	}
	doc := func(head string, parts ...templ.Component) templ.Component {
		return templ.Join(html("<!doctype html><head>"+head+"</head>"), page(parts...))
	}
	stray := html("<title>Ada</title><h1>Ada</h1>")
	const shop = "<title>Shop</title>"
	const want = "a title in the body is ignored"
	for _, tt := range []struct {
		name string
		page templ.Component
		want string
	}{
		{"in a view that comes late", doc(shop, named(100*ms, stray)), want + ".*name=product"},
		{"in a view of a page with a Head", headed(named(100*ms, stray)), want + ".*name=product"},
		{"in a view within another", doc(shop, slot(after(100*ms, html("<p>"), named(100*ms, stray)))), want + ".*name=product"},
		{"in a piece", doc(shop, at(stream.Boundary{Name: "product", Pieces: each(piece{100 * ms, stray, nil})})), want + ".*name=product"},
		{"in what is ready", doc(shop, named(0, stray), slot(after(100*ms))), want},
		{"in the page", doc(shop, stray, slot(after(100*ms))), want},
		{"in what is ready of a page without others", doc(shop, named(0, stray)), ""},
		{"of a picture", doc(shop, named(100*ms, html("<svg><title>Ada</title></svg>"))), ""},
		{"of a template", doc(shop, named(100*ms, html("<template><title>Ada</title></template>"))), ""},
		{"of a page that has no other", doc("", named(100*ms, stray)), ""},
		{"in a view in the head", templ.Join(html("<head>"), at(stream.Boundary{Name: "product", Fallback: html(shop), Load: after(100*ms, html("<title>Ada</title>"))}), html("</head>"), page()), ""},
		{"that a SetHead sets", headed(named(100*ms, title("Ada"))), ""},
		{"that a Head in the body shows", headed(named(100*ms, titleSlot)), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRoute()
			_, log := sendOf(t, stream.OutOfOrder, r, tt.page)
			if ok, _ := regexp.MatchString(tt.want, log); !ok || headLines(log) > 1 || headLines(log) > 0 && tt.want == "" {
				t.Errorf("log = %q, want one line with %q", log, tt.want)
			}
			if _, log = sendOf(t, stream.OutOfOrder, r, tt.page); log != "" {
				t.Errorf("the log of the second page is %q", log)
			}
			for _, mode := range []stream.Mode{stream.InOrder, stream.Complete} {
				if _, log := sendOf(t, mode, newRoute(), tt.page); log != "" {
					t.Errorf("%v: log = %q", mode, log)
				}
			}
		})
	}
	t.Run("in a view that was ready before", func(t *testing.T) {
		r := newRoute()
		sendOf(t, stream.OutOfOrder, r, doc(shop, named(0, stray)))
		if _, log := sendOf(t, stream.OutOfOrder, r, doc(shop, named(100*ms, stray))); !strings.Contains(log, want) {
			t.Errorf("log = %q, want a line with %q", log, want)
		}
	})
}

// TestHeadInATitle has a Head where no marker works. It shows what is known when
// the shell leaves.
func TestHeadInATitle(t *testing.T) {
	in := func(element string, parts ...templ.Component) templ.Component {
		return templ.Join(html("<"+element+">"), stream.Head("title", html("Shop")), html("</"+element+">"), page(parts...))
	}
	text := func(s string) templ.Component { return stream.SetHead("title", html(s)) }
	for _, element := range []string{"title", "textarea"} {
		for _, tt := range []struct {
			page templ.Component
			want string
		}{
			{in(element, slot(after(100*ms, text("Ada")))), "Shop"},
			{in(element, text("Bob"), slot(after(100*ms, text("Ada")))), "Bob"},
			{in(element, slot(after(0, text("Bob"))), slot(after(100*ms, text("Ada")))), "Bob"},
			{in(element, html("<xmp>"), slot(after(50*ms, text("Bob"))), html("</xmp>"), slot(after(100*ms, text("Ada")))), "Bob"}, // waited for in place
		} {
			body, _ := sendOf(t, stream.OutOfOrder, newRoute(), tt.page)
			if want := fmt.Sprintf("<%s>%s</%[1]s><body>", element, tt.want); !strings.HasPrefix(body, want) {
				t.Errorf("page = %q, want %q", body, want)
			}
		}
	}
}

// TestHeadThatIsNotWhole has a value that would take in the rest of its chunk.
func TestHeadThatIsNotWhole(t *testing.T) {
	set := stream.SetHead("title", html("<title>Ada"))
	_, log := sendOf(t, stream.OutOfOrder, newRoute(), headed(slot(after(100*ms, set))))
	if !strings.Contains(log, "is not whole") || !strings.Contains(log, "name=title") {
		t.Errorf("log = %q", log)
	}
}

// TestHeadWhoseMarkersStray names the Head whose own content the parser moves.
func TestHeadWhoseMarkersStray(t *testing.T) {
	c := templ.Join(html("<!doctype html><p>"), stream.Head("title", html("<div>Shop</div>")), page(slot(after(100*ms))))
	_, log := sendOf(t, stream.OutOfOrder, newRoute(), c)
	if !strings.Contains(log, "a fallback stays on the page") || !strings.Contains(log, "name=title") {
		t.Errorf("log = %q", log)
	}
}

// TestHeadIsRenderedOnlyIfItIsShown holds that the content of a Head that is
// replaced does no work.
func TestHeadIsRenderedOnlyIfItIsShown(t *testing.T) {
	for name, mode := range allModes {
		rendered := 0
		own := templ.ComponentFunc(func(context.Context, io.Writer) error { rendered++; return nil })
		sendOf(t, mode, newRoute(), templ.Join(stream.Head("title", own), page(title("Ada"))))
		if rendered != 0 {
			t.Errorf("%s: rendered %d times", name, rendered)
		}
	}
}

// BenchmarkHead is of a page without boundaries: what a Head and a SetHead cost it.
func BenchmarkHead(b *testing.B) {
	text := html(strings.Repeat("text ", 2000))
	for _, with := range []bool{false, true} {
		b.Run(fmt.Sprint(with), func(b *testing.B) {
			b.ReportAllocs()
			c := templ.Join(html("<head><title>Ada</title></head>"), page(text))
			if with {
				c = headed(title("Ada"), text)
			}
			r := httptest.NewRequest("GET", "/", nil)
			for b.Loop() {
				if err := stream.Render(&discard{http.Header{}}, r, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
