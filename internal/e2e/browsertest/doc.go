// Package browsertest shows pages in real browsers. The pages themselves report
// what is visible.
//
// There is no driver between the test and the browser. A [Browser] is one process
// that goes from page to page. It requests /next from the test's own server,
// which answers when the test has a [Scenario] to show. The page under test
// contains the probe (see [Probe]), a script that reports when something that the
// test watches for is in the document for the first time. With scripting off, a
// style sheet does that work: a rule with the watched selector requests an image.
// At the end of the scenario, the page returns to /next.
//
// The tests do not depend on the speed of a browser. The loads of a page wait at
// gates (see [Gate]), which the test opens when it has received the report that
// it waited for. A report that does not arrive within [Patience] fails the test.
// Only the benchmarks depend on the speed. BenchmarkScriptTime is the only one with a
// driver: it reads Chromium's metrics by the DevTools protocol.
package browsertest
