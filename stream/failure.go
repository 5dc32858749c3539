package stream

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/a-h/templ"
)

// reportFailure reports that b has failed with err. Unless b has a view for
// that, a page that is sent whole has failed with it.
func (b *boundary) reportFailure(ctx context.Context, err error) *BoundaryError {
	if b.resp != nil && b.ErrorView == nil {
		b.resp.failed.Store(true)
	}
	return b.report(ctx, newDigest(), err)
}

// report tells the Trace, or the log if that does not listen, of an error of b.
func (b *boundary) report(ctx context.Context, digest string, err error) *BoundaryError {
	be := &BoundaryError{ID: b.info().ID, Name: b.Name, Digest: digest, Err: err}
	path, logger := "", slog.Default()
	if p := b.resp; p != nil {
		ctx, path, logger = p.ctx, p.r.URL.Path, p.rd.logger()
		if p.trace.Failed != nil {
			p.trace.Failed(ctx, be)
			if !p.trace.LogFailures {
				return be
			}
		}
	}
	logFailure(ctx, logger, path, be)
	return be
}

// logFailure logs the failure of a boundary of the page at path.
func logFailure(ctx context.Context, logger *slog.Logger, path string, be *BoundaryError) {
	attrs := []slog.Attr{slog.String("id", be.ID), slog.String("name", be.Name), slog.String("digest", be.Digest), slog.String("path", path), slog.Any("error", be.Err)}
	var pe *PanicError
	if errors.As(be.Err, &pe) {
		attrs = append(attrs, slog.String("stack", string(pe.Stack)))
	}
	logger.LogAttrs(ctx, slog.LevelError, "stream: boundary failed", attrs...)
}

// errorViews returns what may stand for b, which has failed, best first. The
// last never fails. Where other error views have placed too much it is the only
// one.
func (b *boundary) errorViews(be *BoundaryError) []templ.Component {
	var views []templ.Component
	add := func(view func(*BoundaryError) templ.Component) {
		if view == nil {
			return
		}
		// The view is called where a panic of it is recovered.
		views = append(views, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			c := view(be)
			if c == nil {
				return errors.New("nil component")
			}
			return c.Render(ctx, w)
		}))
	}
	if b.mayAmend() {
		add(b.ErrorView)
		if b.resp != nil {
			add(b.resp.rd.ErrorView)
		}
	}
	add(plainErrorView)
	return views
}

// plainErrorView is a span because that is right in most places.
func plainErrorView(be *BoundaryError) templ.Component {
	return templ.Raw(`<span role="alert">This part could not be loaded (` + templ.EscapeString(be.Digest) + `).</span>`)
}
