package main

import (
	"os"
	"slices"
	"testing"
)

// ends end what the tests share.
var ends []func()

// atEnd has end called when all tests have ended, before what was there already
// ends.
func atEnd(end func()) { ends = append(ends, end) }

var shared string

// sharedDir is a folder for files that all tests share.
func sharedDir(t *testing.T) string {
	t.Helper()
	if shared == "" {
		dir, err := os.MkdirTemp("", "demo-tests-")
		if err != nil {
			t.Fatal(err)
		}
		atEnd(func() { os.RemoveAll(dir) })
		shared = dir
	}
	return shared
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, end := range slices.Backward(ends) {
		end()
	}
	os.Exit(code)
}
