package upstream

import (
	"io"
	"time"
)

// An Idle reads from R, and calls a function when one read takes too long. The
// time between reads does not count.
type Idle struct {
	R     io.Reader // may be set after NewIdle, before the first Read
	after time.Duration
	timer *time.Timer // nil: reads may take for ever
}

// NewIdle returns an Idle whose time runs already, for the headers.
func NewIdle(after time.Duration, f func()) *Idle {
	i := &Idle{after: after}
	if after > 0 {
		i.timer = time.AfterFunc(after, f)
	}
	return i
}

// Read reads from R. The clock runs during the read only.
func (i *Idle) Read(p []byte) (int, error) {
	if i.timer != nil {
		i.timer.Reset(i.after)
		defer i.timer.Stop()
	}
	return i.R.Read(p)
}

// Stop stops the clock.
func (i *Idle) Stop() {
	if i.timer != nil {
		i.timer.Stop()
	}
}
