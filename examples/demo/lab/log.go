package lab

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// A Log keeps the log lines of one response, so that the page itself can show
// them. It is discarded with the response.
type Log struct {
	start time.Time

	mu      sync.Mutex
	lines   []Line
	open    map[string]bool   // boundaries whose content has not been sent, by id
	running map[string]string // names of boundaries whose loads are running, by id
	late    map[string]string // names of those whose time has passed, by id
	changed chan struct{}     // closed and replaced when something above changes
}

// logName is the name of the boundary that shows the Log.
const logName = "log"

func newLog() *Log {
	return &Log{start: time.Now(), open: map[string]bool{}, running: map[string]string{}, late: map[string]string{}, changed: make(chan struct{})}
}

// trace logs failures as the stream does without a Trace, and logs a line for
// each boundary whose content was sent, and for each that has decided the page.
func (l *Log) trace(path string) *stream.Trace {
	return &stream.Trace{
		Met: func(_ context.Context, b stream.BoundaryInfo) {
			l.note(b, func() { l.open[b.ID] = true })
		},
		Loading: func(ctx context.Context, b stream.BoundaryInfo) context.Context {
			l.note(b, func() { l.running[b.ID] = b.Name })
			return ctx
		},
		Loaded: func(_ context.Context, b stream.BoundaryInfo, _ error) {
			l.note(b, func() { delete(l.running, b.ID); delete(l.late, b.ID) })
		},
		Failed: func(ctx context.Context, e *stream.BoundaryError) {
			attrs := []slog.Attr{slog.String("id", e.ID), slog.String("name", e.Name), slog.String("digest", e.Digest),
				slog.String("path", path), slog.Any("error", e.Err)}
			if pe := (*stream.PanicError)(nil); errors.As(e.Err, &pe) {
				attrs = append(attrs, slog.String("stack", string(pe.Stack)))
			}
			level := slog.LevelError
			if e.Expected {
				level = slog.LevelDebug
			}
			l.write(ctx, level, "stream: boundary failed", attrs...)
			l.note(stream.BoundaryInfo{}, func() {
				if name, ok := l.running[e.ID]; ok && errors.Is(e.Err, stream.ErrTimeout) {
					l.late[e.ID] = name
				}
				// The boundaries inside it are never sent.
				maps.DeleteFunc(l.open, func(id string, _ bool) bool { return strings.HasPrefix(id, e.ID+".") })
			})
		},
		Decided: func(ctx context.Context, d stream.Decision) {
			attrs := []slog.Attr{slog.Int("code", d.Err.Code), slog.Bool("late", d.Late), slog.String("name", d.Boundary.Name)}
			if d.Err.Location != "" {
				attrs = append(attrs, slog.String("location", d.Err.Location))
			}
			l.write(ctx, slog.LevelInfo, "lab: decided", attrs...)
		},
		Sent: func(ctx context.Context, b stream.BoundaryInfo, bytes int, inPlace bool) {
			if b.Name == logName {
				return
			}
			l.write(ctx, slog.LevelInfo, "lab: sent", slog.String("id", b.ID), slog.String("name", b.Name),
				slog.Int("bytes", bytes), slog.Bool("in_place", inPlace))
			l.note(b, func() { delete(l.open, b.ID) })
		},
	}
}

// write logs to slog.Default and keeps the line.
func (l *Log) write(ctx context.Context, level slog.Level, message string, attrs ...slog.Attr) {
	slog.LogAttrs(ctx, level, message, attrs...)
	line := newLine(time.Since(l.start), level, message, attrs)
	l.note(stream.BoundaryInfo{}, func() { l.lines = append(l.lines, line) })
}

// note changes the state of a boundary, unless it is the boundary of the log.
func (l *Log) note(b stream.BoundaryInfo, change func()) {
	if b.Name == logName {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.changed)
	l.changed = make(chan struct{})
}

// Lines yields the lines as they are written, until the content of all other
// boundaries has been sent. It is for the last boundary of the page.
func (l *Log) Lines(ctx context.Context) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		n, told := 0, false
		for {
			l.mu.Lock()
			lines, over, changed := l.lines[n:], len(l.open) == 0, l.changed
			l.mu.Unlock()
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
			n += len(lines)
			switch {
			case over && told:
				return
			case over:
				told = true
				l.tellLate(ctx)
				continue
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}
}

// written returns the lines so far.
func (l *Log) written() []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

// tellLate logs the loads that continue although their time has passed. Loads
// that obey their context are given a moment to return.
func (l *Log) tellLate(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	for {
		l.mu.Lock()
		late, changed := maps.Clone(l.late), l.changed
		l.mu.Unlock()
		if len(late) == 0 {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			for _, id := range slices.Sorted(maps.Keys(late)) {
				l.write(ctx, slog.LevelWarn, "lab: load goes on, and nobody waits for it", slog.String("id", id), slog.String("name", late[id]))
			}
			return
		}
	}
}
