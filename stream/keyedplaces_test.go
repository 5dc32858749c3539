package stream_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// routes counts the requests of ask. A warning comes once for each.
var routes atomic.Int64

// ask returns the answer of c to a request for the keys in path, or to one for the
// page if path is empty.
func ask(rd stream.Renderer, path string, c templ.Component) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Pattern = fmt.Sprint(routes.Add(1))
	if path != "" {
		r.Header.Set("Rivulet", path)
	}
	rd.Handler(stream.Component(c)).ServeHTTP(w, r)
	return w
}

// Where a marker would be text, a key would show it, and so would the script.
func TestKeysWhereNoMarkerWorks(t *testing.T) {
	for _, tag := range []string{"title", "textarea", "TITLE", "style", "xmp", "iframe", "noscript", "svg", "math", "template"} {
		t.Run(tag, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := new(strings.Builder)
				rd := stream.Renderer{Mode: always(stream.OutOfOrder), Logger: slog.New(slog.NewTextHandler(log, nil))}
				c := page(html("<"+tag+` lang="en">News: `), keyed("a", after(0, html("A"))), html(" and "), keyed("b", after(0, html("B"))), html("</"+tag+">"),
					keyed("c", after(0, html("C"))))
				got := ask(rd, "", c).Body.String()
				before, _, _ := strings.Cut(got, `<script`)
				if want := "<body><" + tag + ` lang="en">News: A and B</` + tag + `><?start name="c">C<?end name="c">`; before != want {
					t.Errorf("page = %s, want %s", before, want)
				}
				if n := strings.Count(log.String(), "stream: a boundary with a key stands where no marker works, so it cannot be requested"); n != 2 {
					t.Errorf("%d warnings in %s, want 2", n, log)
				}
				if w := ask(rd, "a", c); w.Code != 404 {
					t.Errorf("answer = %d %s, want 404", w.Code, w.Body)
				}
			})
		})
	}
}

// What is nested in an answer may be new to the page: a boundary that had failed had
// nothing in it. The page has the script already.
func TestAnswersBringTheTimersOfNestedBoundaries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nested := at(stream.Boundary{Key: "b", Every: time.Minute, Load: after(0, html("B"), stream.LiveScript(stream.Script{}))})
		w := ask(stream.Renderer{}, "a", page(at(stream.Boundary{Key: "a", Every: time.Minute, Load: after(0, nested)})))
		want := `<?start name="a"><?start name="b">B<?end name="b"><?every a/b 60000><template data-r></template><?end name="a">`
		if got := w.Body.String(); got != want {
			t.Errorf("answer = %s, want %s", got, want)
		}
	})
}

// A view may write what a load has rendered to a writer of its own.
func TestKeysInWritersOfAView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		through := func(c templ.Component) templ.Component {
			return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				return c.Render(ctx, struct{ io.Writer }{w})
			})
		}
		c := page(at(stream.Boundary{Key: "a", Load: func(ctx context.Context) (templ.Component, error) {
			made, err := stream.Prerender(templ.Join(html("A"), keyed("b", after(100*ms, html("B")))))(ctx)
			return through(made), err
		}}))
		rd := stream.Renderer{Mode: always(stream.OutOfOrder), LiveScript: stream.NoScript()}
		if got, want := ask(rd, "", c).Body.String(), `<?start name="b">B<?end name="b">`; !strings.Contains(got, want) {
			t.Fatalf("page = %s, want %s in it", got, want)
		}
		if w := ask(rd, "a/b", c); w.Code != 200 || w.Body.String() != `<?start name="b">B<?end name="b">` {
			t.Errorf("answer = %d %s, want B", w.Code, w.Body)
		}
	})
}

// A goroutine that outlives its component may find its buffer in another response.
func TestKeysOfALateGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var late context.Context
		ask(stream.Renderer{}, "", templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
			late = ctx
			return nil
		}))
		rd := stream.Renderer{LiveScript: stream.NoScript()}
		w := ask(rd, "", templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if err := keyed("a", after(0, html("of another page"))).Render(late, w); err == nil {
				t.Error("Render() = nil, want an error")
			}
			return keyed("a", after(0, html("A"))).Render(ctx, w)
		}))
		if got, want := w.Body.String(), `<?start name="a">A<?end name="a">`; got != want {
			t.Errorf("page = %s, want %s", got, want)
		}
	})
}
