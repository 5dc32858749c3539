package templates_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/templates"
)

// traced is an error that writes its stack for the verb %+v, as some packages do.
type traced struct{}

func (traced) Error() string { return "traced" }

func (e traced) Format(s fmt.State, verb rune) {
	io.WriteString(s, e.Error())
	if s.Flag('+') {
		io.WriteString(s, "\nmain.work\n\t/src/work.go:7")
	}
}

// endless is an error that contains itself.
type endless struct{}

func (endless) Error() string { return "endless" }
func (endless) Unwrap() error { return endless{} }

func explode(context.Context) (int, error) { panic("<boom>") }

func TestDevError(t *testing.T) {
	show := func(load func(context.Context) (int, error), options ...suspense.Option) string {
		view := func(int) templ.Component { return templ.Raw("fine") }
		page := templ.Join(templ.Raw("<!doctype html><body><p>"), suspense.Await(templ.Raw("dots"), load, view, options...), templ.Raw("</p></body></html>"))
		rd := stream.Renderer{ErrorView: templates.DevError, Logger: slog.New(slog.DiscardHandler)}
		return streamtest.Get(t, rd.Handler(stream.Component(page)), "/").HTML
	}
	fails := func(err error) func(context.Context) (int, error) {
		return func(context.Context) (int, error) { return 0, err }
	}
	for _, c := range []struct {
		name      string
		load      func(context.Context) (int, error)
		has, not  string
		afterThat string
	}{
		{"the stack of a panic begins where it was called", explode, "*stream.PanicError: panic: &lt;boom&gt;\ngithub.com/rivulet-go/rivulet/templates_test.explode(", "<boom>", "dev_error_test.go:"},
		{"each error has its type", fails(errors.Join(errors.New("one"), fmt.Errorf("two: %w", context.Canceled))),
			"*errors.joinError: one\ntwo: context canceled\n*errors.errorString: one\n*fmt.wrapError: two: context canceled\n*errors.errorString: context canceled</span>", "stream.", ""},
		{"a stack that the error has", fails(fmt.Errorf("work: %w", traced{})), "templates_test.traced: traced\ntraced\nmain.work\n\t/src/work.go:7</span>", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := show(c.load, suspense.Name("prices"))
			_, after, ok := strings.Cut(got, c.has)
			if !ok || !strings.Contains(after, c.afterThat) || c.not != "" && strings.Contains(got, c.not) {
				t.Errorf("page = %s\nwant it to have %s", got, c.has)
			}
			if !strings.Contains(got, "The boundary prices has failed (1)") {
				t.Errorf("page = %s\nwant the name of the boundary", got)
			}
		})
	}
	t.Run("a boundary with a view of its own keeps that", func(t *testing.T) {
		got := show(explode, suspense.ErrorView(templates.ErrorCard))
		if strings.Contains(got, "boom") {
			t.Errorf("page = %s", got)
		}
	})
	t.Run("of an error without end, fifty are listed", func(t *testing.T) {
		got := render(t, t.Context(), templates.DevError(&stream.BoundaryError{Err: endless{}}))
		if n := strings.Count(got, "templates_test.endless: endless"); n != 50 {
			t.Errorf("%d errors are listed, want 50", n)
		}
	})
	t.Run("without an error it is a view all the same", func(t *testing.T) {
		if got := render(t, t.Context(), templates.DevError(&stream.BoundaryError{})); !strings.Contains(got, "A boundary has failed</span>") {
			t.Errorf("Render() = %s", got)
		}
	})
}
