package transport

import (
	"net/http"
	"reflect"
)

// Status returns the status that w, or a writer that it wraps, says it has,
// or zero, and whether that has been sent. A writer of some middleware may say
// 200 long before, so that is believed only of one that can tell.
func Status(w http.ResponseWriter) (code int, sent bool) {
	for {
		if s, ok := w.(interface{ Status() int }); ok {
			code = s.Status()
			if s, ok := w.(interface{ Written() bool }); ok {
				return code, s.Written()
			}
			return code, code != 0 && code != http.StatusOK
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return 0, false
		}
		if code, sent, ok = statusFields(w); ok {
			return code, sent
		}
		w = u.Unwrap()
	}
}

// statusFields is Status for a writer that has fields for it, as echo's.
func statusFields(w http.ResponseWriter) (code int, sent, ok bool) {
	v := reflect.ValueOf(w)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return 0, false, false
	}
	status, committed := v.Elem().FieldByName("Status"), v.Elem().FieldByName("Committed")
	if status.Kind() != reflect.Int || committed.Kind() != reflect.Bool {
		return 0, false, false
	}
	return int(status.Int()), committed.Bool(), true
}
