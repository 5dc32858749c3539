// Package inspecttest holds the browser tests of the inspector. They inspect a
// site in Chromium and Firefox. Its page has boundaries with every possible
// outcome.
package inspecttest
