// Package readme holds what the README shows in excerpts, so that it compiles.
package readme
