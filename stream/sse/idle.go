package sse

import (
	"io"
	"time"
)

// idle reads from r, and calls a function when one read takes too long. What
// the reader does between reads is not counted.
type idle struct {
	r     io.Reader
	after time.Duration
	timer *time.Timer // nil: reads may take for ever
}

// newIdle returns an idle whose time runs already, for the headers.
func newIdle(after time.Duration, f func()) *idle {
	i := &idle{after: after}
	if after > 0 {
		i.timer = time.AfterFunc(after, f)
	}
	return i
}

func (i *idle) Read(p []byte) (int, error) {
	if i.timer != nil {
		i.timer.Reset(i.after)
		defer i.timer.Stop()
	}
	return i.r.Read(p)
}

func (i *idle) stop() {
	if i.timer != nil {
		i.timer.Stop()
	}
}
