package stream

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// ErrShell matches an error of Render that comes before the first byte of the
// page. Nothing was sent, so the caller can still answer with another page.
var ErrShell = errors.New("stream: page not sent")

// ErrTimeout matches the error of a boundary that has exceeded its Timeout or
// the Renderer's. Such an error also matches context.DeadlineExceeded.
var ErrTimeout = errors.New("timeout")

// ErrShutdown is the error of a boundary whose load had not ended when
// Renderer.Until was done.
var ErrShutdown = errors.New("server shutdown")

// A timeoutError is the cause of a context that has ended because of a Timeout.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("timeout after %v", e.after) }

func (e *timeoutError) Is(target error) bool {
	return target == ErrTimeout || target == context.DeadlineExceeded
}

// Timeout returns true. It is a method of net.Error.
func (e *timeoutError) Timeout() bool { return true }

// A BoundaryError says which boundary failed and why. An error view receives it
// and shows its Digest. Err is for the log and never reaches the page by itself.
type BoundaryError struct {
	ID     string // the path in the page's tree, such as "2.1", without the prefix on the wire; "" outside a response
	Name   string // the boundary's Name
	Key    string // the keys by which it can be requested again, such as "product/reviews"; "" if it cannot
	Digest string // random; links the text that the visitor sees to a line in the log; "" if no text is shown
	Err    error  // the cause

	// Expected says that this is no fault: the boundary is Optional, or Err decides
	// the status and is none of the server's. It is logged at level Debug.
	Expected bool
}

// Error names the boundary and the cause. It is for logs, not for pages.
func (e *BoundaryError) Error() string {
	name := cmp.Or(e.Name, e.Key)
	if name == "" {
		return fmt.Sprintf("stream: boundary %q: %v", e.ID, e.Err)
	}
	return fmt.Sprintf("stream: boundary %q (%s): %v", e.ID, name, e.Err)
}

// Unwrap returns the cause, e.Err.
func (e *BoundaryError) Unwrap() error { return e.Err }

// newDigest returns eight characters of base32: enough to find one line in a
// log, and few enough to read out on the telephone.
func newDigest() string { return rand.Text()[:8] }
