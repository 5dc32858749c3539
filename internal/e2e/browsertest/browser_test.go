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
	differing("a script has put fragments into the page", fragments),
	scripts,
	policies,
	state,
	differing("events have changed the regions", regions),
	keyed(),
	logouts(),
	withHTMX(),
	inParts(),
	unruly(),
	differing("events have changed the regions", slices.Concat(
		hostileScenarios(),
		named(),
		orders(),
		silences(),
		moves(),
		[]browsertest.Scenario{races(), arrivals()},
		frames(),
	)),
	departures(),
	failures,
	decisions,
	cuts(),
	incomplete(),
	everyCut(),
	streams,
	replays,
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

// differing sets Differs of all scenarios.
func differing(why string, all []browsertest.Scenario) []browsertest.Scenario {
	for i := range all {
		all[i].Differs = why
	}
	return all
}
