package middlewaretest_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/CAFxX/httpcompression"
	"github.com/NYTimes/gziphandler"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestMinimumSize has middleware that compresses no response below a minimum size,
// and so holds back the first bytes of a stream in spite of a flush.
func TestMinimumSize(t *testing.T) {
	for _, m := range []struct {
		name string
		wrap func(*testing.T, http.Handler) http.Handler
	}{
		{"NYTimes/gziphandler", func(_ *testing.T, h http.Handler) http.Handler { return gziphandler.GzipHandler(h) }},
		{"CAFxX/httpcompression", func(t *testing.T, h http.Handler) http.Handler {
			wrap, err := httpcompression.DefaultAdapter()
			if err != nil {
				t.Fatal(err)
			}
			return wrap(h)
		}},
	} {
		t.Run(m.name, func(t *testing.T) {
			overBoth(t, func(t *testing.T, http2 bool) {
				next := make(chan bool)
				h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
					for {
						select {
						case <-next:
						case <-ctx.Done():
							return ctx.Err()
						}
						if err := s.Send(sse.Event{Data: "x"}); err != nil {
							return err
						}
					}
				})
				s := serve(t, m.wrap(t, h), http2)
				v := get(t, s.Client(), s.URL)
				if !v.Uncompressed {
					t.Error("the stream was not compressed")
				}
				lines := bufio.NewReader(v.Body)
				for range 3 {
					next <- true
					for {
						line, err := lines.ReadString('\n')
						if err != nil {
							t.Fatal(err)
						}
						if strings.HasPrefix(line, "data") {
							break
						}
					}
				}
			})
		})
	}
}
