// Package pagetest records what a component sends and when, for the tests of
// packages suspense and live.
package pagetest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Sleep waits for d like a load that obeys its context. It does not use the
// channel of a timer: under the race detector these sometimes crash in a bubble
// of synctest, https://github.com/golang/go/issues/78156.
func Sleep(ctx context.Context, d time.Duration) error {
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err()
}

// Value is a load that returns v after d.
func Value[T any](d time.Duration, v T) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) { return v, Sleep(ctx, d) }
}

// With renders c with children, as templ's @c() { children } does.
func With(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}

// Slow is a component that takes d to render.
func Slow(d time.Duration, s string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := Sleep(ctx, d); err != nil {
			return err
		}
		_, err := io.WriteString(w, s)
		return err
	})
}

// timed is a ResponseWriter that records the time of each flush.
type timed struct {
	start time.Time
	out   strings.Builder
	chunk strings.Builder
}

func (w *timed) Header() http.Header         { return make(http.Header) }
func (w *timed) WriteHeader(int)             {}
func (w *timed) Write(p []byte) (int, error) { return w.chunk.Write(p) }

func (w *timed) Flush() {
	if w.chunk.Len() > 0 {
		fmt.Fprintf(&w.out, "%v %s\n", time.Since(w.start).Round(time.Microsecond), w.chunk.String())
		w.chunk.Reset()
	}
}

// Response returns the chunks that c sends, each with its time, and the
// boundaries that failed.
func Response(t *testing.T, c templ.Component) (sent string, failed []*stream.BoundaryError) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &timed{start: time.Now()}
		rd := stream.Renderer{Script: stream.NoScript(), Trace: &stream.Trace{
			Failed: func(_ context.Context, err *stream.BoundaryError) { failed = append(failed, err) },
		}}
		if err := rd.Render(w, httptest.NewRequest("GET", "/", nil), c); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		w.Flush()
		sent = w.out.String()
		time.Sleep(24 * time.Hour) // abandoned loads end
	})
	return sent, failed
}
