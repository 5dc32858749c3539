package sse

import "net/http"

// LastEventID returns the ID of the last event that the client has received, or
// "". A client that reconnects sends the ID in the header Last-Event-ID. Without
// the header, LastEventID returns the query parameter lastEventId or, without
// that, last_event_id. The query is for the first request of a page that already
// knows an ID, since EventSource cannot set the header, and for replacements of
// EventSource.
func LastEventID(r *http.Request) string {
	if ids := r.Header["Last-Event-Id"]; len(ids) > 0 {
		return ids[0] // possibly empty, if an event has reset the id
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

// Stop answers a request with the status 204, which tells EventSource not to
// reconnect. The end of a stream does not.
func Stop(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}
