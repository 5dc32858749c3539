package live

import (
	"github.com/rivulet-go/rivulet/internal/once"

	"cmp"
	"context"
	"log/slog"
	"net/http"

	"github.com/rivulet-go/rivulet/stream"
)

// warned holds the names of the regions that have been warned about. It keeps a
// limited number, since a program may make names from data.
var warned once.Set

// lookAtMethod warns, once for each region, if the page answers a request that
// the browser cannot repeat with GET after a gap.
func (r Region) lookAtMethod(ctx context.Context) {
	switch stream.Method(ctx) {
	case "", http.MethodGet, http.MethodHead:
		return
	}
	if warned.First(r.Name) {
		r.logger().WarnContext(ctx, "live: region in the answer to a request that is not a GET: after a gap the browser fetches the page with GET; answer with a redirect",
			slog.String("region", r.Name), slog.String("method", stream.Method(ctx)))
	}
}

// logger returns the Logger, or its default.
func (r Region) logger() *slog.Logger { return cmp.Or(r.Logger, slog.Default()) }
