package stream

import "net/http"

// statusOf returns the status that w, or a writer that it wraps, says it has,
// or zero, and whether that has been sent. A writer of some middleware may say
// 200 long before, so that is believed only of one that can tell.
func statusOf(w http.ResponseWriter) (code int, sent bool) {
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
		w = u.Unwrap()
	}
}
