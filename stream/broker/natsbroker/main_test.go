package natsbroker_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	if flag.Lookup("test.fuzz").Value.String() != "" {
		os.Exit(code) // the fuzzing engine leaves goroutines of its own
	}
	if code == 0 && !goroutinesEnd(before) {
		fmt.Fprintln(os.Stderr, "goroutines were left behind:")
		_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		code = 1
	}
	os.Exit(code)
}

// goroutinesEnd waits until no more than n goroutines are left. Those that
// have been told to end may need a moment on a busy machine.
func goroutinesEnd(n int) bool {
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > n; {
		if time.Now().After(end) {
			return false
		}
		runtime.Gosched()
	}
	return true
}
