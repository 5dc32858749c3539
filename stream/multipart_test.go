package stream_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// acceptsParts makes r a request of htmx with hx-multipart.
func acceptsParts(r *http.Request) *http.Request {
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Request-Type", "partial")
	r.Header.Set("Accept", "text/html, multipart/mixed, multipart/parallel")
	return r
}

// tableRow is a boundary whose fallback is a row.
func tableRow(l load) templ.Component {
	return at(stream.Boundary{Fallback: html("<tr><td>dots</td></tr>"), Load: l})
}

// dotted is a boundary whose fallback is one element.
func dotted(l load) templ.Component {
	return at(stream.Boundary{Fallback: html("<i>dots</i>"), Load: l})
}

// dueElement is a WhilePending that shows the deadline in an element.
var dueElement = stream.WhilePending(templ.Join(html("<b>"), due, html("</b>")))

func TestMultipart(t *testing.T) {
	login := stream.Redirect("/login?to=ä", http.StatusSeeOther)
	refused := func(w *stream.BoundaryError) templ.Component { return html("<p>sorry</p>") }
	run(t, []pageTest{
		{name: "each boundary is a part", request: acceptsParts, page: templ.Join(
			html("<ul>"), at(stream.Boundary{Fallback: html("<li>dots</li>"), Load: after(200*ms, html("<li>1</li><li>2</li>"))}),
			at(stream.Boundary{Fallback: html("<li>dots</li>"), Load: after(100*ms, html("<li>3</li>"))}), html("</ul>"),
		)},
		{name: "rows", request: acceptsParts, page: templ.Join(html("<table><tbody>"), tableRow(after(100*ms, html("<tr><td>1</td></tr>"))), html("</tbody></table>"))},
		{name: "parts that are ready together leave together", request: acceptsParts, page: templ.Join(dotted(after(100*ms, html("1"))), dotted(after(100*ms, html("2"))), dotted(after(200*ms, html("3"))))},
		{name: "a boundary within a part", request: acceptsParts, page: dotted(after(100*ms, html("<p>1"), dotted(after(100*ms, html("2"))), dotted(after(0, html("3"))), html("</p>")))},
		{name: "a boundary without a fallback", request: acceptsParts, page: templ.Join(html("<p>"), at(stream.Boundary{Load: after(100*ms, html("1"))}), html("</p>"))},
		{name: "a fallback that shows nothing", request: acceptsParts, page: at(stream.Boundary{Fallback: html(" "), Load: after(100*ms, html("1"))})},
		{name: "a view that shows nothing", request: acceptsParts, page: dotted(after(100*ms, templ.NopComponent))},
		{name: "a document", request: acceptsParts, page: page(dotted(after(100*ms, html("1"))))},
		{name: "all is ready at once", request: acceptsParts, page: page(dotted(after(0, html("1"))))},
		{name: "no boundary", request: acceptsParts, page: page(html("1"))},
		{name: "a failure at once is a 500", request: acceptsParts, page: page(dotted(failing(0, errBoom)))},
		{name: "a failure with a view of its own is none", request: acceptsParts, page: page(at(stream.Boundary{Load: failing(0, errBoom), ErrorView: refused}))},
		{name: "a failure shows its view in a part", request: acceptsParts, page: templ.Join(dotted(failing(100*ms, errBoom)), at(stream.Boundary{Load: panicking(200*ms, "boom"), ErrorView: refused}))},
		{name: "a boundary that takes too long", rd: stream.Renderer{Timeout: time.Second}, request: acceptsParts, page: dotted(stubborn(time.Hour, html("1")))},
		{name: "a status decides before the first part", request: acceptsParts, page: templ.Join(dotted(after(100*ms, html("1"))), dotted(failing(0, stream.NotFound(nil))))},
		{name: "a critical boundary holds the first part back", request: acceptsParts, page: templ.Join(dotted(after(200*ms, html("1"))),
			at(stream.Boundary{Fallback: html("<i>dots</i>"), Critical: true, Load: after(100*ms, html("2"))}))},
		{name: "a critical boundary decides", request: acceptsParts, page: templ.Join(dotted(after(200*ms, html("1"))), at(stream.Boundary{Critical: true, Load: failing(100*ms, login)}))},
		{name: "a status behind the first part", request: acceptsParts, page: dotted(failing(100*ms, stream.NotFound(nil)))},
		{name: "a redirect behind the first part", request: acceptsParts, page: templ.Join(dotted(failing(100*ms, login)), dotted(after(200*ms, html("2"))))},
		{name: "the client leaves", request: acceptsParts, leave: 150 * ms, page: templ.Join(dotted(after(100*ms, html("1"))), dotted(after(200*ms, html("2"))))},
		{name: "the fragment fails", request: acceptsParts, page: templ.Join(dotted(after(100*ms, html("1"))), half("a", func() error { return errBoom }))},
		{name: "a sequence", request: acceptsParts, page: templ.Join(html("<p>"), at(stream.Boundary{Fallback: html("<i>dots</i>"),
			Pieces: each(piece{100 * ms, stream.Text("a <"), nil}, piece{100 * ms, html("<b>b</b>"), nil}, piece{100 * ms, nil, errBoom})}), html("</p>"))},
		{name: "a sequence that begins at once", request: acceptsParts, page: templ.Join(html("<table><tbody>"), at(stream.Boundary{
			Pieces: each(piece{0, html("<tr>1</tr>"), nil}, piece{100 * ms, html("<tr>2</tr>"), nil}, piece{100 * ms, tableRow(after(100*ms, html("<tr>3</tr>"))), nil})}), html("</tbody></table>"))},
		{name: "a flush has no effect", request: acceptsParts, page: templ.Join(html("a"), templ.Flush(), dotted(after(100*ms, html("1"))))},
		{name: "a notice goes with the last part", request: acceptsParts, page: templ.Join(dueElement, dotted(after(100*ms, html("1"))), dotted(after(200*ms, html("2"))))},
		{name: "two notices go together", request: acceptsParts, page: templ.Join(dueElement, dotted(after(100*ms, dueElement, html("1"))), dotted(after(200*ms, html("2"))))},
		{name: "a notice within the last part is nowhere", request: acceptsParts, page: dotted(after(100*ms, html("1"), dueElement))},
		{name: "a notice is nowhere if nothing is pending", request: acceptsParts, page: templ.Join(dueElement, dotted(after(0, html("1"))))},
		{name: "a notice is a row", request: acceptsParts, page: templ.Join(html("<table><tbody>"), stream.WhilePending(html("<tr></tr>")), tableRow(after(100*ms, html("<tr>1</tr>"))), html("</tbody></table>"))},
		{name: "a notice that is not one element is nowhere", request: acceptsParts, page: templ.Join(whilePending, dotted(after(100*ms, html("1"))))},
		{name: "a notice of nothing", request: acceptsParts, page: templ.Join(stream.WhilePending(nil), dotted(after(100*ms, html("1"))))},
		{name: "a notice is sent again when a view has a boundary of more time", rd: stream.Renderer{Timeout: time.Second}, request: acceptsParts, page: templ.Join(dueElement,
			dotted(after(500*ms, html("1"), at(stream.Boundary{Fallback: html("<i>dots</i>"), Timeout: time.Minute, Load: after(2*time.Second, html("2"))}))))},
		{name: "a notice stays when the client has left", request: acceptsParts, leave: 150 * ms, page: templ.Join(dueElement, dotted(after(100*ms, html("1"))), dotted(after(200*ms, html("2"))))},
		{name: "a notice stays behind a redirect", request: acceptsParts, page: templ.Join(dueElement, dotted(failing(100*ms, login)))},
		{name: "a Head shows what is known", request: acceptsParts, page: templ.Join(stream.Head("title", html("<title>a</title>")),
			stream.SetHead("title", html("<title>b</title>")), dotted(after(100*ms, stream.SetHead("title", html("<title>c</title>")))))},
		{name: "the grace", rd: stream.Renderer{Grace: 50 * ms}, request: acceptsParts, page: templ.Join(dotted(after(40*ms, html("1"))), dotted(after(100*ms, html("2"))))},
		{name: "a writer that cannot flush", request: acceptsParts, whole: true, page: dotted(after(100*ms, html("1")))},
		{name: "the fallback of the caller has the attribute", request: acceptsParts, page: at(stream.Boundary{
			Fallback: html(`<!-- > --><tr id="a" title="b>c" data-rv-part='d'></tr>`), Load: after(100*ms, html("1"))})},
	})
}

// TestMultipartFallbacks is about the fallbacks that a part can replace. The others
// hold the answer back.
func TestMultipartFallbacks(t *testing.T) {
	const (
		fallback = "because its fallback is not one whole element"
		place    = "because no part works there"
	)
	for _, tt := range []struct{ around, fallback, warning string }{
		{"<table><tbody>@</tbody></table>", "<tr><td>dots</td></tr>", ""},
		{"<table>@</table>", "<tr><td>dots</td></tr>", ""},
		{"@", "<tr><td>dots</td></tr>", ""},
		{"<select>@</select>", "<option>dots</option>", ""},
		{"<ul>@</ul>", "<li>dots</li>", ""},
		{"<p>@</p>", `<svg viewBox="0 0 1 1"><circle r="1"/></svg>`, ""},
		{"@", "<!-- first --><p>dots</p>", ""},
		{"@", "<img alt='>'>", ""},
		{"@", "<script>'<p>'</script>", ""},
		{"<p>@</p>", "", ""},
		{"<table><tbody>@</tbody></table>", "", ""},
		{"<select>@</select>", "<!-- nothing -->", fallback},
		{"<p>@</p>", "dots", fallback},
		{"<p>@</p>", "<b>a</b><b>b</b>", fallback},
		{"<p>@</p>", "a <b>b</b>", fallback},
		{"<div>@</div>", "<p>a<div>b</div></p>", fallback},
		{"<div>@</div>", "<p>dots", fallback},
		{"<div>@</div>", "<tr><td>dots</td></tr>", fallback},
		{"<table><tbody>@</tbody></table>", "<p>dots</p>", fallback},
		{"<div>@</div>", "<title>dots</title>", fallback},
		{"<div>@</div>", "<hx-partial hx-target='#a'>dots</hx-partial>", fallback},
		{"<div>@</div>", "<p hx-swap-oob='true'>dots</p>", fallback},
		{"<svg>@</svg>", "<g></g>", place},
		{"<textarea>@</textarea>", "<p></p>", place},
		{"<template>@</template>", "<p></p>", place},
		{"<p title='@'></p>", "<p></p>", place},
	} {
		t.Run(tt.around+tt.fallback, func(t *testing.T) {
			stream.ForgetRoutes()
			var log strings.Builder
			rd := stream.Renderer{Logger: slog.New(slog.NewTextHandler(&log, nil))}
			before, after1, _ := strings.Cut(tt.around, "@")
			c := templ.Join(html(before), at(stream.Boundary{Name: "prices", Fallback: html(tt.fallback), Load: after(time.Second, html("CONTENT"))}), html(after1))
			synctest.Test(t, func(t *testing.T) {
				rec := httptest.NewRecorder()
				if err := rd.Render(rec, acceptsParts(httptest.NewRequest("GET", "/", nil)), c); err != nil {
					t.Errorf("Render() = %v", err)
				}
				got := rec.Body.String()
				whole := strings.Replace(tt.around, "@", "CONTENT", 1)
				if waits := got == whole; waits != (tt.warning != "") {
					t.Errorf("answer:\n%s", got)
				}
				if !strings.Contains(log.String(), tt.warning) || tt.warning == "" && log.Len() > 0 {
					t.Errorf("log: %q, want %q", log.String(), tt.warning)
				}
				if ct := rec.Header().Get("Content-Type"); strings.HasPrefix(ct, "text/html") != (tt.warning != "") {
					t.Errorf("Content-Type = %q", ct)
				}
			})
		})
	}
}

// TestNoticeOfPartsIsNotOutdated holds that a notice shows the deadline of the page
// whenever that moves.
func TestNoticeOfPartsIsNotOutdated(t *testing.T) {
	notice := stream.WhilePending(templ.Join(html("<p>"), due, html("</p>")))
	large := html(strings.Repeat("x", 2<<20))
	later := at(stream.Boundary{Fallback: html("<p>dots</p>"), Timeout: time.Minute, Load: after(time.Second, html("LATER"))})
	for _, c := range []struct {
		name string
		page templ.Component
	}{
		{"while the first part waits for a boundary", at(stream.Boundary{Fallback: html("dots"), Load: after(100*ms, later)})},
		{"in a part", at(stream.Boundary{Fallback: html("<p>dots</p>"), Load: after(100*ms, later)})},
		{"in a part that is sent alone", at(stream.Boundary{Fallback: html("<p>dots</p>"), Load: after(100*ms, large, later)})},
	} {
		t.Run(c.name, func(t *testing.T) {
			stream.ForgetRoutes()
			rd := stream.Renderer{Timeout: 2 * time.Second, Logger: slog.New(slog.DiscardHandler)}
			synctest.Test(t, func(t *testing.T) {
				rec := httptest.NewRecorder()
				if err := rd.Render(rec, acceptsParts(httptest.NewRequest("GET", "/", nil)), templ.Join(notice, c.page)); err != nil {
					t.Errorf("Render() = %v", err)
				}
				body := strings.ReplaceAll(rec.Body.String(), "x", "")
				shown := regexp.MustCompile(`due: [0-9]+`).FindAllString(body, -1)
				if want := []string{"due: 1", "due: 59"}; !slices.Equal(shown, want) {
					t.Errorf("notices %q, want %q in\n%s", shown, want, body)
				}
			})
		})
	}
}
