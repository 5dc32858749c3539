package stream_test

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

type load = func(context.Context) (templ.Component, error)

var errBoom = errors.New("boom")

func html(s string) templ.Component { return templ.Raw(s) }

// page is a document around parts.
func page(parts ...templ.Component) templ.Component {
	return templ.Join(html("<body>"), templ.Join(parts...), html("</body>"))
}

// at is a component that places b.
func at(b stream.Boundary) templ.Component { return b }

// slot is a boundary with dots for a fallback.
func slot(l load) templ.Component {
	return at(stream.Boundary{Fallback: html("dots"), Load: l})
}

// sleep waits for d like a load that obeys its context. It uses no channel of a
// timer: under the race detector those crash in a bubble of synctest now and
// then, https://github.com/golang/go/issues/78156.
func sleep(ctx context.Context, d time.Duration) error {
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err()
}

// after is a load that takes d.
func after(d time.Duration, view ...templ.Component) load {
	return func(ctx context.Context) (templ.Component, error) {
		if err := sleep(ctx, d); err != nil {
			return nil, err
		}
		return templ.Join(view...), nil
	}
}

// stubborn is after, but deaf to its context.
func stubborn(d time.Duration, view templ.Component) load {
	return func(context.Context) (templ.Component, error) {
		time.Sleep(d)
		return view, nil
	}
}

// failing is a load that fails after d.
func failing(d time.Duration, err error) load {
	return func(ctx context.Context) (templ.Component, error) {
		if err := sleep(ctx, d); err != nil {
			return nil, err
		}
		return nil, err
	}
}

// panicking is a load that panics after d.
func panicking(d time.Duration, v any) load {
	return func(ctx context.Context) (templ.Component, error) {
		if err := sleep(ctx, d); err != nil {
			return nil, err
		}
		panic(v)
	}
}

// waiting is a component that takes d to render.
func waiting(d time.Duration, s string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := sleep(ctx, d); err != nil {
			return err
		}
		_, err := io.WriteString(w, s)
		return err
	})
}

// half is a component that writes s and then does what then does.
func half(s string, then func() error) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, s); err != nil {
			return err
		}
		return then()
	})
}

// view is an ErrorView that shows s.
func view(s string) func(*stream.BoundaryError) templ.Component {
	return func(*stream.BoundaryError) templ.Component { return html(s) }
}

// with renders c with children, as templ's @c() { children } does.
func with(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}

const ms = time.Millisecond
