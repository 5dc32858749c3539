package browsertest

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// A Load is the slow work of a boundary under test.
type Load func(context.Context) (string, error)

// Gate makes a load that waits until the test opens the gate of that name, and
// then returns the name. Its context must be that of a visit's page.
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

// Broken is a Gate behind which there is an error.
func Broken(name string, err error) Load {
	load := Gate(name)
	return func(ctx context.Context) (string, error) {
		if _, err := load(ctx); err != nil {
			return "", err
		}
		return "", err
	}
}

// Slow is a component that does its slow work while it is rendered: it waits
// at the gate of that name.
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
