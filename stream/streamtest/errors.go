package streamtest

import "errors"

var (
	// ErrAborted matches the error for a response that the server has ended before its
	// end: the page was cut, or the handler has panicked.
	ErrAborted = errors.New("response aborted")

	// ErrNoMarker matches the error for a chunk that no browser, or not every
	// browser, can put into its place.
	ErrNoMarker = errors.New("chunk not revealed")

	// ErrPending matches the error for a boundary that still shows its fallback at the
	// end of a response that has ended properly.
	ErrPending = errors.New("boundary pending")
)
