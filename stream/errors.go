package stream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// ErrShell marks an error of Render from before the first byte: nothing was
// sent, so the caller can still answer with a page of its own.
var ErrShell = errors.New("stream: the shell")

// ErrTimeout matches the error of a boundary whose time has passed: its own
// Timeout or that of the Renderer. Such an error also matches
// context.DeadlineExceeded.
var ErrTimeout = errors.New("timeout")

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
	ID     string // the boundary's id on the wire, "2.1"; "" outside a response
	Name   string // the boundary's Name
	Digest string // random; links what the visitor sees to the line in the log
	Err    error  // the cause
}

func (e *BoundaryError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("stream: boundary %q: %v", e.ID, e.Err)
	}
	return fmt.Sprintf("stream: boundary %q (%s): %v", e.ID, e.Name, e.Err)
}

// Unwrap returns the cause.
func (e *BoundaryError) Unwrap() error { return e.Err }

// newDigest returns eight characters of base32: enough to find one line in a
// log, few enough to be read out on the telephone.
func newDigest() string { return rand.Text()[:8] }

// A PanicError is a panic that was recovered from a load or a view.
type PanicError struct {
	Value any    // what was given to panic
	Stack []byte // of the goroutine that panicked, as debug.Stack formats it
}

// newPanicError makes v, which was recovered, an error whose own methods do
// not panic: those of a nil pointer would.
func newPanicError(v any) (e *PanicError) {
	e = &PanicError{Value: v, Stack: debug.Stack()}
	defer func() {
		if v := recover(); v != nil {
			e.Value = v
		}
	}()
	tryError(e)
	return e
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

var (
	errGoexit = errors.New("the load ended its goroutine with runtime.Goexit")
	errNoView = errors.New("the load returned neither a view nor an error")
)

// cause returns the reason why ctx has ended where err is only its echo.
func cause(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return context.Cause(ctx)
	}
	return err
}

// isAbort reports whether err is a panic with http.ErrAbortHandler, which is
// meant for the whole response.
func isAbort(err error) bool {
	if err == nil {
		return false // before p is allocated
	}
	var p *PanicError
	return errors.As(err, &p) && p.Value == http.ErrAbortHandler
}

// safely returns a panic of f as an error.
func safely(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = newPanicError(v)
		}
	}()
	if err = f(); err != nil {
		tryError(err)
	}
	return err
}

// tryError calls the methods of err where a panic is recovered: those of a nil
// pointer that was returned as an error do panic.
func tryError(err error) { _, _, _ = err.Error(), isAbort(err), errors.Is(err, context.Canceled) }
