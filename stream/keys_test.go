package stream_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// keyed is a boundary with a key.
func keyed(key string, l load) templ.Component {
	return at(stream.Boundary{Key: key, Name: key, Fallback: html("dots"), Load: l})
}

func TestKeysInPages(t *testing.T) {
	bare := stream.Renderer{LiveScript: stream.NoScript()}
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		rd := bare
		rd.Mode = always(mode)
		run(t, []pageTest{
			{name: "pending, " + mode.String(), rd: rd, page: page(keyed("a", after(100*ms, html("A"), keyed("b", after(100*ms, html("B"))))))},
			{name: "in place, " + mode.String(), rd: rd, page: page(keyed("a", after(0, html("A"), keyed("b", after(0, html("B"))))))},
			{name: "twice, " + mode.String(), rd: rd, page: page(keyed("a", after(100*ms, html("1"))), keyed("a", after(100*ms, html("2"))))},
			{name: "in one without, " + mode.String(), rd: rd, page: page(slot(after(100*ms, keyed("a", after(100*ms, html("1"))))))},
			{name: "a sequence, " + mode.String(), rd: rd, page: page(at(stream.Boundary{Key: "a", Pieces: each(piece{100 * ms, html("1"), nil}, piece{100 * ms, html("2"), nil})}))},
			{name: "prerendered, " + mode.String(), rd: rd, page: page(keyed("a", stream.Prerender(templ.Join(html("1"), keyed("b", after(100*ms, html("2")))))))},
			{name: "in a fallback, " + mode.String(), rd: rd, page: page(at(stream.Boundary{Fallback: keyed("a", after(0)), Load: after(100*ms, html("1"))}))},
			{name: "elsewhere, " + mode.String(), rd: rd, page: page(upper(keyed("a", after(100*ms, html("x")))))},
			{name: "invalid, " + mode.String(), rd: rd, page: page(keyed("1", after(0)))},
		})
	}
}

func TestKeysAreRequested(t *testing.T) {
	var ran atomic.Int64
	counted := func(l load) load {
		return func(ctx context.Context) (templ.Component, error) {
			ran.Add(1)
			return l(ctx)
		}
	}
	var others []templ.Component
	for i := range 20 {
		others = append(others, keyed(fmt.Sprintf("k%d", i), counted(after(time.Hour, html("other")))))
	}
	oops := func(*stream.BoundaryError) templ.Component { return html("oops") }
	c := page(templ.Join(others...), slot(counted(after(time.Hour))), upper(slot(counted(after(time.Hour)))),
		keyed("a", counted(after(100*ms, html("A"), slot(counted(after(50*ms, html("nested")))), keyed("b", counted(after(100*ms, html("B"), slot(counted(after(50*ms, html("C")))), keyed("c", counted(after(0, html("D")))))))))),
		keyed("p", counted(stream.Prerender(templ.Join(html("P"), keyed("q", counted(after(10*ms, html("Q")))))))),
		keyed("fails", counted(failing(10*ms, errBoom))),
		at(stream.Boundary{Key: "excused", ErrorView: oops, Load: counted(failing(10*ms, errBoom))}),
		keyed("half", counted(after(0, html("ok"), at(stream.Boundary{Load: failing(0, errBoom), ErrorView: oops})))),
		keyed("missing", counted(failing(10*ms, errMissing))),
		keyed("moved", counted(failing(10*ms, errMoved))),
		keyed("way", counted(after(0, keyed("in", counted(failing(0, errBoom)))))),
		at(stream.Boundary{Key: "words", Pieces: each(piece{100 * ms, html("1"), nil}, piece{100 * ms, html("2"), nil})}),
		keyed("k1", after(0, html("the second"))),
		slot(after(0, keyed("hidden", after(0, html("hidden"))))),
	)
	for _, tt := range []struct {
		key   string
		code  int
		body  string
		loads int64
		took  time.Duration
	}{
		{"a", 200, `<?start name="a">Anested<?start name="b">BC<?start name="c">D<?end name="c"><?end name="b"><?end name="a">`, 5, 250 * ms},
		{"a/b", 200, `<?start name="b">BC<?start name="c">D<?end name="c"><?end name="b">`, 4, 250 * ms},
		{"a/b/c", 200, `<?start name="c">D<?end name="c">`, 3, 200 * ms},
		{"p", 200, `<?start name="p">P<?start name="q">Q<?end name="q"><?end name="p">`, 2, 10 * ms},
		{"p/q", 200, `<?start name="q">Q<?end name="q">`, 2, 10 * ms},
		{"words", 200, "", 0, 0},
		{"fails", 500, `<?start name="fails"><span role="alert">This part could not be loaded (DIGEST).</span><?end name="fails">`, 1, 10 * ms},
		{"excused", 500, `<?start name="excused">oops<?end name="excused">`, 1, 10 * ms},
		{"half", 200, `<?start name="half">okoops<?end name="half">`, 1, 0},
		{"missing", 404, "Not Found\\n", 1, 10 * ms},
		{"moved", 301, "Moved Permanently\\n", 1, 10 * ms},
		{"way/in", 500, `<?start name="in"><span role="alert">This part could not be loaded (DIGEST).</span><?end name="in">`, 2, 0},
		{"fails/in", 500, "", 1, 10 * ms},
		{"b", 404, "", 0, 0},
		{"a/c", 404, "", 1, 100 * ms},
		{"none", 404, "", 0, 0},
		{"hidden", 404, "", 0, 0},
		{"k3/none", 404, "", 1, time.Hour},
	} {
		t.Run(tt.key, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ran.Store(0)
				rd := stream.Renderer{Mode: always(stream.OutOfOrder), Trace: &quiet, Timeout: -1}
				w := httptest.NewRecorder()
				r := httptest.NewRequest("GET", "/", nil)
				r.Header.Set("Rivulet", tt.key)
				start := time.Now()
				rd.Handler(stream.Component(c)).ServeHTTP(w, r)
				if w.Code != tt.code || tt.body != "" && mask(w.Body.String()) != tt.body || tt.code == 404 && tt.body == "" && w.Body.Len() > 0 {
					t.Errorf("answer = %d %s, want %d %s", w.Code, mask(w.Body.String()), tt.code, tt.body)
				}
				if took := time.Since(start).Round(ms); ran.Load() != tt.loads || took != tt.took && tt.key != "words" {
					t.Errorf("%d loads in %v, want %d in %v", ran.Load(), took, tt.loads, tt.took)
				}
				if h := w.Result().Header; h.Get("Cache-Control") != "no-store" && tt.code < 300 || h.Get("Vary") != "Rivulet" && tt.code != 301 && tt.key != "missing" {
					t.Errorf("header = %v", h)
				}
				if got := w.Body.String(); strings.Contains(got, "<script") || strings.Contains(got, "<body") {
					t.Errorf("answer = %s, want no page", got)
				}
			})
		})
	}
}

// Other values of the header ask for a whole page.
func TestOtherHeadersAskForPages(t *testing.T) {
	rd := stream.Renderer{LiveScript: stream.NoScript()}
	h := rd.Handler(stream.Component(page(keyed("a", after(0, html("A"))))))
	for _, value := range []string{"1", "a/", "/a", "a b", strings.Repeat("a", 49), strings.Repeat("a/", 16) + "a", "a/1"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Rivulet", value)
		h.ServeHTTP(w, r)
		if want := `<body><?start name="a">A<?end name="a"></body>`; w.Body.String() != want {
			t.Errorf("Rivulet: %s: %s, want %s", value, w.Body, want)
		}
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Rivulet", "a")
	if h.ServeHTTP(w, r); !strings.Contains(w.Body.String(), "<body>") {
		t.Errorf("POST: %s, want a page", w.Body)
	}
}

// What a Page refuses cannot be requested by its key.
func TestPagesGuardTheirKeys(t *testing.T) {
	h := stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		if r.Header.Get("Cookie") == "" {
			return nil, stream.Redirect("/login", http.StatusSeeOther)
		}
		return page(keyed("a", after(0, html("secret")))), nil
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Rivulet", "a")
	h.ServeHTTP(w, r)
	if w.Code != 303 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("answer = %d %s, want a redirect", w.Code, w.Body)
	}
}

// What a critical boundary refuses to a page cannot be requested by a key either.
func TestCriticalBoundariesGuardKeys(t *testing.T) {
	var loads atomic.Int64
	session := func(ctx context.Context) (templ.Component, error) {
		if ctx.Value(http.LocalAddrContextKey) == nil {
			return nil, errMoved
		}
		return html("hello"), nil
	}
	other := func(context.Context) (templ.Component, error) {
		loads.Add(1)
		return html("other"), nil
	}
	secret := keyed("a", after(0, html("secret")))
	for name, c := range map[string]templ.Component{
		"before it":                 page(critical(session), secret, slot(other)),
		"behind it":                 page(secret, slot(other), critical(session)),
		"with a key":                page(at(stream.Boundary{Key: "s", Critical: true, Load: session}), secret),
		"with the same key":         page(secret, at(stream.Boundary{Key: "a", Critical: true, Load: session})),
		"within a critical one":     page(critical(after(0, slot(other), critical(session))), secret),
		"in the children of one":    page(critical(stream.Prerender(templ.Join(slot(other), critical(session)))), secret),
		"in another writer":         page(upper(critical(session)), upper(slot(other)), secret),
		"around it, as the Page is": page(keyed("x", other), critical(session), secret),
	} {
		for _, who := range []string{"nobody", "somebody"} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Rivulet", "a")
			want := "301 Moved Permanently\n"
			if who == "somebody" {
				r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, 1))
				want = `200 <?start name="a">secret<?end name="a">`
			}
			stream.Handler(stream.Component(c)).ServeHTTP(w, r)
			if got := fmt.Sprint(w.Code, " ", w.Body); got != want || loads.Load() > 0 {
				t.Errorf("%s, %s: answer = %s, want %s; %d other loads", name, who, got, want, loads.Load())
			}
		}
	}
	// One that fails by itself refuses nothing.
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Rivulet", "a")
	rd := stream.Renderer{Trace: &quiet}
	rd.Handler(stream.Component(page(critical(failing(0, errBoom)), secret))).ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("status = %d, want 200", w.Code)
	}
}

// TestKeysTellCaches has a Mode that looks at nothing, and one that looks at a cookie.
func TestKeysTellCaches(t *testing.T) {
	a := keyed("a", after(0))
	moved := slot(func(context.Context) (templ.Component, error) { return nil, stream.Redirect("/", 301) })
	scriptless := func(r *http.Request) stream.Mode {
		stream.Scriptless{Next: always(stream.OutOfOrder)}.Mode(r)
		return stream.Complete
	}
	for _, tt := range []struct {
		name string
		mode func(*http.Request) stream.Mode
		c    templ.Component
		want string
	}{
		{"a key", always(stream.Complete), page(a), "Rivulet"},
		{"no key", always(stream.Complete), page(slot(after(0))), ""},
		{"a key, and a flush before it", always(stream.OutOfOrder), page(templ.Flush(), a), "Rivulet"},
		{"a key, and a flush before it, in order", always(stream.InOrder), page(templ.Flush(), a), "Rivulet"},
		{"no key, and a flush at the end", always(stream.InOrder), templ.Join(page(slot(after(0))), templ.Flush()), "Rivulet"},
		{"a key in the page that is decided", always(stream.Complete), page(a, moved), "Rivulet"},
		{"a key, and a cookie that was looked at", scriptless, page(a), "Cookie, Rivulet"},
	} {
		rd := stream.Renderer{Mode: tt.mode}
		w := httptest.NewRecorder()
		rd.Handler(stream.Component(tt.c)).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if got := strings.Join(w.Header().Values("Vary"), ", "); strings.TrimSuffix(got, ", Sec-Fetch-Dest, Sec-Fetch-Mode, Upgrade-Insecure-Requests, Accept") != tt.want {
			t.Errorf("%s: Vary = %q, want %q", tt.name, got, tt.want)
		}
	}
}
