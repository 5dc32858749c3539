package transport

import (
	"net/http"
	"time"
)

// A Deadline limits the time of each write to a ResponseWriter, which is the
// argument of each method. The methods must be called one at a time.
type Deadline struct {
	Timeout time.Duration // of a write; zero or less means none

	stays bool      // it does no harm between writes
	at    time.Time // what is set; zero if nothing is
}

// NewDeadline returns the deadline for the writes of the answer to r. A timeout of
// zero or less means that there is none.
//
// Between writes, a deadline stays only on a bare connection of HTTP/1, which notices
// it at its next write, when Arm has set a new one. Over HTTP/2, a deadline resets
// the stream even if nothing is written. With TLS, a Read may write.
func NewDeadline(r *http.Request, timeout time.Duration) Deadline {
	return Deadline{Timeout: timeout, stays: r.ProtoMajor == 1 && r.TLS == nil}
}

// Arm sets the deadline of a write that begins now. To set one costs as much as a
// tenth of the write of a small event, so one that was set for an earlier write
// serves as long as seven eighths of the timeout are left.
func (d *Deadline) Arm(w http.ResponseWriter, now time.Time) {
	if d.Timeout <= 0 || d.stays && d.at.Sub(now) >= d.Timeout-d.Timeout/8 {
		return
	}
	d.at = now.Add(d.Timeout)
	_ = setWriteDeadline(w, d.at)
}

// Disarm ends the deadline after a write.
func (d *Deadline) Disarm(w http.ResponseWriter) {
	if d.Timeout > 0 && !d.stays {
		d.at = time.Time{}
		_ = setWriteDeadline(w, d.at)
	}
}

// RemoveDeadline removes the deadline that the server has set for the writes to w.
func RemoveDeadline(w http.ResponseWriter) error { return setWriteDeadline(w, time.Time{}) }

func setWriteDeadline(w http.ResponseWriter, at time.Time) error {
	return http.NewResponseController(w).SetWriteDeadline(at)
}
