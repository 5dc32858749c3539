package llm

import "io"

// ErrorFields is for its fuzz test.
func ErrorFields(r io.Reader) io.Reader { return &errorFields{r: r} }

// Unfinished is for the fuzz tests.
func Unfinished(reason string) bool { return unfinished(reason) }
