package stream_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// styled needs a class, whose style templ emits unless it is claimed.
func styled(id string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := templ.RenderCSSItems(ctx, w, templ.ComponentCSSClass{ID: id, Class: templ.SafeCSS("." + id + "{}")}); err != nil {
			return err
		}
		_, err := io.WriteString(w, "<i class="+id+">")
		return err
	})
}

const redStyle = `<style type="text/css">.red{}</style>`

// sentWith sends c, behind a middleware that serves the classes served.
func sentWith(t *testing.T, rd stream.Renderer, c templ.Component, served ...string) (body string) {
	t.Helper()
	var classes []templ.CSSClass
	for _, id := range served {
		classes = append(classes, templ.ComponentCSSClass{ID: id, Class: templ.SafeCSS("." + id + "{}")})
	}
	rd.Trace, rd.Script = &quiet, stream.NoScript()
	synctest.Test(t, func(t *testing.T) {
		rec := httptest.NewRecorder()
		var h http.Handler = rd.Handler(pageOf(c))
		if len(classes) > 0 {
			h = templ.NewCSSMiddleware(h, classes...)
		}
		h.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		body = rec.Body.String()
	})
	return body
}

// TestServedClasses has a middleware that serves a class as a file, so that no
// part of the page may emit it inline: style-src 'self' forbids that.
func TestServedClasses(t *testing.T) {
	red := styled("red")
	fails := slot(after(50*ms, half("", func() error { return errBoom })))
	failsAfterBlue := slot(after(50*ms, styled("blue"), half("", func() error { return errBoom })))
	for _, tt := range []struct {
		name string
		page templ.Component
	}{
		{"in the page", red},
		{"in a view", slot(after(100*ms, red))},
		{"in a fallback", at(stream.Boundary{Fallback: red, Load: after(100 * ms)})},
		{"in a fallback within a fallback", at(stream.Boundary{Fallback: at(stream.Boundary{Fallback: red, Load: after(0)}), Load: after(100 * ms)})},
		{"in a Suspense", with(suspense.Suspense(nil), red)},
		{"in a Suspense that takes time", with(suspense.Suspense(nil), templ.Join(waiting(100*ms, ""), red))},
		{"in an error view", at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return red }})},
		{"in a view after one has failed", templ.Join(fails, slot(after(100*ms, red)))},
		{"in a view after one has failed that had claimed something", templ.Join(failsAfterBlue, slot(after(100*ms, red)))},
		{"in a fallback after one has failed", templ.Join(slot(after(0, half("", func() error { return errBoom }))), at(stream.Boundary{Fallback: red, Load: after(100 * ms)}))},
		{"in a piece", row(each(piece{50 * ms, html("1"), nil}, piece{50 * ms, red, nil}))},
		{"in another writer", lower(slot(after(100*ms, red)))},
		{"in a Suspense in another writer", lower(with(suspense.Suspense(nil), red))},
		{"in another writer after a failure", lower(templ.Join(failsAfterBlue, slot(after(100*ms, red))))},
		{"in what a load renders", slot(func(ctx context.Context) (templ.Component, error) {
			var b strings.Builder
			err := red.Render(ctx, &b)
			return html(b.String()), err
		})},
		{"in what a Start renders", templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			wait := suspense.Start(ctx, func(ctx context.Context) (templ.Component, error) {
				var b strings.Builder
				err := red.Render(ctx, &b)
				return html(b.String()), err
			})
			return slot(wait).Render(ctx, w)
		})},
	} {
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
			t.Run(tt.name+", "+mode.String(), func(t *testing.T) {
				got := sentWith(t, stream.Renderer{Mode: always(mode)}, page(tt.page), "red", "green")
				inFallback := strings.HasPrefix(tt.name, "in a fallback") && mode != stream.OutOfOrder
				if strings.Contains(got, ".red{}") || !inFallback && !strings.Contains(got, "<i class=red>") {
					t.Errorf("page = %q, want the class without its style", got)
				}
				if got := sentWith(t, stream.Renderer{Mode: always(mode)}, page(tt.page)); !inFallback && !strings.Contains(got, redStyle) {
					t.Errorf("without a middleware the page is %q, want the style", got)
				}
			})
		}
	}
	t.Run("outside a response", func(t *testing.T) {
		c := templ.Join(with(suspense.Suspense(nil), red), slot(after(0, red)))
		rec := httptest.NewRecorder()
		templ.NewCSSMiddleware(templ.Handler(c), templ.ComponentCSSClass{ID: "red", Class: ".red{}"}).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		if got, want := rec.Body.String(), "<i class=red><i class=red>"; got != want {
			t.Errorf("page = %q, want %q", got, want)
		}
	})
}

// lower is upper for content that is in lower case already.
func lower(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b strings.Builder
		if err := c.Render(ctx, &b); err != nil {
			return err
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// TestGivenBack has parts that need a style and are thrown away: what needs it
// next emits it, and what was claimed before is not emitted again.
func TestGivenBack(t *testing.T) {
	red, blue := styled("red"), styled("blue")
	boom := half("", func() error { return errBoom })
	lost := templ.Join(red, boom)
	later := slot(after(100*ms, red, blue))
	sorry := func(c templ.Component) func(*stream.BoundaryError) templ.Component {
		return func(*stream.BoundaryError) templ.Component { return c }
	}
	for _, tt := range []struct {
		name string
		lost templ.Component
	}{
		{"a view", slot(after(0, lost))},
		{"a view that panics", slot(after(0, red, half("", func() error { panic(errBoom) })))},
		{"a view in another writer", lower(slot(after(0, lost)))},
		{"a view in another writer in a view", slot(after(0, lower(slot(after(0, lost)))))},
		{"a view around another writer", slot(after(0, lower(slot(after(0, red))), boom))},
		{"a view around a Suspense in another writer", slot(after(0, lower(slot(stream.Prerender(slot(after(0, red))))), boom))},
		{"a piece", row(each(piece{0, html("1"), nil}, piece{0, lost, nil}))},
		{"a piece in another writer", lower(row(each(piece{0, html("1"), nil}, piece{0, lost, nil})))},
		{"an error view", at(stream.Boundary{Load: failing(0, errBoom), ErrorView: sorry(lost)})},
		{"an error view in another writer", lower(at(stream.Boundary{Load: failing(0, errBoom), ErrorView: sorry(lost)}))},
		{"a fallback", at(stream.Boundary{Fallback: lost, Load: after(50 * ms)})},
		{"a fallback that is shown", at(stream.Boundary{Fallback: red, Load: after(50 * ms)})},
		{"a Suspense", with(suspense.Suspense(nil), lost)},
		{"a Suspense in another writer", lower(with(suspense.Suspense(nil), lost))},
		{"a view in another writer in a Suspense", with(suspense.Suspense(nil), lower(slot(after(0, lost))))},
	} {
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
			t.Run(tt.name+", "+mode.String(), func(t *testing.T) {
				got := sentWith(t, stream.Renderer{Mode: always(mode)}, page(blue, tt.lost, later))
				if i := strings.LastIndex(got, "<i class=red>"); !strings.HasSuffix(got[:i], redStyle) {
					t.Errorf("page = %q, want the style before the last", got)
				}
				if n := strings.Count(got, ".blue{}"); n != 1 {
					t.Errorf("page = %q, with what was claimed before %d times", got, n)
				}
			})
		}
	}
	t.Run("outside a response", func(t *testing.T) {
		var b strings.Builder
		c := templ.Join(blue, slot(after(0, lost)), red, blue)
		if err := c.Render(templ.InitializeContext(t.Context()), &b); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		if got := b.String(); strings.Count(got, redStyle) != 1 || strings.Count(got, ".blue{}") != 1 {
			t.Errorf("page = %q, want each style once", got)
		}
	})
	t.Run("a page that fails, for the answer", func(t *testing.T) {
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.Complete} {
			rd := stream.Renderer{Mode: always(mode), ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
				_ = templ.Join(red, blue).Render(r.Context(), w)
			}}
			got := sentWith(t, rd, page(red, slot(after(0, red)), lost), "blue")
			if !strings.HasPrefix(got, redStyle) || strings.Contains(got, ".blue{}") {
				t.Errorf("answer = %q, want the style that the page has not sent, and not the one that is served", got)
			}
		}
	})
}

// A library must stand before what uses it.
var library = templ.NewOnceHandle(templ.WithComponent(html("<library>")))

func using(s string) templ.Component { return templ.Join(library.Once(), html("<use "+s+">")) }

// TestAssetsAhead has content that becomes ready before its turn. What needs an
// asset first emits it, wherever it was rendered first.
func TestAssetsAhead(t *testing.T) {
	long := slot(after(500*ms, html("long")))
	for _, tt := range []struct {
		name string
		c    templ.Component
	}{
		{"of two boundaries the later comes first", templ.Join(slot(after(100*ms, using("1"))), slot(after(50*ms, using("2"))))},
		{"within another one the later comes first", slot(after(0, slot(after(100*ms, using("1"))), slot(after(50*ms, using("2")))))},
		{"within another one the later comes with it", slot(after(0, slot(after(100*ms, using("1"))), slot(after(0, using("2")))))},
		{"within another one only the later comes", slot(after(0, slot(after(600*ms, using("1"))), slot(after(50*ms, using("2")))))},
		{"within another one, and one behind it", templ.Join(slot(after(0, slot(after(100*ms, using("1"))))), slot(after(50*ms, using("2"))))},
		{"a piece comes before what is within the one before it", row(each(
			piece{0, slot(after(100*ms, using("1"))), nil}, piece{50 * ms, using("2"), nil}))},
		{"a piece comes, and what is within the one before it does not", row(each(
			piece{0, slot(after(600*ms, using("1"))), nil}, piece{50 * ms, using("2"), nil}))},
		{"an error view comes before what is within the piece before it", at(stream.Boundary{Pieces: each(
			piece{0, slot(after(100*ms, using("1"))), nil}, piece{50 * ms, nil, errBoom}), ErrorView: func(*stream.BoundaryError) templ.Component { return using("2") }})},
		{"what was met first stands last", early(slot(after(50*ms, using("2"))), func(c templ.Component) templ.Component {
			return templ.Join(slot(after(100*ms, using("1"))), c)
		})},
		{"a view behind it fails", templ.Join(slot(after(100*ms, using("1"))), slot(after(50*ms, using("lost"), half("", func() error { return errBoom }))))},
		{"a view before it fails", templ.Join(slot(after(50*ms, using("lost"), half("", func() error { return errBoom }))), slot(after(100*ms, using("2"))))},
	} {
		for _, mode := range []stream.Mode{stream.InOrder, stream.Complete} {
			t.Run(tt.name+", "+mode.String(), func(t *testing.T) {
				got := sentWith(t, stream.Renderer{Mode: always(mode)}, page(long, tt.c))
				if lib, use := strings.Index(got, "<library>"), strings.Index(got, "<use "); lib < 0 || use < lib {
					t.Errorf("page = %q, want the library before what uses it", got)
				}
			})
		}
	}
	t.Run("one that stands before is relied on", func(t *testing.T) {
		c := templ.Join(slot(after(50*ms, using("1"), slot(after(50*ms, using("2"))))), slot(after(200*ms, using("3"))),
			row(each(piece{300 * ms, using("4"), nil}, piece{50 * ms, slot(after(20*ms, using("5"))), nil}, piece{50 * ms, using("6"), nil})))
		if got := sentWith(t, stream.Renderer{Mode: always(stream.InOrder)}, page(long, c)); strings.Count(got, "<library>") != 1 {
			t.Errorf("page = %q, want the library once", got)
		}
	})
}

// BenchmarkClaims shows what views cost on a page that has claimed something.
func BenchmarkClaims(b *testing.B) {
	for _, n := range []int{0, 20} {
		b.Run(fmt.Sprintf("%d claimed", n), func(b *testing.B) {
			var parts []templ.Component
			for i := range n {
				parts = append(parts, styled(fmt.Sprintf("c%d", i)))
			}
			for range 50 {
				parts = append(parts, slot(after(0, html("1"))))
			}
			c := page(parts...)
			b.ReportAllocs()
			for b.Loop() {
				if err := stream.Render(&discard{http.Header{}}, httptest.NewRequest("GET", "/", nil), c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestFallbacksEmitTheirStyles has fallbacks of one class. Each is removed by itself,
// so each emits the style, however many classes a middleware serves.
func TestFallbacksEmitTheirStyles(t *testing.T) {
	var many []string
	for i := range 400 {
		many = append(many, fmt.Sprintf("c%d", i))
	}
	for _, served := range [][]string{nil, {"blue"}, many} {
		t.Run(fmt.Sprint(len(served), " classes are served"), func(t *testing.T) {
			b := stream.Boundary{Fallback: styled("red"), Load: after(time.Second)}
			body := sentWith(t, stream.Renderer{}, page(b, b, b, b), served...)
			if n := strings.Count(body, redStyle); n != 4 {
				t.Errorf("4 fallbacks have %d styles", n)
			}
		})
	}
}
