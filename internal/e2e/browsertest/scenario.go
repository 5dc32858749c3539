package browsertest

import (
	"net/http"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// A Scenario is one page and the expectations of it.
type Scenario struct {
	// Name is a sentence.
	Name string
	// Where reports whether the scenario makes sense in a browser. Nil means all
	// browsers.
	Where func(*Engine) bool
	// Page is the page that the browser is shown. It contains the probe.
	Page templ.Component
	// Handler sends the page in place of Page and of the fields up to Watch. It is
	// for pages that something else sends.
	Handler http.Handler
	// Renderer sends the page. The visit sets its Trace, and its Mode in
	// browsers that need the recipe for no scripting.
	Renderer stream.Renderer
	// Policy is the Content-Security-Policy of the page; {nonce} stands for
	// the nonce of the response and {origin} for the origin of the server.
	Policy string
	// Watch names the selectors that are watched for. With scripting off, they
	// must match an element with a box: not an option, but its select.
	Watch map[string]string
	// Files are what the page loads besides, by their names: /visit/1/NAME.
	// A method may precede the name: "POST NAME".
	Files map[string]File
	// Wrap wraps the writer to which the page is sent. Nil means no wrapper.
	Wrap func(*Visit, http.ResponseWriter) http.ResponseWriter
	// Hidden hides from the browser that the page was cut, as some proxies do.
	Hidden bool
	// Differs says why the page does not end as streamtest shows it. Empty means that
	// the two are compared, if the browser has shown the whole page when the scenario
	// ends.
	Differs string
	// AtFault says that streamtest reports an error for the page, in which the two
	// need not agree.
	AtFault bool
	// Faults are what the page may report as faults: errors of scripts,
	// violations of the policy, files that do not load, a page cut short. Any other
	// fails the test.
	Faults []string
	// Run runs the test on the visit.
	Run func(t *testing.T, v *Visit)
}

// A File is a file that a page loads. Its request has the context of the visit, so
// that loads can wait at gates.
type File func(*Visit, http.ResponseWriter, *http.Request)

// Scripted is for scenarios that need scripts.
func Scripted(e *Engine) bool { return e.Scripting }

// Streamed is for scenarios in which chunks arrive out of order.
func Streamed(e *Engine) bool { return e.Scripting || e.Native }

// AtRuntime is for scenarios in which the runtime does the work.
func AtRuntime(e *Engine) bool { return e.Scripting && !e.Native }

// Run runs the scenarios in one browser of the engine, one after the other.
func Run(t *testing.T, e *Engine, scenarios []Scenario) {
	b := Open(t, e)
	for _, s := range scenarios {
		if s.Where != nil && !s.Where(e) {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			s.Run(t, b.Visit(t, &s))
		})
	}
}
