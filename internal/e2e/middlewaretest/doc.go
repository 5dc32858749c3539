// Package middlewaretest tests that a page arrives in time and completely behind
// the usual proxies and middleware.
package middlewaretest
