// Package readme holds the code that the README shows in excerpts, so that it is
// compiled.
package readme
