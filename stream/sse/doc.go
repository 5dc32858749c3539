// Package sse writes and reads Server-Sent Events.
package sse
