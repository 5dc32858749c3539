package upstream

import (
	"io"
	"time"
)

// An Idle reads from R, and calls a function when a read takes too long. The time
// between reads does not count.
type Idle struct {
	R     io.Reader // may be set after NewIdle, before the first Read
	after time.Duration
	timer *time.Timer // nil: no limit
}

// NewIdle returns an Idle whose timer already runs, for the headers of the
// response.
func NewIdle(after time.Duration, f func()) *Idle {
	i := &Idle{after: after}
	if after > 0 {
		i.timer = time.AfterFunc(after, f)
	}
	return i
}

// Read reads from R. The timer runs only during the read.
func (i *Idle) Read(p []byte) (int, error) {
	if i.timer != nil {
		i.timer.Reset(i.after)
		defer i.timer.Stop()
	}
	return i.R.Read(p)
}

// Stop stops the timer.
func (i *Idle) Stop() {
	if i.timer != nil {
		i.timer.Stop()
	}
}
