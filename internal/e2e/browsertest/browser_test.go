package browsertest_test

import (
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
)

var scenarios = slices.Concat(
	scripting,
	scriptless(),
	order,
	whole,
	places,
	stuck,
	sequences,
	fragments,
	scripts,
	policies,
	state,
	regions,
	keyed(),
	withHTMX(),
	unruly(),
	hostileScenarios(),
	named(),
	orders(),
	silences(),
	moves(),
	departures(),
	failures,
	decisions,
	cuts(),
	incomplete(),
	streams,
)

func TestChromium(t *testing.T) { browsertest.Run(t, browsertest.Chromium(), scenarios) }

func TestChromiumNoScript(t *testing.T) {
	browsertest.Run(t, browsertest.ChromiumNoScript(), scenarios)
}

func TestChromiumRuntime(t *testing.T) {
	browsertest.Run(t, browsertest.ChromiumRuntime(), scenarios)
}

func TestFirefox(t *testing.T) { browsertest.Run(t, browsertest.Firefox(), scenarios) }

func TestFirefoxNoScript(t *testing.T) {
	browsertest.Run(t, browsertest.FirefoxNoScript(), scenarios)
}

func TestWebKit(t *testing.T) { browsertest.Run(t, browsertest.WebKit(), scenarios) }
