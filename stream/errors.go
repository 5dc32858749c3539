package stream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// ErrShell marks an error of Render from before the first byte: nothing was
// sent, so the caller can still answer with a page of its own.
var ErrShell = errors.New("stream: the shell")

// ErrTimeout matches the error of a boundary whose time has passed: its own
// Timeout or that of the Renderer. Such an error also matches
// context.DeadlineExceeded.
var ErrTimeout = errors.New("timeout")

// ErrShutdown is the error of a boundary whose load had not ended when
// Renderer.Until was done.
var ErrShutdown = errors.New("the server is stopping")

// timeoutError is the cause with which a load's context ends when its time
// has passed.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("timeout after %v", e.after) }

func (e *timeoutError) Is(target error) bool {
	return target == ErrTimeout || target == context.DeadlineExceeded
}

// Timeout reports true, as net.Error asks.
func (e *timeoutError) Timeout() bool { return true }

// A BoundaryError says which boundary failed and why. It is given to error
// views, which show its Digest; Err is for the log and never reaches the page
// by itself.
type BoundaryError struct {
	ID     string // the path in the page's tree, "2.1", without a prefix that it has on the wire; "" outside a response
	Name   string // the boundary's Name
	Digest string // random; links what the visitor sees to the line in the log
	Err    error  // the cause
}

// Error names the boundary and the cause. It is for logs, not for pages.
func (e *BoundaryError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("stream: boundary %q: %v", e.ID, e.Err)
	}
	return fmt.Sprintf("stream: boundary %q (%s): %v", e.ID, e.Name, e.Err)
}

// Unwrap returns the cause, e.Err.
func (e *BoundaryError) Unwrap() error { return e.Err }

// newDigest returns eight characters of base32: enough to find one line in a
// log, few enough to be read out on the telephone.
func newDigest() string { return rand.Text()[:8] }
