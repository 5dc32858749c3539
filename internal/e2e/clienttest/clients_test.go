package clienttest_test

import (
	"testing"
	"time"
)

// A library is a client under test.
type library struct {
	name   string
	script string
	post   bool // it can POST
	// early says that it takes an id over when it reads the line, so that the
	// event is lost if the connection is cut before the next byte.
	early bool
	// retry is how long it waits to come back unless it is told.
	retry time.Duration
}

var libraries = []library{
	{name: "eventsource", script: "eventsource.mjs", retry: 3 * time.Second},
	{name: "undici", script: "undici.mjs", retry: 3 * time.Second},
	{name: "eventsource-parser", script: "parser.mjs", retry: 3 * time.Second, post: true},
	{name: "fetch-event-source", script: "fetch-event-source.mjs", retry: time.Second, post: true, early: true},
}

// each runs a test for each library.
func each(t *testing.T, f func(*testing.T, library)) {
	for _, l := range libraries {
		t.Run(l.name, func(t *testing.T) { f(t, l) })
	}
}
