package stream

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Slog returns a Trace that logs one line for each response and one for each
// failure. A nil logger means slog.Default at the time of the line.
//
// The message of a response is "stream: response"; its attributes are path,
// without the query, mode, status, duration, bytes, boundaries, failed and, if
// the page was not sent whole, error. A status of 0 means that nothing was sent.
// The level is Info if there is no error or if the client has left. With any other
// error it is Warn for a status from 300 to 499, and Error for the others.
//
// If a StatusError has decided the page, or would have before the first byte, the
// attributes decided and late name its code, and whether it came after the first
// byte; boundary, if it is not empty, is the name or the ID of its boundary, and
// location the target of a redirect. Such a page is no error if the code is below
// 500.
//
// The message of a failure is "stream: boundary failed", at level Error, or Debug if
// it was expected; its attributes are id, name, digest, path, error and, of a panic,
// stack. The id is the ID of a BoundaryError, the digest is what the visitor sees.
// Each of the lines at level Error counts as failed.
func Slog(logger *slog.Logger) *Trace {
	to := func() *slog.Logger {
		if logger == nil {
			return slog.Default()
		}
		return logger
	}
	return &Trace{
		Start: func(ctx context.Context, r *http.Request, mode Mode) context.Context {
			return context.WithValue(ctx, logKey{}, &logLine{start: time.Now(), path: r.URL.Path, mode: mode})
		},
		Status:  func(ctx context.Context, code int) { lineOf(ctx).status = code },
		Met:     func(ctx context.Context, _ BoundaryInfo) { lineOf(ctx).boundaries.Add(1) },
		Flushed: func(ctx context.Context, bytes int) { lineOf(ctx).bytes += bytes },
		Failed: func(ctx context.Context, err *BoundaryError) {
			l := lineOf(ctx)
			if !err.Expected {
				l.failed.Add(1)
			}
			logFailure(ctx, to(), l.path, err)
		},
		Decided: func(ctx context.Context, d Decision) {
			if l := lineOf(ctx); l.decision == nil {
				l.decision = &d
			}
		},
		Done: func(ctx context.Context, err error) { lineOf(ctx).log(ctx, to(), err) },
	}
}

// A logLine collects the attributes of one response. Fields that are not atomic
// belong to the goroutine of the response.
type logLine struct {
	start              time.Time
	path               string
	mode               Mode
	status, bytes      int
	decision           *Decision // the first one; nil if there is none
	boundaries, failed atomic.Int64
}

type logKey struct{}

func lineOf(ctx context.Context) *logLine { return ctx.Value(logKey{}).(*logLine) }

func (l *logLine) log(ctx context.Context, logger *slog.Logger, err error) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("path", l.path),
		slog.String("mode", l.mode.String()),
		slog.Int("status", l.status),
		slog.Duration("duration", time.Since(l.start)),
		slog.Int("bytes", l.bytes),
		slog.Int64("boundaries", l.boundaries.Load()),
		slog.Int64("failed", l.failed.Load()),
	}
	if d := l.decision; d != nil {
		attrs = append(attrs, slog.Int("decided", d.Err.Code), slog.Bool("late", d.Late))
		if of := cmp.Or(d.Boundary.Name, d.Boundary.ID); of != "" {
			attrs = append(attrs, slog.String("boundary", of))
		}
		if d.Err.Location != "" {
			attrs = append(attrs, slog.String("location", d.Err.Location))
		}
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
		switch {
		case errors.Is(err, context.Canceled), l.decision != nil && l.decision.Err.Code < 500 && !l.decision.Late:
		case l.status >= 300 && l.status < 500:
			level = slog.LevelWarn // Renderer.ErrorHandler has chosen the status
		default:
			level = slog.LevelError
		}
	}
	logger.LogAttrs(ctx, level, "stream: response", attrs...)
}
