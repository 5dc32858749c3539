package layout_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
)

func TestTheNavigationMarksThePage(t *testing.T) {
	for _, row := range []struct{ path, want string }{
		{"/", `<a href="/" aria-current="page">Start</a>`},
		{"/dashboard", `<a href="/dashboard" aria-current="page">Dashboard</a>`},
		{"/search/htmx", `<a href="/search" aria-current="true">Search</a>`},
		{"/searching", ""},
		{"/elsewhere", ""},
	} {
		t.Run(row.path, func(t *testing.T) {
			html := render(t, layout.Nav(row.path))
			if got := strings.Count(html, "aria-current"); got != strings.Count(row.want, "aria-current") {
				t.Errorf("%d entries are current, want that of %q only", got, row.want)
			}
			if !strings.Contains(html, row.want) {
				t.Errorf("Nav(%q) = %s, want it to hold %s", row.path, html, row.want)
			}
		})
	}
}

func TestAPageLinksToItsSource(t *testing.T) {
	if html := render(t, layout.Layout("Chat", "/chat")); !strings.Contains(html, `href="/source/chat"`) {
		t.Errorf("Layout() = %s, want a link to /source/chat", html)
	}
}

func TestAPageHasItsOwnSheets(t *testing.T) {
	html := render(t, layout.Layout("Chat", "/chat", "/chat.css"))
	own, other := strings.Index(html, `href="/chat.css"`), strings.Index(html, `href="/style.css"`)
	if other < 0 || own < other {
		t.Errorf("Layout() = %s, want /chat.css after /style.css", html)
	}
}

func TestStyle(t *testing.T) {
	w := httptest.NewRecorder()
	layout.Style().ServeHTTP(w, httptest.NewRequest("GET", "/style.css", nil))
	if got := w.Header().Get("Content-Type"); got != "text/css; charset=utf-8" || !strings.Contains(w.Body.String(), ":root") {
		t.Errorf("Style() answers with %s: %.40q, want the style sheet", got, w.Body)
	}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
