// Package hostiletest attacks a site of streamed pages for a bounded time, at
// random and over loopback, and looks whether what Rivulet promises still holds
// (see SECURITY.md):
//
//   - the process does not crash, and the race detector finds nothing,
//   - no byte of one request appears in the answer to another,
//   - no unfinished answer ends like a finished one,
//   - no text of the server's errors, panics or stacks is in an answer,
//   - what visitors have typed never becomes markup,
//   - net/http recovers no panic but those that were planted,
//   - an ordinary visitor is served all the time,
//   - the heap stays bounded, and goroutines and heap are afterwards what they
//     were before.
//
// What is sent follows from a seed, which is printed. Attack number n of a seed
// is always the same one, whatever the others do; when it is sent is a matter of
// the machine.
//
//	go test -race ./hostiletest -hostile 2m -hostile.seed 7 -v
//
// Without -hostile the environment's HOSTILE says how long, for go test ./...,
// where not every package knows the flag; without both it is 20 s. The tests
// that attack a site, those of this package and the one of the demo, take half
// of that each.
package hostiletest
