package templates

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/rivulet-go/rivulet/stream"
)

// failedBoundary is the title of a DevError.
func failedBoundary(err *stream.BoundaryError) string {
	title := "A boundary has failed"
	if err.Name != "" {
		title = "The boundary " + err.Name + " has failed"
	}
	if err.ID != "" {
		title += " (" + err.ID + ")"
	}
	return title
}

// errorText is the text of the cause.
func errorText(err *stream.BoundaryError) string {
	if err.Err == nil {
		return "no error"
	}
	return err.Err.Error()
}

// errorDetails lists the errors in err, and the stacks of those that have one.
func errorDetails(err *stream.BoundaryError) string {
	var b strings.Builder
	left := maxErrors
	describe(&b, err.Err, &left)
	return strings.TrimSuffix(b.String(), "\n")
}

// maxErrors is how many errors a DevError lists.
const maxErrors = 50

// describe writes a line for err, with its type, and for each error in it.
func describe(b *strings.Builder, err error, left *int) {
	if err == nil || *left == 0 {
		return
	}
	*left--
	fmt.Fprintf(b, "%T: %v\n", err, err)
	if p, ok := err.(*stream.PanicError); ok {
		b.Write(fromPanic(p.Stack))
		b.WriteByte('\n')
	}
	inner := errors.Unwrap(err)
	describe(b, inner, left)
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, inner := range several.Unwrap() {
			describe(b, inner, left)
		}
	}
	// Packages that record stacks write them for this verb.
	if stack := fmt.Sprintf("%+v", err); inner == nil && strings.Contains(stack, "\n\t") {
		fmt.Fprintf(b, "%s\n", stack)
	}
}

// fromPanic returns the part of a stack that begins where the panic was called. What
// is above has recovered it.
func fromPanic(stack []byte) []byte {
	if i := bytes.Index(stack, []byte("\npanic(")); i >= 0 {
		if lines := bytes.SplitN(stack[i+1:], []byte("\n"), 3); len(lines) == 3 {
			return lines[2]
		}
	}
	return stack
}
