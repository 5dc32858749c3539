package testkit

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
)

// Main runs the tests of a TestMain and exits. The tests fail if more goroutines
// are running than before.
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

// GoroutinesEnd waits until at most n goroutines are running, for up to 5 s. It
// reports false if more are left.
func GoroutinesEnd(n int) bool {
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > n; {
		if time.Now().After(end) {
			return false
		}
		runtime.Gosched()
	}
	return true
}
