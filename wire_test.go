package rivulet_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// TestTheWireIsAsDocumented sends the pages of docs/how-it-works.md, whose blocks
// have what goes over the wire: each write with its time.
func TestTheWireIsAsDocumented(t *testing.T) {
	doc, err := os.ReadFile("docs/how-it-works.md")
	if err != nil {
		t.Fatal(err)
	}
	raw := func(s string) templ.Component { return templ.Raw(s) }
	after := func(d time.Duration, s string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) {
			time.Sleep(d)
			return s, nil
		}
	}
	body := func(parts ...templ.Component) templ.Component {
		return templ.Join(raw("<body>"), templ.Join(parts...), raw("</body>"))
	}
	region := live.Region{Name: "list", URL: "/events", Position: func(context.Context) (string, error) { return "k3f9-12", nil }}
	for _, page := range []struct {
		name   string
		page   templ.Component
		header string // of the request, besides those of a navigation
	}{
		{"two boundaries", body(
			raw("<p>"), suspense.Await(raw("…"), after(2*time.Second, "<b>Ada</b>"), raw), raw("</p><p>"),
			suspense.Await(raw("…"), after(time.Second, "<b>Bob</b>"), raw), raw("</p>"),
		), ""},
		{"a boundary within another", body(suspense.Await(raw("…"), after(time.Second, ""), func(string) templ.Component {
			return templ.Join(raw("<h2>Ada</h2>"), suspense.Await(raw("…"), after(time.Second, "<i>12</i>"), raw))
		})), ""},
		{"pieces", body(suspense.Text(raw("…"), func(context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				for _, word := range []string{"once ", "upon ", "a time"} {
					time.Sleep(time.Second)
					if !yield(word, nil) {
						return
					}
				}
			}
		})), ""},
		{"a head", templ.Join(
			raw("<head>"), stream.Head("title", raw("<title>Shop</title>")), raw("</head>"),
			body(suspense.Await(raw("…"), after(time.Second, ""), func(string) templ.Component {
				return templ.Join(stream.SetHead("title", raw("<title>Lamp</title>")), raw("<h1>Lamp</h1>"))
			})),
		), ""},
		{"a late redirect", body(suspense.Await(raw("…"), func(context.Context) (string, error) {
			time.Sleep(time.Second)
			return "", stream.Redirect("/login", http.StatusSeeOther)
		}, raw)), ""},
		{"a late 404", body(suspense.Await(raw("…"), func(context.Context) (string, error) {
			time.Sleep(time.Second)
			return "", stream.NotFound(nil)
		}, raw, suspense.ErrorView(func(*stream.BoundaryError) templ.Component { return raw("gone") }))), ""},
		{"a key", body(suspense.Await(raw("…"), after(time.Second, "3"), raw, suspense.Key("stock"))), ""},
		{"a request for a key", body(suspense.Await(raw("…"), after(time.Second, "3"), raw, suspense.Key("stock"))), "Rivulet: stock"},
		{"a region", body(raw("<ul>"), live.Await(region, raw("<li>…</li>"), after(time.Second, "<li>Ada</li>"), func(s string) templ.Component {
			return region.Item("1", raw(s))
		}), raw("</ul>")), ""},
		{"a fetch", body(raw("<p>"), suspense.Await(raw("…"), after(time.Second, "<b>Ada</b>"), raw), raw("</p>")), "Sec-Fetch-Dest: empty"},
	} {
		t.Run(page.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := transcript(page.page, page.header)
				if !strings.Contains(string(doc), "```text\n"+got+"```\n") {
					t.Errorf("docs/how-it-works.md does not have\n%s", got)
				}
			})
		})
	}
	for name, c := range map[string]templ.Component{
		"append": region.Append("2", raw("<li>Bob</li>")), "replace": region.Replace("2", raw("<li>Bo</li>")),
		"remove": region.Remove("2"), "replace all": region.ReplaceAll(region.Item("1", raw("<li>Ada</li>"))),
		"before": region.Before("3", "2", raw("<li>Cy</li>")), "after": region.After("3", "2", raw("<li>Cy</li>")),
		"move": region.Move("3", "1"), "refresh": region.Refresh("stock"),
	} {
		var b strings.Builder
		if err := c.Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(doc), "\n"+b.String()+"\n") {
			t.Errorf("docs/how-it-works.md does not have the event %s:\n%s", name, b.String())
		}
	}
}

var scripts = regexp.MustCompile(`(?s)<script>.*?</script>`)

// transcript returns what is sent for a request: each write with its time.
func transcript(page templ.Component, header string) string {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Sec-Fetch-Dest", "document")
	if name, value, ok := strings.Cut(header, ": "); ok {
		r.Header.Set(name, value)
	}
	w := &timed{ResponseRecorder: httptest.NewRecorder(), start: time.Now()}
	if err := stream.Render(w, r, page); err != nil && !errors.Is(err, http.ErrAbortHandler) {
		return err.Error()
	}
	w.Flush()
	return w.text.String()
}

// A timed recorder notes what each flush has sent.
type timed struct {
	*httptest.ResponseRecorder
	start time.Time
	sent  int
	text  strings.Builder
}

func (w *timed) Flush() {
	if part := w.Body.String()[w.sent:]; part != "" {
		w.sent = w.Body.Len()
		fmt.Fprintf(&w.text, "%-4v%s\n", time.Since(w.start).Round(time.Millisecond), scripts.ReplaceAllString(part, "<script>…</script>"))
	}
}
