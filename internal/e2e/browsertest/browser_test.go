package browsertest_test

import (
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
)

// scenarios returns all scenarios. The browsers run at the same time, so each has feeds
// and counters of its own.
func scenarios() []browsertest.Scenario {
	return slices.Concat(
		scripting(),
		scriptless(),
		order(),
		whole(),
		places(),
		stuck(),
		sequences(),
		differing("a script has put fragments into the page", fragments()),
		scripts(),
		policies(),
		state(),
		differing("events have changed the regions", regions()),
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
		failures(),
		decisions(),
		cuts(),
		incomplete(),
		everyCut(),
		streams(),
		replays(),
	)
}

// run runs the scenarios in a browser, beside another one: much of the time of a
// scenario is spent waiting.
func run(t *testing.T, e *browsertest.Engine) {
	t.Parallel()
	browsertest.Run(t, e, scenarios())
}

func TestChromium(t *testing.T) { run(t, browsertest.Chromium()) }

func TestChromiumNoScript(t *testing.T) {
	run(t, browsertest.ChromiumNoScript())
}

func TestChromiumRuntime(t *testing.T) {
	run(t, browsertest.ChromiumRuntime())
}

func TestFirefox(t *testing.T) { run(t, browsertest.Firefox()) }

func TestFirefoxNoScript(t *testing.T) {
	run(t, browsertest.FirefoxNoScript())
}

func TestWebKit(t *testing.T) { run(t, browsertest.WebKit()) }

// differing sets Differs of all scenarios.
func differing(why string, all []browsertest.Scenario) []browsertest.Scenario {
	for i := range all {
		all[i].Differs = why
	}
	return all
}
