// Package hostiletest attacks a site of streamed pages at random over loopback,
// for a limited time. It checks that the promises of Rivulet hold (see
// SECURITY.md):
//
//   - the process does not crash, and the race detector finds nothing,
//   - no byte of one request appears in the answer to another,
//   - no unfinished answer ends like a finished one,
//   - no answer contains the text of an error, a panic or a stack of the server,
//   - input of visitors never becomes markup,
//   - net/http recovers no panics except planted ones,
//   - an ordinary visitor is served all the time,
//   - the heap stays bounded, and goroutines and heap return to their state
//     before.
//
// A seed, which is printed, determines the attacks. Attack number n of a seed is
// always the same, whatever the others do. Only the time at which it is sent
// depends on the machine.
//
//	go test -race ./hostiletest -hostile 2m -hostile.seed 7 -v
//
// Without -hostile, the environment variable HOSTILE sets the duration, for go
// test ./..., where some packages do not know the flag. Without both it is 20 s.
// The tests that attack a site, in this package and in the demo, each take half
// of that time.
package hostiletest
