// Package browsertest runs pages in real browsers and hears from the pages
// themselves what they see.
//
// No driver stands between the test and the browser. A [Browser] is one process
// that goes from page to page: it asks the test's own server for /next, which
// answers when the test has a [Scenario] to show. The page under test carries
// the probe (see [Probe]), a script that reports each time something the test
// watches for is in the document for the first time. With scripting off a style
// sheet does that work: a rule with the watched selector asks for an image.
// When the scenario has ended, the page goes back to /next.
//
// Nothing depends on how fast a browser is: the loads of a page wait at gates
// (see [Gate]) which the test opens when it has heard what it waited for. What
// is not heard of within [Patience] fails the test.
package browsertest
