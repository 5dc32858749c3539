package stream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestIsolation sends many pages at once from one Renderer, each full of its
// own number, and looks for the numbers of others.
func TestIsolation(t *testing.T) {
	n := 10_000
	if testkit.Fewer(t) {
		n = 2000
	}
	rd := &stream.Renderer{Timeout: time.Minute, Trace: &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}}
	pages := make(chan int)
	var senders sync.WaitGroup
	for range 64 {
		senders.Go(func() {
			for i := range pages {
				p := newMarkedPage(i)
				if err := p.visit(rd); err != nil {
					t.Errorf("page %d (%s): %v", i, p.kind.name, err)
				}
			}
		})
	}
	for i := range n {
		pages <- i
	}
	close(pages)
	senders.Wait()
}

// A markedPage writes its own number wherever a page can write something.
type markedPage struct {
	n    int
	mark string
	kind markedKind

	response chan struct{} // closed when the response has ended
	late     sync.RWMutex  // held by the loads that outlive it
}

// A markedKind is what is special about a page.
type markedKind struct {
	name    string
	content func(*markedPage) templ.Component
	send    func(*markedPage, *stream.Renderer, http.ResponseWriter, *http.Request, templ.Component) error
}

func newMarkedPage(n int) *markedPage {
	mark := "«" + strconv.Itoa(n) + "»"
	if n%20 == 0 {
		mark = strings.Repeat(mark, 600) // more than a buffer holds
	}
	return &markedPage{n: n, kind: markedKinds[n%len(markedKinds)], mark: mark, response: make(chan struct{})}
}

var markedKinds = []markedKind{
	{"views", (*markedPage).views, render},
	{"a view that fails", (*markedPage).failing, render},
	{"children of a Suspense", (*markedPage).suspended, render},
	{"an abandoned load of an Await", func(p *markedPage) templ.Component { return p.abandoned(false) }, render},
	{"an abandoned load of a Suspense", func(p *markedPage) templ.Component { return p.abandoned(true) }, render},
	{"a page that fails", (*markedPage).broken, fails},
	{"RenderFragments around the page", (*markedPage).fragments, renderAround},
	{"RenderFragments inside the page", (*markedPage).renderInside, render},
	{"a client that leaves", (*markedPage).views, leave},
}

func render(_ *markedPage, rd *stream.Renderer, w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return rd.Render(w, r, c)
}

func fails(_ *markedPage, rd *stream.Renderer, w http.ResponseWriter, r *http.Request, c templ.Component) error {
	if err := rd.Render(w, r, c); !errors.Is(err, stream.ErrShell) {
		return fmt.Errorf("Render() = %v, want %v", err, stream.ErrShell)
	}
	return nil
}

// leave cancels the request at the first flush, or before it.
func leave(p *markedPage, rd *stream.Renderer, w http.ResponseWriter, r *http.Request, c templ.Component) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	if p.n%2 == 0 {
		cancel()
	}
	err := rd.Render(flushHook{w, cancel}, r.WithContext(ctx), c)
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// renderAround is an application that renders a fragment of a page to send it
// by itself.
func renderAround(p *markedPage, rd *stream.Renderer, w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return rd.Render(w, r, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return templ.RenderFragments(ctx, w, c, "part")
	}))
}

type flushHook struct {
	http.ResponseWriter
	flushed func()
}

func (w flushHook) Flush() { w.flushed() }

// visit sends the page and looks at what has come.
func (p *markedPage) visit(rd *stream.Renderer) error {
	w := newWireLog()
	ctx := context.WithValue(context.Background(), markKey{}, p.mark)
	err := p.kind.send(p, rd, w, httptest.NewRequest("GET", "/", nil).WithContext(ctx), p.kind.content(p))
	body := w.body()
	close(p.response)
	p.late.Lock()
	defer p.late.Unlock()
	if err != nil {
		return err
	}
	if got := w.body(); got != body {
		return fmt.Errorf("the page became %d bytes longer after its end", len(got)-len(body))
	}
	return p.onlyOwn(body)
}

// onlyOwn looks for the marks of other pages, and for parts of them.
func (p *markedPage) onlyOwn(body string) error {
	rest := strings.ReplaceAll(body, "«"+strconv.Itoa(p.n)+"»", "")
	if i := strings.IndexAny(rest, "«»"); i >= 0 {
		return fmt.Errorf("the page holds what is not its own: %.40q", rest[i:])
	}
	return nil
}

type markKey struct{}

// text writes the number that the context knows, between tags.
func (p *markedPage) text(tag string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		mark, _ := ctx.Value(markKey{}).(string)
		if mark != p.mark {
			mark = "«context»"
		}
		_, err := io.WriteString(w, "<"+tag+">"+mark+"</"+tag+">")
		return err
	})
}

// views are three boundaries, one of them nested.
func (p *markedPage) views() templ.Component {
	load := func(context.Context) (string, error) { return p.mark, nil }
	leaf := suspense.Await(p.text("i"), load, func(s string) templ.Component { return templ.Raw(s) })
	nested := suspense.Await(p.text("b"), load, func(string) templ.Component { return templ.Join(p.text("u"), leaf, p.text("s")) })
	return templ.Join(p.text("h1"), leaf, nested, p.text("p"))
}

// failing is a view that fails when it has written much.
func (p *markedPage) failing() templ.Component {
	bad := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := p.views().Render(ctx, w); err != nil {
			return err
		}
		if p.n%2 == 0 {
			panic(errRandom)
		}
		return errRandom
	})
	b := stream.Boundary{
		Fallback:  p.text("i"),
		ErrorView: func(*stream.BoundaryError) templ.Component { return p.text("em") },
		Load:      func(context.Context) (templ.Component, error) { return bad, nil },
	}
	return templ.Join(b, p.views())
}

func (p *markedPage) suspended() templ.Component {
	return templ.Join(
		within(suspense.Suspense(p.text("i")), p.views()),
		within(suspense.Suspense(p.text("i")), templ.Join(p.text("b"), p.views())),
	)
}

// within renders outer with children.
func within(outer, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, children), w)
	})
}

// abandoned has a load that outlives the response and goes on with all that it
// has got hold of: its context, and the writer of whoever placed it.
func (p *markedPage) abandoned(rendered bool) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		b := stream.Boundary{Timeout: time.Microsecond, Fallback: p.text("i"), ErrorView: func(*stream.BoundaryError) templ.Component { return p.text("em") }}
		b.Load = func(ctx context.Context) (templ.Component, error) {
			p.late.RLock()
			defer p.late.RUnlock()
			p.goOn(ctx, w)
			return p.text("strong"), nil
		}
		if rendered {
			b.Load = stream.Prerender(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				p.late.RLock()
				defer p.late.RUnlock()
				if err := p.text("b").Render(ctx, w); err != nil {
					return err
				}
				p.goOn(ctx, w)
				return nil
			}))
		}
		if err := p.text("h1").Render(ctx, w); err != nil {
			return err
		}
		if err := b.Render(ctx, w); err != nil {
			return err
		}
		return p.views().Render(ctx, w)
	})
}

// goOn waits for the end of the response, then does what it should not.
func (p *markedPage) goOn(ctx context.Context, w io.Writer) {
	<-p.response
	<-ctx.Done()
	_ = ctx.Err()
	_ = ctx.Value(markKey{})
	_ = templ.GetNonce(ctx)
	late := templ.Join(p.text("late"), p.views())
	for range 3 {
		_ = stream.Boundary{Fallback: late, Load: func(context.Context) (templ.Component, error) { return late, nil }}.Render(ctx, w)
		_ = late.Render(ctx, w)
		_ = templ.Flush().Render(ctx, w)
	}
	var b strings.Builder
	_ = late.Render(ctx, &b)
	wait := suspense.Start(ctx, func(ctx context.Context) (string, error) {
		_ = late.Render(ctx, io.Discard)
		return p.mark, ctx.Err()
	})
	_, _ = wait(context.Background())
}

// broken fails before its first byte, with an abandoned load on the way.
func (p *markedPage) broken() templ.Component {
	return templ.Join(p.abandoned(p.n%2 == 0), templ.ComponentFunc(func(context.Context, io.Writer) error { return errRandom }))
}

// fragments has boundaries in a fragment and outside of it.
func (p *markedPage) fragments() templ.Component {
	return templ.Join(p.views(), within(templ.Fragment("part"), templ.Join(p.text("b"), p.views())), p.abandoned(false))
}

// renderInside renders a fragment into the page, and another one that is not
// sent.
func (p *markedPage) renderInside() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := templ.RenderFragments(ctx, w, p.fragments(), "part"); err != nil {
			return err
		}
		var b bytes.Buffer
		if err := templ.RenderFragments(ctx, &b, p.fragments(), "part"); err != nil {
			return err
		}
		if err := p.onlyOwn(b.String()); err != nil {
			return err
		}
		return p.views().Render(ctx, w)
	})
}
