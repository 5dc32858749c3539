package llm_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

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

func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// whole answers with a body that has come.
func whole(contentType string, body []byte) answer {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	}
}
