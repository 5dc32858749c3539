package browsertest

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// A Load is the slow work of a boundary under test.
type Load func(context.Context) (string, error)

// Gate makes a load that waits until the test opens the gate with that name, and
// then returns the name. Its context must come from the page of a visit.
func Gate(name string) Load {
	return func(ctx context.Context) (string, error) {
		select {
		case <-visitOf(ctx).gate(name):
			return name, nil
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// Broken is a Gate whose load returns an error when it opens.
func Broken(name string, err error) Load {
	load := Gate(name)
	return func(ctx context.Context) (string, error) {
		if _, err := load(ctx); err != nil {
			return "", err
		}
		return "", err
	}
}

// Slow is a component that does its slow work while it is rendered: it waits at
// the gate with that name.
func Slow(name string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text, err := Gate(name)(ctx)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, text)
		return err
	})
}
