package stream

import (
	"context"
	"errors"
	"log/slog"
)

// report tells the Trace, or the log, that b has failed.
func (p *response) report(b *boundary, digest string, err error) *BoundaryError {
	be := &BoundaryError{ID: b.info().ID, Name: b.Name, Digest: digest, Err: err}
	report(p.ctx, p.trace, be)
	return be
}

// report tells t, or the log if t has no ear for it, of a failed boundary.
func report(ctx context.Context, t *Trace, be *BoundaryError) {
	if t.Failed != nil {
		t.Failed(ctx, be)
		return
	}
	attrs := []slog.Attr{slog.String("id", be.ID), slog.String("name", be.Name), slog.String("digest", be.Digest), slog.Any("error", be.Err)}
	var pe *PanicError
	if errors.As(be.Err, &pe) {
		attrs = append(attrs, slog.String("stack", string(pe.Stack)))
	}
	slog.LogAttrs(ctx, slog.LevelError, "stream: boundary failed", attrs...)
}
