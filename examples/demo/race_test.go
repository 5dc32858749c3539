//go:build race

package main

// sparsity says that the tests use one of so many flights. The race detector
// makes SQLite many times slower.
const sparsity = 300
