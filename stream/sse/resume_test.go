package sse_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestLastEventID(t *testing.T) {
	none, empty, header := []string(nil), []string{""}, []string{"a"}
	for _, c := range []struct {
		name   string
		header []string
		query  string
		want   string
	}{
		{"none", none, "", ""},
		{"the header", header, "", "a"},
		{"the header before the query", header, "?lastEventId=b", "a"},
		{"an empty header before the query", empty, "?lastEventId=b", ""},
		{"the query", none, "?x=1&lastEventId=b%2B1", "b+1"},
		{"the query in the other spelling", none, "?last_event_id=c", "c"},
		{"both spellings", none, "?last_event_id=c&lastEventId=b", "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/"+c.query, nil)
			for _, id := range c.header {
				r.Header.Add("Last-Event-ID", id)
			}
			if got := sse.LastEventID(r); got != c.want {
				t.Errorf("LastEventID() = %q, want %q", got, c.want)
			}
			if got := open(t, httptest.NewRecorder(), r).LastEventID(); got != c.want {
				t.Errorf("Stream.LastEventID() = %q, want %q", got, c.want)
			}
		})
	}
}

func TestStop(t *testing.T) {
	w := httptest.NewRecorder()
	sse.Stop(w)
	if got, want := w.Code, http.StatusNoContent; got != want {
		t.Errorf("status = %d, want %d", got, want)
	}
}
