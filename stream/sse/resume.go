package sse

import "net/http"

// LastEventID returns the id of the last event that the client has seen, or "".
// It comes with the header Last-Event-ID when a client reconnects. A page that
// knows an id before its first request has no way to set that header, nor have
// clients that stand in for EventSource, so without the header it is the query's
// lastEventId, or else last_event_id.
func LastEventID(r *http.Request) string {
	if ids := r.Header["Last-Event-Id"]; len(ids) > 0 {
		return ids[0] // even if it is empty: an event has reset it
	}
	if r.URL.RawQuery == "" {
		return ""
	}
	query := r.URL.Query()
	if ids := query["lastEventId"]; len(ids) > 0 {
		return ids[0]
	}
	return query.Get("last_event_id")
}

// Stop answers a request for a stream so that EventSource does not ask again,
// with the status 204. The end of a response does not do that.
func Stop(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}
