package stream_test

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// early begins to render content and shows it where c puts it.
func early(content templ.Component, c func(shown templ.Component) templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		wait := suspense.Start(ctx, stream.Prerender(content))
		if err := sleep(ctx, ms); err != nil { // so that its boundary is the first
			return err
		}
		return c(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			shown, err := wait(ctx)
			if err != nil {
				return err
			}
			return shown.Render(ctx, w)
		})).Render(ctx, w)
	})
}

// TestEarly is about what is rendered before its place is known.
func TestEarly(t *testing.T) {
	content := templ.Join(html("<u>"), slot(after(100*ms, html("1"))), html("</u>"))
	var siblings []templ.Component
	for i := range 5 {
		siblings = append(siblings, slot(after(time.Duration(i)*50*ms, html("sibling"))))
	}
	sibling := templ.Join(siblings...)
	children := func(c templ.Component) templ.Component { return slot(stream.Prerender(c)) }
	run(t, []pageTest{
		{name: "it is shown in the page", page: early(content, func(c templ.Component) templ.Component { return page(c, sibling) })},
		{name: "in the page in another writer", page: early(content, func(c templ.Component) templ.Component { return page(upper(c), sibling) })},
		{name: "in a view", page: early(content, func(c templ.Component) templ.Component { return page(slot(after(50*ms, c)), sibling) })},
		{name: "in a view in another writer", page: early(content, func(c templ.Component) templ.Component { return page(slot(after(50*ms, upper(c))), sibling) })},
		{name: "in a Suspense", page: early(content, func(c templ.Component) templ.Component { return page(children(c), sibling) })},
		{name: "in a Suspense in another writer it is rendered anew", page: early(content, func(c templ.Component) templ.Component { return page(children(upper(c)), sibling) })},
		{name: "in another writer in a Suspense in another writer it is rendered anew", page: early(content, func(c templ.Component) templ.Component {
			return page(upper(children(upper(c))), sibling)
		})},
		{name: "without boundaries it may be anywhere", page: early(html("<u>1</u>"), func(c templ.Component) templ.Component {
			return page(c, upper(c), slot(after(50*ms, c)), children(c), children(upper(c)))
		})},
	})
	t.Run("in two loads at once it is rendered anew for one", func(t *testing.T) {
		for range 20 {
			synctest.Test(t, func(t *testing.T) {
				failed := 0
				rd := stream.Renderer{Trace: &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) { failed++ }}}
				rec := newRecorder()
				err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), early(content, func(c templ.Component) templ.Component {
					return page(children(c), children(c))
				}))
				if err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
				rec.Flush()
				if got := strings.Count(rec.String(), "<u>"); failed != 0 || got != 2 {
					t.Errorf("%d boundaries failed and it was shown %d times, want 0 and 2:\n%s", failed, got, rec)
				}
			})
		}
	})
}

// TestCachedFragments has a component made by Prerender that outlives its page.
func TestCachedFragments(t *testing.T) {
	var once sync.Once
	var cached templ.Component
	c := page(slot(func(ctx context.Context) (_ templ.Component, err error) {
		once.Do(func() { cached, err = stream.Prerender(html("<u>cached</u>"))(ctx) })
		return cached, err
	}))
	var visits sync.WaitGroup
	for range 8 {
		visits.Go(func() {
			for range 20 {
				rec := httptest.NewRecorder()
				if err := stream.Render(rec, httptest.NewRequest("GET", "/", nil), c); err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
				if got := rec.Body.String(); strings.Count(got, "<u>cached</u>") != 1 {
					t.Errorf("page = %q, want it to hold the cached component", got)
				}
			}
		})
	}
	visits.Wait()
}
