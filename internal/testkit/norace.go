//go:build !race

package testkit

// Race reports whether the race detector is on. It slows code, allocates, and
// empties pools, so figures that are measured with it mean nothing.
const Race = false
