package stream

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/a-h/templ"
)

// reportFailure reports that b has failed with err. If b has no ErrorView, it
// also marks the response as failed, which changes the status of a Complete page.
func (b *boundary) reportFailure(ctx context.Context, err error) *BoundaryError {
	if b.resp != nil && b.ErrorView == nil {
		b.resp.failed.Store(true)
	}
	return b.report(ctx, newDigest(), err)
}

// report passes an error of b to Trace.Failed. It logs the error if there is no
// Failed or if LogFailures is set.
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

// errorViews returns the views that can replace the content of b, which has
// failed, in order of preference. The last one never fails. It is the only one if
// mayAmend returns false.
func (b *boundary) errorViews(be *BoundaryError) []templ.Component {
	var views []templ.Component
	add := func(view func(*BoundaryError) templ.Component) {
		if view == nil {
			return
		}
		// A panic of view is recovered where the component is rendered.
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

// plainErrorView returns a span, which HTML allows in most places.
func plainErrorView(be *BoundaryError) templ.Component {
	return templ.Raw(`<span role="alert">This part could not be loaded (` + templ.EscapeString(be.Digest) + `).</span>`)
}
