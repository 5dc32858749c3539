package inspect

import (
	"context"
	"net/http"

	"github.com/rivulet-go/rivulet/stream"
)

// recordKey is the key of the *record in the context of a response.
type recordKey struct{ in *Inspector }

// Trace returns the Trace that reports responses to the Inspector. Any number of
// renderers may share it. stream.JoinTraces combines it with other traces.
// Failures are still logged: see stream.Trace.LogFailures.
func (in *Inspector) Trace() *stream.Trace {
	of := func(ctx context.Context) *record { return ctx.Value(recordKey{in}).(*record) }
	return &stream.Trace{
		Start: func(ctx context.Context, r *http.Request, mode stream.Mode) context.Context {
			rec := newRecord(r.Method, r.URL.Path, mode, &in.watchers)
			in.ring.add(rec)
			in.watchers.tell(rec.id)
			return context.WithValue(ctx, recordKey{in}, rec)
		},
		Status: func(ctx context.Context, code int) { of(ctx).setStatus(code) },
		Met:    func(ctx context.Context, b stream.BoundaryInfo) { of(ctx).meet(b) },
		Loading: func(ctx context.Context, b stream.BoundaryInfo) context.Context {
			of(ctx).load(b)
			return ctx
		},
		Loaded: func(ctx context.Context, b stream.BoundaryInfo, _ error) { of(ctx).loadReturned(b) },
		Sent: func(ctx context.Context, b stream.BoundaryInfo, bytes int, inPlace bool) {
			of(ctx).send(b, bytes, inPlace)
		},
		Failed:      func(ctx context.Context, err *stream.BoundaryError) { of(ctx).fail(err) },
		Decided:     func(ctx context.Context, d stream.Decision) { of(ctx).decide(d) },
		LogFailures: true,
		Flushed:     func(ctx context.Context, bytes int) { of(ctx).flush(bytes) },
		InPlace:     func(ctx context.Context, b stream.BoundaryInfo) { of(ctx).loadInPlace(b) },
		Abandoned:   func(ctx context.Context, b stream.BoundaryInfo) { of(ctx).abandon(b) },
		Done:        func(ctx context.Context, err error) { of(ctx).finish(err) },
	}
}
