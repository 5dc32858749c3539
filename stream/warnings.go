package stream

import (
	"net/http"
	"reflect"

	"github.com/rivulet-go/rivulet/internal/once"
	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// A warning is one that is given once for each cause: it comes with every
// request, and a second cause must not hide behind the first.
type warning int

const (
	noFlush warning = iota
	noDeadline
)

// A writerCause is why a warning is given, as far as it tells causes apart.
type writerCause struct {
	warning
	outer, inner reflect.Type // of the writer, and of what it wraps
}

// causes are those that a warning was given for.
var causes once.Set

// firstTime reports whether a warning is to be given because of w.
func firstTime(what warning, w http.ResponseWriter) bool {
	return causes.First(writerCause{what, reflect.TypeOf(w), reflect.TypeOf(writers.Innermost(w))})
}
