package sse_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/stream/sse/internal/site"
)

// What most tests say of a site, in a word.
var (
	newSite = site.New
	status  = site.Status
	refuse  = site.Refuse
	events  = site.Events
	typed   = site.Typed
)

type answer = site.Answer

// eventsOf answers with the stream that body reads.
func eventsOf(r *http.Request, body io.Reader) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: io.NopCloser(body), Request: r}, nil
}

// all ranges over the events of c until they end, at most n.
func all(ctx context.Context, c *sse.Client, n int) (got []sse.Event, err error) {
	for e, err := range c.Events(ctx) {
		if err != nil {
			return got, err
		}
		if got = append(got, e); len(got) == n {
			break
		}
	}
	return got, nil
}

const never = 1000 // more events than any test has

func quiet(error, time.Duration) {}

func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
