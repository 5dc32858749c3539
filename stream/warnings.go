package stream

import (
	"net/http"
	"reflect"
	"sync"
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

// maxCauses bounds what is kept of them, and the log.
const maxCauses = 100

var causes struct {
	sync.Mutex
	seen map[any]bool
}

// firstTime reports whether a warning is to be given because of w.
func firstTime(what warning, w http.ResponseWriter) bool {
	return firstOf(writerCause{what, reflect.TypeOf(w), reflect.TypeOf(innermost(w))})
}

// firstOf reports whether it is the first time that it is given key.
func firstOf(key any) bool {
	causes.Lock()
	defer causes.Unlock()
	if causes.seen[key] || len(causes.seen) >= maxCauses {
		return false
	}
	if causes.seen == nil {
		causes.seen = make(map[any]bool)
	}
	causes.seen[key] = true
	return true
}
