package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
)

// A PanicError is a panic that was recovered from a load or a view.
type PanicError struct {
	Value any    // the argument of panic
	Stack []byte // the stack of the goroutine, as debug.Stack formats it
}

// Error returns the value without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// newPanicError returns an error for v, which was recovered. If a method of v
// panics, as a nil pointer's may, the value of that panic replaces v.
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

// passOnAbort panics with http.ErrAbortHandler if err is such a panic.
func passOnAbort(err error) {
	if isAbort(err) {
		panic(http.ErrAbortHandler)
	}
}

// safely calls f and returns a panic of f as an error.
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

// tryError calls the methods of err, which may panic if err is a nil pointer. Its
// caller recovers such a panic.
func tryError(err error) {
	_, _ = err.Error(), isAbort(err)
	_, _ = errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded)
}

// isAbort reports whether err is a panic with http.ErrAbortHandler, which is
// meant for the whole response.
func isAbort(err error) bool {
	if err == nil {
		return false // without the allocation of p
	}
	var p *PanicError
	return errors.As(err, &p) && p.Value == http.ErrAbortHandler
}
