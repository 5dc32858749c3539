package llm

import "io"

// ErrorFields is for its fuzz test.
func ErrorFields(r io.Reader) io.Reader { return &errorFields{r: r} }
