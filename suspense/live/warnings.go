package live

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync"

	"github.com/rivulet-go/rivulet/stream"
)

// maxWarned bounds the names that are kept, and the warnings: a program may make
// its names from data.
const maxWarned = 100

// warned holds the names of the regions that a warning was logged for.
var warned struct {
	sync.Mutex
	names map[string]bool
}

func firstWarning(name string) bool {
	warned.Lock()
	defer warned.Unlock()
	if warned.names[name] || len(warned.names) >= maxWarned {
		return false
	}
	if warned.names == nil {
		warned.names = make(map[string]bool)
	}
	warned.names[name] = true
	return true
}

// lookAtMethod warns, once for each region, if the page answers a request that
// the browser cannot repeat with GET after a gap.
func (r Region) lookAtMethod(ctx context.Context) {
	switch stream.Method(ctx) {
	case "", http.MethodGet, http.MethodHead:
		return
	}
	if firstWarning(r.Name) {
		r.logger().WarnContext(ctx, "live: region in the answer to a request that is no GET: after a gap its page is fetched with GET; answer with a redirect",
			slog.String("region", r.Name), slog.String("method", stream.Method(ctx)))
	}
}

// logger returns where the region logs.
func (r Region) logger() *slog.Logger { return cmp.Or(r.Logger, slog.Default()) }
