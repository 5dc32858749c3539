package stream

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/a-h/templ"
)

// How boundaries of a response have failed, unless that was expected. It changes
// the status of a Complete page.
const (
	failedWithView int32 = 1 + iota // all show error views of the program
	failedWithText                  // one shows the short text
)

// shown records that the failure of b is on the page. withView says that an error view
// of the program shows it. The failure of a boundary that was requested by its key is
// a 500 in any case.
func (be *BoundaryError) shown(b *boundary, withView bool) {
	switch {
	case b.resp == nil || be.Expected || b.target == besideTarget:
	case withView && (b.target != inTarget || b != b.resp.keys.target):
		b.resp.failed.CompareAndSwap(0, failedWithView)
	default:
		b.resp.failed.Store(failedWithText)
	}
}

// expects reports whether err is an expected failure of b: any error of an Optional
// boundary that is no panic, and an error that decides, unless it is a fault of the
// server.
func (b *boundary) expects(err error) bool {
	var pe *PanicError
	if b.optional && !errors.As(err, &pe) {
		return true
	}
	e := decides(err)
	return e != nil && e.Code < 500
}

// reportFailure reports that b has failed with err.
func (b *boundary) reportFailure(ctx context.Context, err error) *BoundaryError {
	return b.report(ctx, newDigest(), err)
}

// report passes an error of b to Trace.Failed. It logs the error if there is no
// Failed or if LogFailures is set.
func (b *boundary) report(ctx context.Context, digest string, err error) *BoundaryError {
	be := &BoundaryError{ID: b.info().ID, Name: b.Name, Key: b.keyPath(), Digest: digest, Err: err, Expected: b.expects(err)}
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

// logFailure logs the failure of a boundary of the page at path, an expected one at
// level Debug. A boundary without a name is named by its key.
func logFailure(ctx context.Context, logger *slog.Logger, path string, be *BoundaryError) {
	attrs := []slog.Attr{slog.String("id", be.ID), slog.String("name", cmp.Or(be.Name, be.Key)), slog.String("digest", be.Digest), slog.String("path", path), slog.Any("error", be.Err)}
	var pe *PanicError
	if errors.As(be.Err, &pe) {
		attrs = append(attrs, slog.String("stack", string(pe.Stack)))
	}
	level := slog.LevelError
	if be.Expected {
		level = slog.LevelDebug
	}
	logger.LogAttrs(ctx, level, "stream: boundary failed", attrs...)
}

// errorViews returns the views that can replace the content of b, which has
// failed, in order of preference. The last one never fails. It is the only one if
// mayAmend returns false. In the place of an optional boundary it shows nothing.
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
	nothing := b.optional && be.Expected
	if b.mayAmend() {
		add(b.ErrorView)
		if b.resp != nil && !nothing {
			add(b.resp.rd.ErrorView)
		}
	}
	if nothing {
		return append(views, templ.NopComponent)
	}
	add(plainErrorView)
	return views
}

// plainErrorView returns a span, which HTML allows in most places.
func plainErrorView(be *BoundaryError) templ.Component {
	return templ.Raw(`<span role="alert">This part could not be loaded (` + templ.EscapeString(be.Digest) + `).</span>`)
}
