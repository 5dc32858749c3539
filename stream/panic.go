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
	Value any    // what was given to panic
	Stack []byte // of the goroutine that panicked, as debug.Stack formats it
}

// Error returns the value without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
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

// passOnAbort panics anew where err is such a panic.
func passOnAbort(err error) {
	if isAbort(err) {
		panic(http.ErrAbortHandler)
	}
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
func tryError(err error) {
	_, _ = err.Error(), isAbort(err)
	_, _ = errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded)
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
