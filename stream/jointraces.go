package stream

import (
	"cmp"
	"context"
	"net/http"
)

// JoinTraces returns a Trace that calls each of traces in turn. Each Start
// receives the context that the Start before it returned, and all other callbacks
// receive the last one. In the same way, each Loading receives the context that
// the Loading before it returned, and each Loaded receives the last one. Nil
// traces are skipped.
//
// Failures are logged to the Renderer's Logger if no trace has a Failed, or if all
// traces with a Failed also set LogFailures.
func JoinTraces(traces ...*Trace) *Trace {
	all := new(Trace)
	for _, t := range traces {
		if t != nil {
			all.add(t)
		}
	}
	return all
}

// add makes the callbacks of t call those of u, too.
func (t *Trace) add(u *Trace) {
	if u.Failed != nil {
		t.LogFailures = u.LogFailures && (t.LogFailures || t.Failed == nil)
	}
	t.Start = bothStart(t.Start, u.Start)
	t.Status = both(t.Status, u.Status)
	t.Met = both(t.Met, u.Met)
	t.Loading = bothLoading(t.Loading, u.Loading)
	t.Decided = both(t.Decided, u.Decided)
	t.Failed = both(t.Failed, u.Failed)
	t.Flushed = both(t.Flushed, u.Flushed)
	t.InPlace = both(t.InPlace, u.InPlace)
	t.Abandoned = both(t.Abandoned, u.Abandoned)
	t.Done = both(t.Done, u.Done)
	if f, g := t.Loaded, u.Loaded; f == nil {
		t.Loaded = g
	} else if g != nil {
		t.Loaded = func(ctx context.Context, b BoundaryInfo, err error) { f(ctx, b, err); g(ctx, b, err) }
	}
	if f, g := t.Sent, u.Sent; f == nil {
		t.Sent = g
	} else if g != nil {
		t.Sent = func(ctx context.Context, b BoundaryInfo, bytes int, inPlace bool) {
			f(ctx, b, bytes, inPlace)
			g(ctx, b, bytes, inPlace)
		}
	}
}

// both calls f and then g. Either may be nil.
func both[T any](f, g func(context.Context, T)) func(context.Context, T) {
	switch {
	case f == nil:
		return g
	case g == nil:
		return f
	}
	return func(ctx context.Context, v T) { f(ctx, v); g(ctx, v) }
}

func bothStart(f, g func(context.Context, *http.Request, Mode) context.Context) func(context.Context, *http.Request, Mode) context.Context {
	switch {
	case f == nil:
		return g
	case g == nil:
		return f
	}
	return func(ctx context.Context, r *http.Request, mode Mode) context.Context {
		ctx = cmp.Or(f(ctx, r, mode), ctx)
		return cmp.Or(g(ctx, r, mode), ctx)
	}
}

func bothLoading(f, g func(context.Context, BoundaryInfo) context.Context) func(context.Context, BoundaryInfo) context.Context {
	switch {
	case f == nil:
		return g
	case g == nil:
		return f
	}
	return func(ctx context.Context, b BoundaryInfo) context.Context {
		ctx = cmp.Or(f(ctx, b), ctx)
		return cmp.Or(g(ctx, b), ctx)
	}
}
