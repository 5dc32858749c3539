// Package leaktest ends the tests of a package with a look at what they have
// left behind.
package leaktest

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
)

// Main runs the tests and ends the process. They fail if more goroutines are
// left than there were before. It is what a TestMain does.
func Main(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	if flag.Lookup("test.fuzz").Value.String() != "" {
		os.Exit(code) // the fuzzing engine leaves goroutines of its own
	}
	if code == 0 && !GoroutinesEnd(before) {
		fmt.Fprintln(os.Stderr, "goroutines were left behind:")
		_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		code = 1
	}
	os.Exit(code)
}

// GoroutinesEnd waits until no more than n goroutines are left. Those that
// have been told to end may need a moment on a busy machine.
func GoroutinesEnd(n int) bool {
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > n; {
		if time.Now().After(end) {
			return false
		}
		runtime.Gosched()
	}
	return true
}
