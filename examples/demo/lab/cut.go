package lab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// Pages that are cut. Their parts have keys, so the script live requests what did not
// arrive. Without script, a notice appears.
var cuts = []preset{
	{"The connection ends behind the shell", cut + "?at=shell"},
	{"The connection ends within a chunk", cut + "?at=chunk"},
}

// cut is the path of the pages that are cut.
const cut = "/lab/cut"

// cutTimeout is short, so that the page need not wait long: the script requests what is
// missing 1 to 4 s later, and the notice appears 5 to 10 s later.
const cutTimeout = 3 * time.Second

// serveCut sends a page and cuts it. A request for a part is answered.
func serveCut(w http.ResponseWriter, r *http.Request, rd stream.Renderer) {
	rd.Timeout = cutTimeout
	within := r.FormValue("at") == "chunk"
	if r.Header.Get("Rivulet") == "" {
		w = &cutter{ResponseWriter: w, within: within}
	}
	rd.Handler(stream.Component(CutPage(within))).ServeHTTP(w, r)
}

// A cutter sends the shell, and perhaps half of the first chunk.
type cutter struct {
	http.ResponseWriter
	within bool
	writes int
}

var errCut = errors.New("the connection is cut, as the visitor has chosen")

// Unwrap is for http.ResponseController.
func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Write sends p, or as much of it as arrives.
func (c *cutter) Write(p []byte) (int, error) {
	if c.writes++; c.writes == 1 {
		return c.ResponseWriter.Write(p)
	}
	n := 0
	if c.within {
		n, _ = c.ResponseWriter.Write(p[:len(p)*2/3])
		_ = http.NewResponseController(c.ResponseWriter).Flush()
	}
	return n, errCut
}

// late is a load of a page that is cut.
func late(after time.Duration) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if err := wait(ctx, after); err != nil {
			return "", err
		}
		return fmt.Sprintf("Here after %v", after), nil
	}
}

// cutParts are the boundaries of the page, by their keys.
var cutParts = []struct {
	Key, Title string
	After      time.Duration
}{
	{"first", "The first part", 800 * time.Millisecond},
	{"second", "The second part", 1200 * time.Millisecond},
	{"third", "The third part", 1600 * time.Millisecond},
}
