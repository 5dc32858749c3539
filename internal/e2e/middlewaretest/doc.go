// Package middlewaretest tests that a page arrives in time and whole behind
// what usually stands between a program and its visitors.
package middlewaretest
