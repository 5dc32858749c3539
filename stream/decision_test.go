package stream_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// critical is a critical boundary.
func critical(l load) templ.Component {
	return at(stream.Boundary{Critical: true, Fallback: html("dots"), Load: l})
}

// heedless is a load that ignores its context for d.
func heedless(d time.Duration) load {
	return func(context.Context) (templ.Component, error) {
		time.Sleep(d)
		return html("deaf"), nil
	}
}

var (
	errMissing = stream.NotFound(errBoom)
	errMoved   = stream.Redirect("/new?a=1&b='2'", http.StatusMovedPermanently)
)

func TestDecisions(t *testing.T) {
	long := slot(after(time.Hour, html("long")))
	var tests []pageTest
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		rd := stream.Renderer{Mode: always(mode)}
		for _, what := range []string{"404", "301"} {
			err := map[string]error{"404": errMissing, "301": errMoved}[what]
			add := func(name string, c templ.Component) {
				tests = append(tests, pageTest{name: fmt.Sprintf("%s of %s, %v", what, name, mode), rd: rd, page: c})
			}
			add("a component", page(html("a"), half("b", func() error { return err })))
			add("a component after a flush", page(html("a"), templ.Flush(), half("b", func() error { return err })))
			add("a critical load", page(html("a"), long, critical(failing(100*ms, err)), html("b")))
			add("a critical view", page(html("a"), long, critical(after(100*ms, half("c", func() error { return err }))), html("b")))
			add("a load in the view of a critical one", page(long, critical(after(100*ms, critical(failing(100*ms, err))))))
			add("a load in the children of a critical one", page(long, critical(stream.Prerender(critical(failing(100*ms, err))))))
			add("a critical sequence", page(long, at(stream.Boundary{Critical: true, Pieces: each(piece{100 * ms, nil, err})})))
			add("a critical load whose parent fails", page(critical(after(100*ms, templ.Join(critical(failing(0, err)), half("c", func() error { return errBoom }))))))
			add("a critical load before a flush", page(html("a"), critical(failing(100*ms, err)), templ.Flush(), html("b"), long))
			add("a critical load after a flush", page(html("a"), templ.Flush(), critical(failing(100*ms, err)), html("b")))
			add("a load in place", page(html("a"), slot(failing(0, err)), long))
			add("a load", page(html("a"), slot(failing(100*ms, err)), slot(after(300*ms, html("c"))), html("b")))
			add("a load in a view", page(html("a"), slot(after(100*ms, html("c"), slot(failing(100*ms, err)))), slot(after(300*ms, html("c"))), html("b")))
			add("a load with an error view", page(html("a"), at(stream.Boundary{Load: failing(100*ms, err), ErrorView: view("sorry")}), slot(after(300*ms))))
			add("a foreign writer", page(html("a"), upper(slot(failing(100*ms, err)))))
			add("a foreign writer in a load", page(html("a"), slot(after(300*ms)), slot(stream.Prerender(upper(slot(failing(100*ms, err)))))))
		}
		add := func(name string, c templ.Component) {
			tests = append(tests, pageTest{name: fmt.Sprintf("%s, %v", name, mode), rd: rd, page: c})
		}
		add("the first of two in the page", page(long, critical(failing(100*ms, errMoved)), critical(failing(100*ms, errMissing))))
		add("the first of two in time", page(long, critical(failing(200*ms, errMoved)), critical(failing(100*ms, errMissing))))
		add("one that is known within a view", page(critical(stream.Prerender(templ.Join(html("a"), critical(failing(0, errMissing))))), critical(failing(0, errMoved))))
		add("a critical load that fails otherwise", page(html("a"), critical(failing(100*ms, errBoom)), slot(after(300*ms, html("b")))))
		add("a critical load in time", page(html("a"), slot(after(200*ms, html("b"))), critical(after(100*ms, html("c"))), slot(after(50*ms, html("d")))))
		add("a critical load out of time", page(html("a"), at(stream.Boundary{Critical: true, Timeout: 100 * ms, Load: after(time.Hour)}), slot(after(200*ms, html("b")))))
	}
	run(t, tests)
}

// TestAnswerDoesNotWait answers while a load ignores the end of its context.
func TestAnswerDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answered time.Duration
		start := time.Now()
		rd := stream.Renderer{Trace: &stream.Trace{Status: func(_ context.Context, code int) {
			if code != 404 {
				t.Errorf("status = %d, want 404", code)
			}
			answered = time.Since(start)
		}}}
		w := newRecorder()
		rd.Handler(stream.Component(page(slot(heedless(time.Hour)), critical(failing(10*ms, errMissing))))).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if answered > 10*ms+ms {
			t.Errorf("answered after %v, want 10ms", answered)
		}
		if took := time.Since(start); took > 200*ms {
			t.Errorf("the handler took %v", took)
		}
		time.Sleep(2 * time.Hour)
	})
}

func TestRedirectTargets(t *testing.T) {
	for target, want := range map[string]string{
		"/a":                     "/a",
		"?a=1":                   "?a=1",
		"b/c#d":                  "b/c#d",
		"https://example.com/ä":  "https://example.com/%C3%A4",
		"//example.com/a":        "//example.com/a",
		`/\example.com`:          "/%5Cexample.com",
		"":                       "",
		"javascript:alert(1)":    "",
		" javascript:alert(1)":   "",
		"java\nscript:alert(1)":  "",
		"data:text/html,x":       "",
		"http:a":                 "",
		"https:///a":             "",
		"mailto:a@example.com":   "",
		"/a\r\nSet-Cookie: a=b":  "",
		"JAVASCRIPT:alert(1)//a": "",
	} {
		var e *stream.StatusError
		err := stream.Redirect(target, http.StatusSeeOther)
		if errors.As(err, &e); want == "" && e != nil || want != "" && (e == nil || e.Location != want) {
			t.Errorf("Redirect(%q) = %v, want a redirect to %q", target, err, want)
		}
	}
	for _, code := range []int{200, 300, 304, 305, 400} {
		if err := stream.Redirect("/", code); err == nil || errors.As(err, new(*stream.StatusError)) {
			t.Errorf("Redirect(%d) = %v, want an error that decides nothing", code, err)
		}
	}
	for _, code := range []int{0, 200, 303, 399, 600} {
		if err := stream.Status(code, nil); err == nil || errors.As(err, new(*stream.StatusError)) {
			t.Errorf("Status(%d) = %v, want an error that decides nothing", code, err)
		}
	}
}

// Under a Limit, critical boundaries load first, in the order of the page.
func TestCriticalLoadsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		noting := func(name string) load {
			return func(ctx context.Context) (templ.Component, error) {
				order = append(order, name)
				return after(10*ms, html(name))(ctx)
			}
		}
		rd := stream.Renderer{Limit: 1}
		c := page(slot(noting("a")), slot(noting("b")), critical(noting("c")), slot(noting("d")), critical(noting("e")), critical(noting("f")))
		if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), c); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(order, ""); got != "acefbd" {
			t.Errorf("loads = %s, want acefbd", got)
		}
	})
}

// On a page with a nonce, a script leads on before the page has loaded.
func TestLateRedirectHurries(t *testing.T) {
	rd := stream.Renderer{Script: stream.NoScript()}
	target := `/a?b="</script>'&c`
	c := page(slot(failing(100*ms, stream.Redirect(target, http.StatusSeeOther))))
	for name, tt := range map[string]struct {
		rd   stream.Renderer
		want string
	}{
		"a script":  {stream.Renderer{}, `<script nonce="n">location.replace("/a?b=\"\u003c/script\u003e'\u0026c")</script></body>`},
		"no script": {rd, `b=&#34;&lt;/script&gt;%27&amp;c'"></body>`},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			tt.rd.Handler(stream.Component(c)).ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), "n")))
			if got := w.Body.String(); !strings.HasSuffix(got, tt.want) {
				t.Errorf("%s: page = %s, want the end %s", name, got, tt.want)
			}
		})
	}
}
