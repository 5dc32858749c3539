// Package ssebench compares packages sse and broker with
// github.com/tmaxmax/go-sse: how fast events are read, written and given to
// many subscribers.
//
// The benchmarks show figures, the tests fail where we are not ahead. Each
// figure is a ratio of two runs that take turns, because machines are fast at
// one time and slow at another:
//
//	go -C internal/e2e test ./ssebench -v -run=Ahead
package ssebench
