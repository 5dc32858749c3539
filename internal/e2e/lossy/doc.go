// Package lossy tests that a client of Server-Sent Events loses nothing when
// its connections are lost. A [Trial] publishes events, cuts the connections
// over which a client receives them at random bytes, and judges what arrives.
package lossy
