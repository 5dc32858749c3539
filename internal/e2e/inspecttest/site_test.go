package inspecttest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/suspense"
)

// A site is a page at /prices, and its inspector at /inspect.
type site struct {
	inspector *inspect.Inspector
	mux       *http.ServeMux
	release   chan struct{} // closed: the boundary that is held loads
}

func newSite() *site {
	s := &site{inspector: inspect.New(20), mux: http.NewServeMux(), release: make(chan struct{})}
	rd := stream.Renderer{Trace: s.inspector.Trace(), Limit: 5}
	s.mux.Handle("GET /inspect", s.inspector)
	s.mux.Handle("GET /prices", rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return fates(), nil
	}))
	s.mux.Handle("GET /missing", rd.Handler(func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
		w.WriteHeader(http.StatusNotFound)
		return templ.Raw("<!DOCTYPE html><title>Nothing here</title>"), nil
	}))
	s.mux.Handle("GET /broken", rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("no template of that name") }), nil
	}))
	s.mux.Handle("GET /held", rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return templ.Join(templ.Raw("<!DOCTYPE html><title>held</title>"), await("held", func(ctx context.Context) (string, error) {
			select {
			case <-s.release:
				return "here it is", nil
			case <-ctx.Done():
				return "", context.Cause(ctx)
			}
		})), nil
	}))
	return s
}

// fates is a page with a boundary of every fate. It stands for a real page, so
// its loads take their time.
func fates() templ.Component {
	stubborn := func(ctx context.Context) (string, error) {
		<-ctx.Done()
		return takes(600, "too late")(context.WithoutCancel(ctx)) // longer than all others
	}
	starsLoaded := make(chan struct{})
	stars := func(ctx context.Context) (string, error) {
		defer close(starsLoaded)
		return takes(50, "4.5")(ctx)
	}
	return templ.Join(
		templ.Raw("<!DOCTYPE html><title>Prices</title><h1>Prices</h1>"),
		await("user", takes(0, "Ada")),
		await("prices", takes(90, "12, 15, 20")),
		await("stock", func(ctx context.Context) (string, error) {
			_, _ = takes(150, "")(ctx)
			return "", errors.New("stock: connection refused")
		}),
		with(suspense.Suspense(nil, suspense.Name("reviews")), templ.Join(
			await("stars", stars),
			await("comments", takes(260, "five of them")),
			workAfter(starsLoaded, 30),
		)),
		await("ratings", func(ctx context.Context) (string, error) {
			_, _ = takes(60, "")(ctx)
			var ratings []string
			return ratings[0], nil
		}),
		await("weather", stubborn, suspense.Timeout(200*time.Millisecond)),
		await("queued until others are done", takes(120, "at last")),
	)
}

func await(name string, load func(context.Context) (string, error), opts ...suspense.Option) templ.Component {
	view := func(s string) templ.Component { return templ.Raw("<p>" + templ.EscapeString(s) + "</p>") }
	return suspense.Await(templ.Raw("<p>…</p>"), load, view, append(opts, suspense.Name(name))...)
}

// takes is a load that takes a number of milliseconds.
func takes(ms int, text string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Duration(ms)*time.Millisecond)
		defer cancel()
		<-ctx.Done()
		return text, nil
	}
}

// workAfter is a component that takes so many milliseconds to render, once ready
// is closed.
func workAfter(ready <-chan struct{}, ms int) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
		select {
		case <-ready:
		case <-ctx.Done():
		}
		_, err := takes(ms, "")(ctx)
		return err
	})
}

func with(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}
