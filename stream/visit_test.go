package stream_test

import (
	"context"
	"net/http"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

// visit prints what h answers to a request with the header fields given as
// names and values, with … for the script and DIGEST for each digest.
func visit(h http.Handler, header ...string) *testkit.Visitor {
	return testkit.Visit(h, mask, header...)
}

// database stands for a slow query: see testkit.Database.
func database[T any](ctx context.Context, answer T) (T, error) { return testkit.Database(ctx, answer) }

// thinking stands for the time between two pieces: see testkit.Thinking.
func thinking(ctx context.Context) error { return testkit.Thinking(ctx) }
