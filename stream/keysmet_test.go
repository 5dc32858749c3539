package stream_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// keysMet is a page with keys wherever a component can stand.
func keysMet(kept load) templ.Component {
	one := func(key string) templ.Component { return keyed(key, after(10*ms, html(strings.ToUpper(key)))) }
	return page(
		at(stream.Boundary{Key: "loaded", Load: stream.Prerender(templ.Join(one("l1"), one("l2"), slot(after(10*ms, html("!")))))}),
		at(stream.Boundary{Key: "seq", Pieces: func(context.Context) iter.Seq2[templ.Component, error] {
			return func(yield func(templ.Component, error) bool) {
				for i := range 3 {
					if !yield(one(fmt.Sprint("s", i)), nil) {
						return
					}
				}
			}
		}}),
		at(stream.Boundary{Key: "failed", Load: failing(10*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return one("again") }}),
		at(stream.Boundary{Key: "timed", Timeout: 20 * ms, Load: stubborn(40*ms, html("late"))}),
		at(stream.Boundary{Key: "critical", Critical: true, Load: after(10*ms, one("c1"))}),
		at(stream.Boundary{Key: "optional", Optional: true, Load: failing(10*ms, errBoom)}),
		at(stream.Boundary{Key: "kept", Load: kept}),
		upper(one("foreign")),
		stream.WhilePending(html("wait")),
		templ.Flush(),
		stream.Head("title", html("title")), stream.SetHead("title", html("other")),
	)
}

func TestKeysMetAnywhere(t *testing.T) {
	for _, limit := range []int{0, 1, 2} {
		synctest.Test(t, func(t *testing.T) {
			// The view is kept, and shown in all responses at the same time.
			view, err := stream.Prerender(templ.Join(html("K"), keyed("k1", after(10*ms, html("K1")))))(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			rd := stream.Renderer{Limit: limit, Trace: &quiet, LiveScript: stream.NoScript()}
			c := keysMet(after(0, view))
			ask(rd, "", c) // takes what was rendered outside a response, where keys have no effect
			var wg sync.WaitGroup
			for path, want := range map[string]string{
				"loaded":       `200 <?start name="loaded"><?start name="l1">L1<?end name="l1"><?start name="l2">L2<?end name="l2">!<?end name="loaded">`,
				"loaded/l2":    `200 <?start name="l2">L2<?end name="l2">`,
				"seq":          `200 <?start name="seq"><?start name="s0">S0<?end name="s0"><?start name="s1">S1<?end name="s1"><?start name="s2">S2<?end name="s2"><?end name="seq">`,
				"seq/s1":       `200 <?start name="s1">S1<?end name="s1">`,
				"failed":       `500 <?start name="failed"><?start name="again">AGAIN<?end name="again"><?end name="failed">`,
				"failed/again": `200 <?start name="again">AGAIN<?end name="again">`,
				"timed":        `500 <?start name="timed"><span role="alert">This part could not be loaded (DIGEST).</span><?end name="timed">`,
				"critical/c1":  `200 <?start name="c1">C1<?end name="c1">`,
				"optional":     `200 <?start name="optional"><?end name="optional">`,
				"kept/k1":      `200 <?start name="k1">K1<?end name="k1">`,
				"foreign":      `404 `,
				"critical/no":  `404 `,
			} {
				wg.Go(func() {
					if w := ask(rd, path, c); fmt.Sprint(w.Code, " ", mask(w.Body.String())) != want {
						t.Errorf("%s, limit %d: answer = %d %s, want %s", path, limit, w.Code, mask(w.Body.String()), want)
					}
				})
			}
			for range 3 {
				wg.Go(func() {
					if w := ask(rd, "", c); strings.Count(w.Body.String(), `<?start name="s2">`) != 1 || strings.Count(w.Body.String(), `<?start name="k1">`) != 1 {
						t.Errorf("page = %s", w.Body)
					}
				})
			}
			wg.Wait()
			time.Sleep(time.Second) // for loads that were abandoned
		})
	}
}

// A client that leaves ends the load, and a middleware may compress the answer.
func TestClientsLeaveWhileAKeyIsRequested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := false
		c := page(keyed("a", func(ctx context.Context) (templ.Component, error) {
			<-ctx.Done()
			ended = true
			return nil, ctx.Err()
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 100*ms)
		defer cancel()
		ctx, leave := context.WithCancel(ctx)
		time.AfterFunc(50*ms, leave)
		r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
		r.Header.Set("Rivulet", "a")
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if v := recover(); v != http.ErrAbortHandler {
					t.Errorf("panic %v, want http.ErrAbortHandler", v)
				}
			}()
			rd := stream.Renderer{Trace: &quiet}
			rd.Handler(stream.Component(c)).ServeHTTP(w, r)
		}()
		if !ended || w.Body.Len() > 0 {
			t.Errorf("the load has ended: %v; answer = %s, want none", ended, w.Body)
		}
	})
}

// Render answers a request for a key, too. HEAD does not.
func TestKeysWithoutAHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for method, want := range map[string]string{"GET": `<?start name="a">A<?end name="a">`, "HEAD": ""} {
			r := httptest.NewRequest(method, "/", nil)
			r.Header.Set("Rivulet", "a")
			w := httptest.NewRecorder()
			if err := stream.Render(w, r, page(keyed("a", after(10*ms, html("A"))))); err != nil {
				t.Errorf("Render() = %v", err)
			}
			if w.Code != 200 || w.Body.String() != want {
				t.Errorf("%s: %d %s, want %s", method, w.Code, w.Body, want)
			}
		}
	})
}

// What a boundary holds is limited, and is not sent in part.
func TestLargeKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rd := stream.Renderer{MaxBuffer: 1 << 16, Trace: &quiet}
		c := page(keyed("a", after(10*ms, html(strings.Repeat("a", 1<<17)))), keyed("b", after(0, html("B"))))
		if w := ask(rd, "a", c); w.Code != 500 || w.Body.Len() > 1000 {
			t.Errorf("answer = %d, %d bytes, want an error", w.Code, w.Body.Len())
		}
		if w := ask(rd, "b", c); w.Code != 200 {
			t.Errorf("answer = %d, want 200", w.Code)
		}
	})
}
