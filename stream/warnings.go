package stream

import (
	"net/http"
	"reflect"

	"github.com/rivulet-go/rivulet/internal/once"
	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// A warning is a message about a ResponseWriter. It is logged once for each cause:
// every request would repeat it, and a second cause must not be hidden by the
// first.
type warning int

const (
	noFlush warning = iota
	noDeadline
)

// A writerCause is the cause of a warning.
type writerCause struct {
	warning
	outer, inner reflect.Type // of the writer, and of the innermost one that it wraps
}

// causes holds the causes of the warnings that were logged.
var causes once.Set

// firstTime reports whether a warning about w has to be logged. It returns true
// once for each cause.
func firstTime(what warning, w http.ResponseWriter) bool {
	return causes.First(writerCause{what, reflect.TypeOf(w), reflect.TypeOf(writers.Innermost(w))})
}
