//go:build race

package testkit

// Race reports whether the race detector is on. It slows code, allocates, and
// makes pools forget, so figures taken beside it say nothing.
const Race = true
