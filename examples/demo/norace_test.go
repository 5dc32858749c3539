//go:build !race

package main

// sparsity says that the tests use one of so many flights.
const sparsity = 10
