package stream

import (
	"flag"
	"sync"
	"time"
)

// Loads that end at one moment are shown together. How many of them have ended
// when the response looks is up to the scheduler, on which no test should
// depend. Under testing/synctest the shortest sleep ends when all else waits, so
// in the tests of a program, ours and others', a response sleeps for that long.
// It does not in production, nor in benchmarks.
var settle = func() {
	if underTest() {
		time.Sleep(time.Nanosecond)
	}
}

var underTest = sync.OnceValue(func() bool {
	bench := flag.Lookup("test.bench")
	return bench != nil && bench.Value.String() == ""
})
