package suspense_test

import (
	"context"
	"fmt"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// visit shows page to a visitor, without the script and with DIGEST for each
// digest.
func visit(page templ.Component) {
	rd := stream.Renderer{Script: stream.NoScript()}
	testkit.Visit(rd.Handler(stream.Component(page)), testkit.MaskDigests)
}

// database stands for a slow query: see testkit.Database.
func database[T any](ctx context.Context, answer T) (T, error) { return testkit.Database(ctx, answer) }

// thinking stands for the time between two values: see testkit.Thinking.
func thinking(ctx context.Context) error { return testkit.Thinking(ctx) }

// text is a component; a program has templ files instead.
func text(format string, args ...any) templ.Component {
	return templ.Raw(templ.EscapeString(fmt.Sprintf(format, args...)))
}
