// Package lossy tests that a client of Server-Sent Events loses no event when it
// loses its connections. A [Trial] publishes events, cuts the client's
// connections at random bytes, and judges the events that arrive.
package lossy
