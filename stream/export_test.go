package stream

import "unsafe"

// Sizes of what each boundary and each response takes, in bytes.
const (
	SizeOfBoundary = unsafe.Sizeof(boundary{})
	SizeOfResponse = unsafe.Sizeof(response{})
)

// PlainErrorView is the error view when there is no other.
var PlainErrorView = plainErrorView

// ForgetWarnings has warnings given again that are given once for each cause.
func ForgetWarnings() {
	causes.Forget()
}

// ForgetRoutes forgets what is known of routes and returns how many there were.
func ForgetRoutes() int {
	routesMu.Lock()
	defer routesMu.Unlock()
	n := len(routes)
	clear(routes)
	return n
}

// ForgetHint lets the hint about boundaries outside a response be given again.
func ForgetHint() { hinted.Store(false) }

// AsInProduction has responses behave as in production, until undo is called.
func AsInProduction() (undo func()) {
	before := settle
	settle = func() {}
	return func() { settle = before }
}
