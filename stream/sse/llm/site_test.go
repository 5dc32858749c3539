package llm_test

import (
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
