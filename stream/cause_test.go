package stream_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

var errSLA = errors.New("the time that was agreed upon has passed")

// TestCauses ends requests with a cause and asks loads and error views for it.
func TestCauses(t *testing.T) {
	var seen []error // by loads, of the request that ends
	obeys := func(ctx context.Context) (templ.Component, error) {
		_ = sleep(ctx, time.Hour)
		seen = append(seen, context.Cause(ctx))
		return nil, ctx.Err()
	}
	started := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		wait := suspense.Start(ctx, obeys)
		return slot(wait).Render(ctx, w)
	})
	startedLater := func(ctx context.Context) (templ.Component, error) { return suspense.Start(ctx, obeys)(ctx) }
	derived := func(ctx context.Context) (templ.Component, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		return obeys(ctx)
	}
	inPieces := at(stream.Boundary{Pieces: func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			if !yield(html("one"), nil) {
				return
			}
			yield(obeys(ctx))
		}
	}})
	for _, tt := range []struct {
		name string
		page templ.Component
		sees int // how many loads notice
	}{
		{"a load", slot(obeys), 1},
		{"a load with a longer time of its own", at(stream.Boundary{Timeout: time.Minute, Load: obeys}), 1},
		{"a load in a context of its own", slot(derived), 1},
		{"a load that ignores it", slot(stubborn(time.Hour, nil)), 0},
		{"a load that says something else", slot(func(ctx context.Context) (templ.Component, error) { _, _ = obeys(ctx); return nil, errBoom }), 1},
		{"a nested load", slot(after(10*ms, slot(obeys))), 1},
		{"a load in a Suspense", slot(stream.Prerender(templ.Join(slot(obeys), waiting(time.Hour, "")))), 1},
		{"a load after the end", slot(after(10*ms, waiting(200*ms, ""), slot(obeys))), 0},
		{"a sequence", inPieces, 1},
		{"a load in place", upper(slot(obeys)), 1},
		{"a sequence in place", upper(inPieces), 1},
		{"a load in place in a view", slot(after(10*ms, upper(slot(obeys)))), 1},
		{"a load in place in a Suspense", slot(stream.Prerender(upper(slot(obeys)))), 1},
		{"a Start", started, 1},
		{"a Start in a load", slot(startedLater), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen = nil
				var failed []error
				rd := stream.Renderer{Trace: &stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) { failed = append(failed, err) }}}
				ctx, cancel := context.WithTimeoutCause(t.Context(), 100*ms, errSLA)
				defer cancel()
				err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(context.WithValue(ctx, userKey{}, "")), page(tt.page))
				if err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
				if len(seen) != tt.sees {
					t.Errorf("%d loads have noticed, want %d", len(seen), tt.sees)
				}
				if len(failed) == 0 {
					t.Error("no boundary has failed")
				}
				for _, err := range append(failed, seen...) {
					if !errors.Is(err, errSLA) {
						t.Errorf("error %v, want %v", err, errSLA)
					}
				}
				time.Sleep(2 * time.Hour)
			})
		})
		t.Run(tt.name+", when the request is cancelled", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen = nil
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				ctx, stop := context.WithTimeout(ctx, time.Minute)
				defer stop()
				time.AfterFunc(100*ms, func() { cancel(errSLA) })
				rd := stream.Renderer{Trace: &quiet}
				err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(tt.page, slot(after(time.Minute))))
				if !errors.Is(err, errSLA) || !errors.Is(err, context.Canceled) {
					t.Errorf("Render() = %v, want %v", err, errSLA)
				}
				for _, err := range seen {
					if !errors.Is(err, errSLA) {
						t.Errorf("a load has seen %v, want %v", err, errSLA)
					}
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// A foreignContext has a deadline and nothing of package context beneath it.
type foreignContext struct {
	context.Context
	done  chan struct{}
	limit time.Time
}

func (c foreignContext) Value(any) any               { return nil }
func (c foreignContext) Done() <-chan struct{}       { return c.done }
func (c foreignContext) Deadline() (time.Time, bool) { return c.limit, true }

func (c foreignContext) Err() error {
	select {
	case <-c.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestCauseOfAForeignContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := foreignContext{context.Background(), make(chan struct{}), time.Now().Add(100 * ms)}
		time.AfterFunc(100*ms, func() { close(c.done) })
		var failed error
		rd := stream.Renderer{Trace: &stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) { failed = err }}}
		if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(c), page(slot(after(time.Minute)))); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		if !errors.Is(failed, context.DeadlineExceeded) {
			t.Errorf("the boundary failed: %v, want %v", failed, context.DeadlineExceeded)
		}
	})
}

// TestValuesUnderADeadline holds that loads have the values of their place, not
// those of the request, which ends them.
func TestValuesUnderADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(context.WithValue(t.Context(), userKey{}, "the request"), time.Minute, errSLA)
		defer cancel()
		rec, rd := newRecorder(), stream.Renderer{Mode: always(stream.Complete)}
		rec.end(func() error {
			return rd.Render(rec, httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(under("Ada", slot(func(ctx context.Context) (templ.Component, error) {
				return html(user(ctx)), nil
			}))))
		})
		if got, want := rec.String(), "0s     <body>Ada</body>\n0s     -- end\n"; got != want {
			t.Errorf("response:\n%s\nwant:\n%s", got, want)
		}
	})
}
