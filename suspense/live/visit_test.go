package live_test

import (
	"context"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// visit shows page to a visitor, without the script.
func visit(page templ.Component) {
	rd := stream.Renderer{Script: stream.NoScript()}
	testkit.Visit(rd.Handler(stream.Component(page)), testkit.MaskDigests)
}

// database stands for a slow query: see testkit.Database.
func database[T any](ctx context.Context, answer T) (T, error) { return testkit.Database(ctx, answer) }

// text is a component; a program has templ files instead.
func text(s string) templ.Component { return templ.Raw(templ.EscapeString(s)) }
