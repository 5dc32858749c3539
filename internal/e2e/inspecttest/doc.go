// Package inspecttest holds the browser tests of the inspector: a site whose
// page has a boundary of every fate, inspected in Chromium and Firefox.
package inspecttest
