package transport

import (
	"net/http"
	"time"
)

// A Deadline limits the time of each write to a ResponseWriter. The methods must
// be called one at a time.
type Deadline struct {
	w       http.ResponseWriter
	timeout time.Duration // of a write; zero or less means none
	stays   bool          // it does no harm between writes
	at      time.Time     // what is set; zero if nothing is
}

// NewDeadline returns the deadline for the writes to w of the answer to r. A
// timeout of zero or less means that there is none.
//
// Between writes, a deadline stays only on a bare connection of HTTP/1, which notices
// it at its next write, when Arm has set a new one. Over HTTP/2, a deadline resets
// the stream even if nothing is written. With TLS, a Read may write.
func NewDeadline(w http.ResponseWriter, r *http.Request, timeout time.Duration) Deadline {
	return Deadline{w: w, timeout: timeout, stays: r.ProtoMajor == 1 && r.TLS == nil}
}

// Arm sets the deadline of a write that begins now. To set one costs as much as a
// tenth of the write of a small event, so one that was set for an earlier write
// serves as long as seven eighths of the timeout are left.
func (d *Deadline) Arm(now time.Time) {
	if d.timeout <= 0 || d.stays && d.at.Sub(now) >= d.timeout-d.timeout/8 {
		return
	}
	d.at = now.Add(d.timeout)
	_ = d.set(d.at)
}

// Disarm ends the deadline after a write.
func (d *Deadline) Disarm() {
	if d.timeout > 0 && !d.stays {
		d.at = time.Time{}
		_ = d.set(d.at)
	}
}

// Remove removes a deadline that others have set.
func (d *Deadline) Remove() error { return d.set(time.Time{}) }

func (d *Deadline) set(at time.Time) error {
	return http.NewResponseController(d.w).SetWriteDeadline(at)
}
